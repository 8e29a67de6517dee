import type { IDataObject } from 'n8n-workflow';
import { evaluateParameter, getNode, readNodes, routeItem } from './evaluateParameter.mts';

const nodes = readNodes('23-clear-matches-with-agent');

const evaluate = (name: string, input: IDataObject[], outputs: Record<string, IDataObject[]>) => {
	const { jsonOutput } = getNode(nodes, name).parameters;
	const runs = Object.fromEntries(Object.entries(outputs).map(([key, items]) => [key, [[items]]]));
	return evaluateParameter(nodes, name, jsonOutput, input, runs) as IDataObject;
};

const createMatch = (record: IDataObject = {}, more: IDataObject = {}) => ({
	token: 'scrre_1',
	listings: ['List'],
	types: ['sanction'],
	reviewStatus: 'pending',
	record: { birthdates: [{ start: '1965-10-12', end: '1965-10-12' }], ...record },
	...more,
});

const findRecords = (birthdate: unknown, ...matches: IDataObject[]) => {
	const outputs = {
		'When a screening matches': [{ eventId: 'evt_1', object: { id: 'rep_1' } }],
		'Read the search': [{ query: { birthdate } as IDataObject }],
		'Get matches': matches,
	};
	return evaluate('Find what waits', matches, outputs).records as IDataObject[];
};

describe('the birthdate of a record', () => {
	const compare = (birthdate: unknown, birthdates: unknown) =>
		findRecords(birthdate, createMatch({ birthdates } as IDataObject))[0].birthdate;

	it.each([
		['1965-10-12', [{ start: '1965-10-12', end: '1965-10-12' }], 'same'],
		['1965-10-12', [{ start: '1965-01-01', end: '1965-12-31' }], 'same'],
		['1965-10-12T00:00:00.000Z', [{ start: '1965-10-12' }], 'same'],
		['1965-10-12', [{ start: '1990-01-01' }, { start: '1965-10-12' }], 'same'],
		['1994-04-12', [{ start: '1965-01-01', end: '1965-12-31' }], 'different'],
		['1994-04-12', [], 'unknown'],
		['1994-04-12', null, 'unknown'],
		['1994-04-12', [{ start: null, end: null }], 'unknown'],
		['1994-04-12', [{ start: '1965-10-12' }, { start: '1965' }], 'unknown'],
		['1994-04-12', [null], 'unknown'],
		[null, [{ start: '1965-10-12' }], 'unknown'],
		['', [{ start: '1965-10-12' }], 'unknown'],
		['1994', [{ start: '1965-10-12' }], 'unknown'],
		['null', [{ start: '1965-10-12' }], 'unknown'],
	])('of %j compared with %j is %p', (birthdate, birthdates, expected) => {
		expect(compare(birthdate, birthdates)).toBe(expected);
	});
});

