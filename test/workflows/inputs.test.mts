import type { IDataObject } from 'n8n-workflow';
import { wrongIds } from '../support/wrongIds.mts';
import {
	evaluateParameter,
	getNode,
	listWorkflows,
	readNodes,
	routeItem,
} from './evaluateParameter.mts';

const business = {
	...{ name: 'Acme', street: '1 Market Street', city: 'San Francisco', state: 'California' },
	...{ postalCode: '94105', ein: '12-3456789' },
};
const signUp = { userId: 'user-1', email: 'jane@example.com' };

/** What an app sends to each workflow, and which of it are IDs. */
const INPUTS: [string, IDataObject, string[]][] = [
	['01-onboard-users', signUp, ['userId']],
	['15-onboard-users-without-public-address', signUp, ['userId']],
	[
		'02-verify-by-risk',
		{ userId: 'user-1', paymentId: 'payment-1', amount: 1 },
		['userId', 'paymentId'],
	],
	[
		'03-verify-again-before-large-transactions',
		{ userId: 'user-1', transactionId: 'transaction-1', amount: 1 },
		['userId', 'transactionId'],
	],
	['06-verify-businesses', { ...business, businessId: 'business-1' }, ['businessId']],
	[
		'07-verify-businesses-for-persona',
		{ ...business, runId: 'run-1', accountId: 'act_1' },
		['runId', 'accountId'],
	],
];

/** Values that are neither text nor a number, and become "[object Object]" or the like as text. */
const NO_TEXTS = [{}, { first: 'Jane' }, [], ['Jane'], true];

describe.each(INPUTS)('the input of "%s"', (workflow, body, ids) => {
	const nodes = readNodes(workflow);

	const isAccepted = (given: unknown) => {
		const { conditions, combinator } = getNode(nodes, 'Is it complete?').parameters
			.conditions as unknown as { conditions: { leftValue: string }[]; combinator: string };
		expect(combinator).toBe('and');
		return conditions.every(
			({ leftValue }) =>
				evaluateParameter(nodes, 'Is it complete?', leftValue, [{ body: given } as IDataObject]) ===
				true,
		);
	};

	it('is accepted when it is complete', () => {
		expect(isAccepted(body)).toBe(true);
	});

	it.each([undefined, null, '', 'user-1', 42, [], [signUp]])('is refused if it is %j', (given) => {
		expect(isAccepted(given)).toBe(false);
	});

	describe.each(ids)('with %s', (name) => {
		it.each(wrongIds)('%j is refused', (id) => {
			expect(isAccepted({ ...body, [name]: id })).toBe(false);
		});

		it.each([42, '42', ' user-1 ', 'Ünïcode-1', '{"a":1}', 'none-1', 'x'.repeat(200)])(
			'%j is accepted',
			(id) => {
				expect(isAccepted({ ...body, [name]: id })).toBe(true);
			},
		);
	});

	if ('email' in body) {
		it.each([
			...['jane', 'jane@example', 'jane@@example.com', 'jane@example.com,joe@example.com'],
			...['mailto:jane@example.com', 'Jane <jane@example.com>', 'jane@example.com\u200b'],
		])('is refused with the email address %j, which is not a single plain one', (email) => {
			expect(isAccepted({ ...body, email })).toBe(false);
		});

		it.each(['jane+doe@example.co.uk', "o'brien@example.com", 'jörg@bücher.example'])(
			'is accepted with the email address %j',
			(email) => {
				expect(isAccepted({ ...body, email })).toBe(true);
			},
		);
	}

	it.each(NO_TEXTS)('is refused if any other member is %j', (value) => {
		const others = ['email', 'phone', 'firstName', 'lastName', 'plan', 'amount', 'waitMinutes'];
		const known = JSON.stringify(getNode(nodes, 'Is it complete?').parameters);
		const read = [...others, ...Object.keys(business)].filter((name) =>
			known.includes(`body?.${name}`),
		);
		expect(read).not.toEqual([]);
		const accepted = read.filter((name) => isAccepted({ ...body, [name]: value }));
		expect(accepted).toEqual([]);
	});
});

describe('the form of "Erase a person on request"', () => {
	const nodes = readNodes('13-erase-on-request');
	const isAccepted = (referenceId: unknown) =>
		routeItem(nodes, 'Is it complete?', { referenceId } as IDataObject);

	it.each(wrongIds)('is refused with the reference ID %j', (id) => {
		expect(isAccepted(id)).toBe(false);
	});

	it.each(['42', ' user-1 ', 'Ünïcode-1', 'none-1', 'x'.repeat(200)])(
		'is accepted with the reference ID %j',
		(id) => {
			expect(isAccepted(id)).toBe(true);
		},
	);

	it.each(wrongIds)('tells the team that the reference ID %j cannot be used', (referenceId) => {
		const { text } = getNode(nodes, 'Tell the team').parameters;
		const item = { referenceId } as IDataObject;
		const message = String(evaluateParameter(nodes, 'Tell the team', text, [item]));
		expect(message).toContain('The form has no usable reference ID');
		expect(message.length).toBeLessThan(400);
	});
});

describe('the workflow library', () => {
	it('has no other workflow that an app calls with an ID', () => {
		const called = listWorkflows().filter((name) =>
			readNodes(name).some(
				({ type, parameters }) =>
					// A page is read by a browser.
					(type === 'n8n-nodes-base.webhook' && parameters.httpMethod === 'POST') ||
					parameters.receive === 'workflow',
			),
		);
		expect(called).toEqual(INPUTS.map(([name]) => name).sort());
	});
});
