import type { IDataObject } from 'n8n-workflow';
import { readNodes, routeItem } from './evaluateParameter.mts';

describe('an account whose match was dismissed', () => {
	const nodes = readNodes('12-watch-monitored-reports');

	/** The first output of the Switch node that takes these reports of the account. */
	const route = (reports: IDataObject[]) =>
		routeItem(
			nodes,
			'No match left?',
			{ accountId: 'act_1' },
			{ 'Get all reports of the account': [[reports]] },
		);

	const clear = { status: 'ready', hasMatch: false };
	const match = { status: 'ready', hasMatch: true };

	it('is resumed when every report is ready and has no match', () => {
		expect(route([clear])).toBe('None');
		expect(route([clear, clear])).toBe('None');
	});

	it.each([
		{ status: 'ready', hasMatch: null },
		{ status: 'ready' },
		{ status: 'pending', hasMatch: false },
		{ status: 'submitted', hasMatch: false },
		{ status: 'errored', hasMatch: false },
		{ status: null, hasMatch: null },
		{},
	])('is left to the team, not resumed, while a report is %j', (report) => {
		expect(route([clear, report])).toBe('Not known');
		expect(route([report, clear])).toBe('Not known');
	});

	it.each([match, { status: 'pending', hasMatch: true }])(
		'stays paused without another message while a report is %j, whose case is open',
		(report) => {
			expect(route([clear, report])).toBeUndefined();
			expect(route([{}, report])).toBeUndefined();
		},
	);
});

describe('an event about a match', () => {
	const nodes = readNodes('12-watch-monitored-reports');

	const route = (event: string, report: IDataObject) =>
		routeItem(nodes, 'What is true now?', {
			event: `report/watchlist.${event}`,
			object: { tags: [], account: { accountStatus: 'Paused' }, ...report },
		});

	const OPEN = ['case-open'];

	it.each([{ hasMatch: true }, { hasMatch: null }, {}, { hasMatch: true, tags: null }])(
		'is followed up when the report is %j now: only a dismissal that is known ends it',
		(report) => {
			expect(route('matched', report)).toBe('New match');
		},
	);

	it.each([{ hasMatch: false }, { hasMatch: false, tags: null }, { hasMatch: true, tags: OPEN }])(
		'changes nothing when the report is %j now',
		(report) => {
			expect(route('matched', report)).toBeUndefined();
		},
	);

	it.each([false, null, undefined])(
		'leads to all reports of the account when a match was dismissed and hasMatch is %p',
		(hasMatch) => {
			expect(route('dismissed', { hasMatch, tags: OPEN })).toBe('Paused');
			const account = { accountStatus: 'Default' };
			expect(route('dismissed', { hasMatch, tags: OPEN, account })).toBe('Not paused');
			expect(route('dismissed', { hasMatch, tags: OPEN, account: null })).toBe('Not paused');
		},
	);

	it.each([{ hasMatch: true, tags: OPEN }, { hasMatch: false }, { hasMatch: null, tags: null }])(
		'changes nothing when it was dismissed and the report is %j now',
		(report) => {
			expect(route('dismissed', report)).toBeUndefined();
		},
	);
});