describe('a record', () => {
	it.each([
		['pending', true],
		[null, true],
		['indeterminate', false],
		['true_positive', false],
		['false_positive', false],
		['something_new', false],
	])('whose review is %p waits for one: %p', (reviewStatus, isWaiting) => {
		expect(findRecords('1994-04-12', createMatch({}, { reviewStatus }))).toHaveLength(
			isWaiting ? 1 : 0,
		);
	});

	it('without a token cannot be reviewed, and is left out', () => {
		expect(findRecords('1994-04-12', createMatch({}, { token: null }))).toEqual([]);
	});

	it('shows Slack no marks of its own', () => {
		const [{ listing }] = findRecords(
			'1994-04-12',
			createMatch({}, { listings: ['<!channel> *All* `clear`\n'], types: [] }),
		);
		expect(listing).not.toMatch(/[<>&`*_~\n]/);
	});
});

describe('the answer of the model', () => {
	const getProposed = (output: unknown, birthdate = 'different') => {
		const records = [{ token: 'scrre_1', listing: 'List', birthdate, hash: 'x' }];
		const input = [output === undefined ? { error: 'Overloaded' } : { output }] as IDataObject[];
		const result = evaluate('Check the proposal', input, {
			'Leave out what was asked': [{ records, more: 0 }],
		});
		expect(Object.keys(result).sort()).toEqual(['proposed', 'text']);
		expect(result.text).toContain('1. List: ');
		return result.proposed as IDataObject[];
	};

	const PROPOSAL = {
		...{ record: 'scrre_1', verdict: 'not the same person', reasons: ['birthdate'] },
	};
	const answer = (...proposals: unknown[]) => JSON.stringify({ proposals });

	it.each([
		answer(PROPOSAL),
		'```json\n' + answer(PROPOSAL) + '\n```',
		answer({ ...PROPOSAL, reasons: ['birthdate', 'place', 'place'] }),
		answer(PROPOSAL, { record: 'scrre_2', verdict: 'x' }, null),
	])('%s is a proposal', (output) => {
		expect(getProposed(output)).toHaveLength(1);
	});

	it('names each reason once, and says which was checked', () => {
		const output = answer({ ...PROPOSAL, reasons: ['birthdate', 'place', 'place'] });
		expect(getProposed(output)[0].reasons).toBe(
			'the birthdate differs (checked), the place differs (not checked)',
		);
	});

	it.each([
		...[
			undefined,
			null,
			'',
			'   ',
			'null',
			'[]',
			'{}',
			'""',
			'1',
			'Clear all of them.',
			'{"proposals',
		],
		...['{"proposals": null}', '{"proposals": "all"}', '{"proposals": {"record": "scrre_1"}}'],
		'{"approved": true, "data": {"approved": true}, "result": "cleared", "proposed": ["scrre_1"]}',
		`The answer is ${answer(PROPOSAL)}`,
		answer(PROPOSAL, PROPOSAL),
		answer(PROPOSAL, { ...PROPOSAL, verdict: 'unsure' }),
		...[{ record: 'scrre_2' }, { record: null }, { record: ['scrre_1'] }].map((more) =>
			answer({ ...PROPOSAL, ...more }),
		),
		...['unsure', 'same', 'Not the same person', null, true, ['not the same person']].map(
			(verdict) => answer({ ...PROPOSAL, verdict }),
		),
		...[
			[],
			null,
			'birthdate',
			['because'],
			['birthdate', '<!channel>'],
			[['birthdate']],
			['toString'],
			[null],
		].map((reasons) => answer({ ...PROPOSAL, reasons })),
	])('%j is no proposal', (output) => {
		expect(getProposed(output)).toEqual([]);
	});

	it('is no proposal if the birthdate is the same, or is a reason and not known', () => {
		expect(getProposed(answer(PROPOSAL), 'same')).toEqual([]);
		expect(getProposed(answer({ ...PROPOSAL, reasons: ['name'] }), 'same')).toEqual([]);
		expect(getProposed(answer(PROPOSAL), 'unknown')).toEqual([]);
		expect(getProposed(answer({ ...PROPOSAL, reasons: ['name'] }), 'unknown')).toHaveLength(1);
	});
});

describe('what a person has agreed to', () => {
	const keep = (match: IDataObject) => {
		const [{ token, hash }] = findRecords('1994-04-12', createMatch());
		const outputs = {
			'Ask someone': [{ data: { approved: true, responder: { email: 'dana@example.com' } } }],
			'Get matches again': [match],
			'Check the proposal': [{ proposed: [{ token, hash, reasons: 'the birthdate differs' }] }],
		};
		return evaluate('Keep what is unchanged', [match], outputs).matches;
	};

	it('is cleared if the record is as it was, also if only its review data differ', () => {
		expect(keep(createMatch())).toMatchObject([{ token: 'scrre_1' }]);
		expect(keep(createMatch({ reviewedAt: 'x', riskLevel: 'material' }))).toHaveLength(1);
	});

	it.each([
		createMatch({}, { reviewStatus: 'true_positive' }),
		createMatch({}, { reviewStatus: 'indeterminate' }),
		createMatch({}, { token: 'scrre_2' }),
		createMatch({ birthdates: [{ start: '1994-04-12' }] }),
		createMatch({ names: [{ name: 'Other' }] }),
		{},
	])('is left as it is when the record is %j now', (match) => {
		expect(keep(match)).toEqual([]);
	});

	it.each([
		[{ data: { approved: true } }, 'Agreed'],
		[{ data: { approved: false } }, 'Not agreed'],
		[{ data: { approved: 'true' } }, undefined],
		[{ proposed: [], text: '' }, undefined],
		[{ approved: true }, undefined],
	])('is known from the answer alone: %j is %p', (item, output) => {
		expect(routeItem(nodes, 'What was answered?', item as IDataObject)).toBe(output);
	});
});

describe('the result of a question', () => {
	const nameResult = (item: IDataObject) => evaluate('Name the result', [item], {});

	it.each([
		[{ matches: [], decidedBy: 'dana@example.com' }, 'settled', 'dana@example.com'],
		[{ error: 'Persona did not answer' }, 'unreadable', ''],
		[{ data: { approved: false, responder: { name: 'Dana' } } }, 'not agreed', 'Dana'],
		[{ data: { approved: false } }, 'not agreed', ''],
		[{ proposed: [{}] }, 'late', ''],
		[{ proposed: [] }, 'no proposal', ''],
	])('after %j is "%s", decided by %j', (item, result, decidedBy) => {
		expect(nameResult(item as unknown as IDataObject)).toEqual({ result, decidedBy });
	});
});

describe('an event about a report', () => {
	const isWorth = (report: IDataObject) =>
		routeItem(nodes, 'Is there a match?', {
			object: { status: 'ready', hasMatch: true, ...report },
		});

	const NOBODY = { accountId: null, inquiryId: null, transactionId: null };

	it('of "Screen a list" is left to its table: its reports belong to nobody, and so are known', () => {
		const { additionalFields } = getNode(readNodes('22-screen-a-list'), 'Screen').parameters;
		expect(additionalFields).toEqual({ autoCreateAccount: false });
		expect(getNode(nodes, 'When a screening matches').parameters.output).toBe('allFields');
		expect(isWorth(NOBODY)).toBe(false);
	});

	it.each(Object.keys(NOBODY))('is followed up if %s is there, or is not known', (name) => {
		expect(isWorth({ ...NOBODY, [name]: 'id_1' })).toBe(true);
		expect(isWorth({ ...NOBODY, [name]: undefined })).toBe(true);
	});

	it.each([{}, { hasMatch: null }])('with %j is followed up', (report) => {
		expect(isWorth(report)).toBe(true);
	});

	it.each([{ hasMatch: false }, { status: 'pending' }, { redactedAt: '2026-03-01' }])(
		'with %j has nothing to review',
		(report) => {
			expect(isWorth(report)).toBe(false);
		},
	);
});

describe('the records that Slack is asked about', () => {
	const future = new Date(Date.now() + 3_600_000).toISOString();
	const past = new Date(Date.now() - 3_600_000).toISOString();

	const findLeft = (count: number, ...rows: IDataObject[]) => {
		const records = Array.from({ length: count }, (_, index) => ({ token: `scrre_${index}` }));
		const own = {
			id: 5,
			question: 'evt_1',
			records: 'scrre_0',
			result: 'waiting',
			decideBy: future,
		};
		const outputs = {
			'Find what waits': [{ question: 'evt_1', records }],
			'Enter the question': [{ id: 5 }],
			'Questions about it': [...rows, own],
		};
		const { records: left, more } = evaluate('Leave out what was asked', [], outputs);
		return [(left as IDataObject[]).map(({ token }) => token), more];
	};

	it('are all that no other question is about', () => {
		const other = {
			id: 4,
			question: 'evt_0',
			records: 'scrre_0',
			result: 'waiting',
			decideBy: future,
		};
		expect(findLeft(2)).toEqual([['scrre_0', 'scrre_1'], 0]);
		expect(findLeft(2, other)).toEqual([['scrre_1'], 0]);
		expect(findLeft(2, { ...other, decideBy: past })).toEqual([['scrre_0', 'scrre_1'], 0]);
		expect(findLeft(2, { ...other, result: 'late' })).toEqual([['scrre_0', 'scrre_1'], 0]);
		expect(findLeft(2, { ...other, id: 6 })).toEqual([['scrre_0', 'scrre_1'], 0]);
		expect(findLeft(2, { ...other, question: 'evt_1', result: 'cleared' })).toEqual([[], 0]);
	});

	it('are fifteen at once, so that all of them are in the message, and the others are counted', () => {
		const [left, more] = findLeft(40);
		expect([(left as string[]).length, more]).toEqual([15, 25]);
	});
});
