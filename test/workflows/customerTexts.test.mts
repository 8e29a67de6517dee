import type { IDataObject } from 'n8n-workflow';
import { evaluateParameter, getNode, readNodes } from './evaluateParameter.mts';

/** A text of the table, as the workflow enters it at first. */
interface CustomerText {
	language: string;
	state: string;
	subject: string;
	text: string;
}

const STATES = ['approved', 'declined', 'missing', 'expired'];

const TRIGGER = 'When an inquiry changes';

describe('the mails of "Tell the customer"', () => {
	const nodes = readNodes('30-tell-the-customer');
	const { texts } = JSON.parse(String(getNode(nodes, 'The first texts').parameters.jsonOutput)) as {
		texts: CustomerText[];
	};

	const evaluate = (name: string, outputs: Record<string, IDataObject[]>, input = [{}]) => {
		const { jsonOutput } = getNode(nodes, name).parameters;
		const runs = Object.entries(outputs).map(([node, items]) => [node, [[items]]]);
		return evaluateParameter(
			nodes,
			name,
			jsonOutput,
			input,
			Object.fromEntries(runs),
		) as IDataObject;
	};

	const tell = (event: string, object: IDataObject) =>
		evaluate(
			'What is there to tell?',
			{
				[TRIGGER]: [
					{ event, createdAt: '2026-03-01T23:59:59.000Z', object: { id: 'inq_1', ...object } },
				],
			},
			[{ fallbackLanguage: 'en' }],
		);

	it('exist in three languages for each state, and never say why', () => {
		const languages = [...new Set(texts.map(({ language }) => language))];
		expect(languages).toEqual(['en', 'de', 'es']);
		expect(texts.map(({ language, state }) => `${language} ${state}`)).toEqual(
			languages.flatMap((language) => STATES.map((state) => `${language} ${state}`)),
		);
		for (const { subject, text } of texts.filter(({ state }) => state === 'declined')) {
			expect(`${subject} ${text}`).not.toMatch(
				/risk|risiko|riesgo|fraud|betrug|fraude|list|match|treffer|check|prüf|document|dokument|ausweis|foto|selfie|because|weil|porque|\[link\]/i,
			);
		}
	});

	it.each([
		['inquiry.approved', 'approved', [], 'approved'],
		['inquiry.declined', 'approved', [], 'approved'],
		['inquiry.declined', 'declined', null, 'declined'],
		['inquiry.expired', 'expired', [], 'expired'],
		['inquiry.expired', 'pending', [], 'nothing'],
		['inquiry.approved', 'needs_review', [], 'nothing'],
		['inquiry.updated-tags', 'pending', ['something-missing'], 'missing'],
		['inquiry.updated-tags', 'expired', ['something-missing'], 'missing'],
		['inquiry.updated-tags', 'needs_review', ['vip'], 'nothing'],
		['inquiry.updated-tags', 'approved', ['something-missing'], 'nothing'],
		['inquiry.updated-tags', 'declined', [], 'nothing'],
		['inquiry.updated-tags', 'expired', null, 'nothing'],
	])('after %s with the status %s and the tags %j tell: %s', (event, status, tags, state) => {
		expect(tell(event, { status, tags }).state).toBe(state);
		expect(tell(event, { status, tags, redactedAt: '2026-03-01T10:00:00.000Z' }).state).toBe(
			'nothing',
		);
	});

	it('are one for each decision, one for an expiry, and one in a day for what is missing', () => {
		const decisionedAt = '2026-03-01T10:00:00.000Z';
		expect(tell('inquiry.approved', { status: 'approved', decisionedAt }).mail).toBe(
			`inq_1-approved-${decisionedAt}`,
		);
		expect(tell('inquiry.declined', { status: 'declined', decisionedAt: null }).mail).toBe(
			'inq_1-declined',
		);
		expect(tell('inquiry.expired', { status: 'expired', decisionedAt }).mail).toBe('inq_1-expired');
		const tags = ['something-missing'];
		expect(tell('inquiry.updated-tags', { status: 'failed', tags }).mail).toBe(
			'inq_1-missing-2026-03-01',
		);
	});

	it.each([
		[{ 'email-address': ' jane@example.com ', 'name-first': 'Jane' }, 'jane@example.com', 'Jane'],
		[
			{ email_address: 'jane@example.com', name_first: 'Jane\n Marie' },
			'jane@example.com',
			'Jane Marie',
		],
		[{ 'email-address': 'null', 'name-first': 'undefined' }, '', ''],
		[{ 'email-address': 42, 'name-first': { first: 'Jane' } }, '', ''],
		[{ 'name-first': 'Win at www.example.net' }, '', ''],
		[{ 'name-first': 'x'.repeat(61) }, '', ''],
		[null, '', ''],
	])('with the fields %j go to %j, and greet %j', (fields, to, name) => {
		expect(tell('inquiry.approved', { status: 'approved', fields })).toMatchObject({ to, name });
	});

	/** Chooses the text of an inquiry that has expired, or of one with this state. */
	const choose = (
		rows: IDataObject[],
		told: IDataObject = {},
		object: IDataObject = { status: 'expired' },
	) =>
		evaluate('Choose the text', {
			'What is there to tell?': [
				{ state: 'expired', to: 'a@b.io', language: '', fallbackLanguage: 'en', ...told },
			],
			[TRIGGER]: [{ object }],
			'Get the texts': rows,
		});

	const row = { language: 'en', subject: 'Hello', text: 'Continue here: [link]' };

	it.each([
		{ text: '' },
		{ text: ' \n\t' },
		{ text: null },
		{ subject: null },
		{ subject: '  ' },
		{ subject: 'Hello [name]' },
		{ text: 'Without a link' },
		{ text: 'Hello [nmae], [link]' },
		{ language: null },
	])('are never sent with %j in the table', (change) => {
		expect(choose([row]).handling).toBe('mail with a link');
		expect(choose([{ ...row, ...change }])).toMatchObject({ handling: 'told the team' });
		expect(choose([{ ...row, ...change }, row]).handling).toBe('mail with a link');
	});

	it('are not sent without any text: n8n puts out an empty item where there is none', () => {
		expect(choose([{}]).handling).toBe('told the team');
	});

	it.each([
		['de-at', 'AT'],
		['de', 'DE'],
		['de-ch', 'DE'],
		['fr', 'EN'],
		['', 'EN'],
	])('for the language %j take the nearest text', (language, subject) => {
		const rows = [
			{ ...row, subject: 'EN' },
			{ ...row, language: ' DE ', subject: 'DE' },
			{ ...row, language: 'de_AT', subject: 'AT' },
		];
		expect(choose(rows, { language }).subject).toBe(subject);
	});

	it.each([
		['created', 'mail with a link'],
		['pending', 'mail with a link'],
		['expired', 'mail with a link'],
		['completed', 'mail with a new inquiry'],
		['failed', 'mail with a new inquiry'],
		['needs_review', 'mail with a new inquiry'],
	])('about something missing in an inquiry that is %s: %s', (status, handling) => {
		const ids = { accountId: 'act_1', inquiryTemplateId: 'itmpl_1' };
		expect(choose([row], { state: 'missing' }, { status, ...ids }).handling).toBe(handling);
		const isOpen = handling === 'mail with a link';
		for (const missing of [{ accountId: null }, { inquiryTemplateId: null }]) {
			expect(choose([row], { state: 'missing' }, { status, ...ids, ...missing }).handling).toBe(
				isOpen ? handling : 'told the team',
			);
		}
	});

	it.each(['', 'jane', 'a@b', 'a@b.io, c@d.io', 'Jane <a@b.io>', 'a@b.io\u200b'])(
		'are not sent to %j, which is no single address',
		(to) => {
			expect(choose([row], { to }).handling).toBe('told the team');
		},
	);

	it('put in nothing but name and link, each of them escaped', () => {
		const told = { name: '<i>&"[link]' };
		const chosen = { subject: 'S', text: 'Hi [name] <b>,\n[link] [name]' };
		const link = 'https://x.io/?a=1&b=2';
		const written = evaluate('Write the email', {
			'What is there to tell?': [told],
			'Choose the text': [chosen],
			'Create a new link': [{ oneTimeLink: link }],
		});
		const safe = 'https://x.io/?a=1&amp;b=2';
		expect(written).toEqual({
			subject: 'S',
			text: `Hi ${told.name} <b>,\n${link} ${told.name}`,
			html: `Hi &lt;i&gt;&amp;&quot;[link] &lt;b&gt;,<br>\n<a href="${safe}">${safe}</a> &lt;i&gt;&amp;&quot;[link]`,
		});
	});

	it('are about the newest decision about the person', () => {
		const { conditions } = getNode(nodes, 'Is it the newest?').parameters.conditions as unknown as {
			conditions: [{ leftValue: string }];
		};
		const isNewest = (state: string, own: IDataObject, ...others: IDataObject[]) =>
			evaluateParameter(nodes, 'Is it the newest?', conditions[0].leftValue, [{}], {
				[TRIGGER]: [[[{ object: { id: 'inq_1', inquiryTemplateId: 'itmpl_1', ...own } }]]],
				'What is there to tell?': [[[{ state }]]],
				'Get inquiries of the person': [
					[others.map((other) => ({ id: 'inq_2', inquiryTemplateId: 'itmpl_1', ...other }))],
				],
			});
		const [early, late] = ['2026-03-01T10:00:00.000Z', '2026-03-02T10:00:00.000Z'];
		const decided = { decisionedAt: early, createdAt: early };
		expect(isNewest('declined', decided)).toBe(true);
		expect(isNewest('declined', decided, { status: 'approved', decisionedAt: late })).toBe(false);
		expect(isNewest('approved', decided, { status: 'declined', decisionedAt: late })).toBe(false);
		expect(
			isNewest('declined', { decisionedAt: late }, { status: 'approved', decisionedAt: early }),
		).toBe(true);
		expect(isNewest('approved', decided, { status: 'pending', createdAt: late })).toBe(true);
		const other = { inquiryTemplateId: 'itmpl_2', status: 'approved', decisionedAt: late };
		expect(isNewest('declined', decided, other)).toBe(true);
		expect(isNewest('declined', decided, { ...other, id: 'inq_1' })).toBe(true);
		expect(isNewest('expired', { createdAt: late }, { status: 'approved', createdAt: early })).toBe(
			false,
		);
		expect(isNewest('expired', { createdAt: early }, { status: 'created', createdAt: late })).toBe(
			false,
		);
		expect(isNewest('missing', { createdAt: late }, { status: 'expired', createdAt: early })).toBe(
			true,
		);
	});
});
