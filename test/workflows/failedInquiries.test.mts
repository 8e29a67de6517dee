import type { IDataObject } from 'n8n-workflow';
import { evaluateParameter, getNode, readNodes, routeItem } from './evaluateParameter.mts';

describe('the reason of a failed inquiry', () => {
	const nodes = readNodes('08-answer-failed-verifications');

	const findReason = (
		summary: IDataObject,
		tags: string[] | null = [],
		inquiryTemplateId: string | null = 'itmpl_1',
	) => {
		const name = 'Find the reason';
		const { jsonOutput } = getNode(nodes, name).parameters;
		const fields = { 'email-address': 'jane@example.com' };
		const object = { id: 'inq_1', tags, inquiryTemplateId, fields };
		const complete = {
			...{ status: 'failed', notes: [], accountId: 'act_1', inquiryId: 'inq_1', reports: [] },
			...{ text: '', failedCheckText: '', reportsResult: 'none' },
			failedChecks: [{ check: 'id_blur_detection', required: true, superseded: false }],
			...summary,
		};
		const output = evaluateParameter(
			nodes,
			name,
			// There is one item, which needs no connections to be found.
			String(jsonOutput).replaceAll('.item.', '.first().'),
			[complete],
			{ 'When an inquiry fails': [[[{ object }]]] },
		);
		return (output as IDataObject).reason;
	};

	it.each(['none', 'clear'])('is a document with reports that are %s', (reportsResult) => {
		expect(findReason({ reportsResult })).toBe('document');
	});

	it.each(['errored', 'unknown', 'pending', null])(
		'is for the team, without a new link, with reports that are %s',
		(reportsResult) => {
			expect(findReason({ reportsResult })).toBe('other');
		},
	);

	it('is for a reviewer with a report that matched', () => {
		expect(findReason({ reportsResult: 'matched' })).toBe('person');
	});

	it.each([{ notes: ['Report rep_1 could not be read'] }, { accountId: null }])(
		'is for the team with %j',
		(summary) => {
			expect(findReason(summary)).toBe('other');
		},
	);

	it('is a document for an inquiry whose tags are null, too', () => {
		expect(findReason({}, null)).toBe('document');
	});

	it('is for the team with a legacy template, of which no other inquiry can be created', () => {
		expect(findReason({}, [], null)).toBe('other');
	});

	it('is for the team after the second link', () => {
		expect(findReason({}, ['another-document'])).toBe('other');
	});
});

describe('an inquiry that has failed or expired', () => {
	const nodes = readNodes('08-answer-failed-verifications');

	it.each([
		[{ status: 'failed', tags: null }, true],
		[{ status: 'declined', tags: [] }, true],
		[{ status: 'failed', tags: ['failure-answered'] }, false],
		[{ status: 'expired', tags: null }, false],
		[{ status: 'expired', tags: ['another-document'] }, true],
		[{ status: 'approved', tags: null }, false],
	])('as %j is answered: %p', (object, isAnswered) => {
		expect(routeItem(nodes, 'Still so, and new?', { object })).toBe(isAnswered);
	});
});
