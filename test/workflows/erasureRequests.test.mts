import type { IDataObject } from 'n8n-workflow';
import { evaluateParameter, getNode, readNodes } from './evaluateParameter.mts';

const nodes = readNodes('13-erase-on-request');

describe('what would be redacted', () => {
	const list = (types: string[], alreadyRedacted = 0) => {
		const { assignments } = getNode(nodes, 'List what would go').parameters as {
			assignments: { assignments: Array<{ name: string; value: string }> };
		};
		const { value } = assignments.assignments.find(({ name }) => name === 'goes') ?? {};
		const objects = types.map((type) => ({ type }));
		return evaluateParameter(nodes, 'List what would go', value, [{ objects, alreadyRedacted }]);
	};

	it.each([
		[['account'], '1 account'],
		[['inquiry', 'inquiry', 'case', 'case', 'account'], '2 inquiries, 2 cases, 1 account'],
		[
			['verification/government-id', 'verification/selfie', 'verification/selfie'],
			'1 government ID verification, 2 selfie verifications',
		],
		[['verification/government-id-nfc'], '1 government ID NFC verification'],
		[['report/politically-exposed-person'], '1 politically exposed person report'],
		[['report/watchlist', 'report/watchlist'], '2 watchlist reports'],
	])('is said of %j in words: %s', (types, words) => {
		expect(list(types)).toBe(words);
	});

	it('says what was redacted before', () => {
		expect(list(['inquiry', 'account'], 1)).toBe(
			'1 inquiry, 1 account, of which 1 redacted before',
		);
	});
});

describe('the question in Slack', () => {
	it('says in words, with the time zone, by when to decide', () => {
		const { message } = getNode(nodes, 'Ask for approval').parameters;
		const decideBy = '2026-03-04T18:30:00.000Z';
		const item = { askedBy: 'dana@example.com', referenceId: 'user-1', reason: '', decideBy };
		const outputs = { 'List what would go': [[[{ goes: '1 account', stays: 'Nothing' }]]] };
		expect(evaluateParameter(nodes, 'Ask for approval', message, [item], outputs)).toMatch(
			/\n\*Decide by:\* Wednesday, March 4, 2026, \d+:30 [AP]M \S+\n/,
		);
	});

	it('does not highlight the button that cannot be undone', () => {
		const { values } = getNode(nodes, 'Ask for approval').parameters.approvalOptions as {
			values: IDataObject;
		};
		expect(values).toMatchObject({
			...{ approveLabel: 'Erase for good', buttonApprovalStyle: 'secondary' },
			...{ disapproveLabel: 'Decline', buttonDisapprovalStyle: 'primary' },
		});
	});
});

describe('what the team is told about a declined erasure', () => {
	it.each([
		['dana@example.com', 'The erasure was declined by dana@example.com, and nothing was redacted'],
		['', 'The erasure was declined, and nothing was redacted'],
		[null, 'The erasure was declined, and nothing was redacted'],
	])('names who has declined it: %p', (decidedBy, words) => {
		const { text } = getNode(nodes, 'Tell the team').parameters;
		const row = { result: 'declined', referenceId: 'user-1', notRedacted: '', decidedBy };
		expect(evaluateParameter(nodes, 'Tell the team', text, [row])).toBe(`${words}: \`user-1\``);
	});
});
