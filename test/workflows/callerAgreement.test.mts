import { Settings } from 'luxon';
import type { IDataObject } from 'n8n-workflow';
import { wrongIds } from '../support/wrongIds.mts';
import { evaluateParameter, getNode, readNodes, routeItem } from './evaluateParameter.mts';

const NOW = '2026-03-01T10:10:00.000Z';

const known = {
	...{ firstName: 'Jane', middleName: '', lastName: 'Doe', birthdate: '1994-04-12' },
	verifyBy: '2026-03-01T10:30:00.000Z',
};

const id = {
	...{ type: 'verification/government-id', status: 'passed', birthdate: '1994-04-12' },
	...{ nameFirst: 'Jane', nameMiddle: null, nameLast: 'Doe' },
};

const clear = {
	verifications: [
		{ kind: 'government-id', status: 'passed' },
		{ kind: 'selfie', status: 'passed' },
	],
	...{ failedRequiredCheckCount: 0, reportsResult: 'none', threatLevel: 'low', isTor: false },
	...{ notes: [], finishedAt: NOW },
};

describe('a caller of the help desk', () => {
	const nodes = readNodes('27-verify-help-desk-callers');

	beforeEach(() => {
		Settings.now = () => Date.parse(NOW);
	});
	afterEach(() => {
		Settings.now = () => Date.now();
	});

	const evaluate = (name: string, input: IDataObject, outputs: Record<string, IDataObject[]>) => {
		const { jsonOutput } = getNode(nodes, name).parameters;
		const runs = Object.entries(outputs).map(([node, items]) => [node, [[items]]]);
		return evaluateParameter(
			nodes,
			name,
			jsonOutput,
			[input],
			Object.fromEntries(runs),
		) as IDataObject;
	};

	const compare = (
		okta: IDataObject = {},
		ids: IDataObject[] = [{}],
		summary: IDataObject = {},
		inquiry: IDataObject = {},
	) =>
		evaluate(
			'Do they agree?',
			{ ...clear, ...summary },
			{
				'What does Okta know?': [{ ...known, ...okta }],
				'Get what was verified': [
					{
						status: 'completed',
						verifications: ids.map((each) => ({ ...id, ...each })),
						...inquiry,
					},
				],
			},
		);

	it('is who the directory says when the ID agrees and nothing is doubtful', () => {
		expect(compare()).toEqual({ agrees: true, reason: '' });
	});

	it.each([
		[{ lastName: 'Müller' }, { nameLast: 'MUELLER' }],
		[{ lastName: 'Müller' }, { nameLast: 'Muller' }],
		[{ lastName: 'Mueller' }, { nameLast: 'MÜLLER' }],
		[{ lastName: 'Großmann' }, { nameLast: 'GROSSMANN' }],
		[{ lastName: 'Sørensen' }, { nameLast: 'SOERENSEN' }],
		[{ lastName: 'Łukasz' }, { nameLast: 'LUKASZ' }],
		[{ lastName: "O'Brien" }, { nameLast: 'O’BRIEN' }],
		[{ lastName: 'van der Meer' }, { nameLast: 'VANDERMEER' }],
		[{ lastName: 'Smith-Jones' }, { nameLast: 'SMITH JONES' }],
		[{ lastName: 'Ng\u0303' }, { nameLast: 'NG' }],
		[{ firstName: 'José' }, { nameFirst: 'JOSE' }],
		[{ firstName: 'Jane' }, { nameFirst: 'Jane Marie' }],
		[{ firstName: 'Jane' }, { nameFirst: 'Jane', nameMiddle: 'Marie' }],
		[{ firstName: 'Marie' }, { nameFirst: 'Jane', nameMiddle: 'Marie' }],
		[{ firstName: 'Jane Marie' }, { nameFirst: 'Jane' }],
		[{ firstName: 'Jane', middleName: 'Marie' }, { nameFirst: 'JANE' }],
		[
			{ firstName: 'Jane', middleName: 'Marie' },
			{ nameFirst: 'Jane', nameMiddle: 'M.' },
		],
		[{ firstName: 'Jean-Luc' }, { nameFirst: 'JEANLUC' }],
		[
			{ firstName: '小明', lastName: '李' },
			{ nameFirst: '小明', nameLast: '李' },
		],
	])('is %j in the directory and %j on the ID', (okta, onId) => {
		expect(compare(okta, [onId])).toEqual({ agrees: true, reason: '' });
	});

	it.each([
		[{ lastName: 'García' }, { nameLast: 'García López' }, 'last name'],
		[{ lastName: 'García López' }, { nameLast: 'García' }, 'last name'],
		[{ lastName: 'Doe' }, { nameLast: 'Dow' }, 'last name'],
		[{ lastName: 'Doe' }, { nameLast: 'Jane' }, 'last name'],
		[{ lastName: 'Иванов' }, { nameLast: 'Ivanov' }, 'last name'],
		[{ firstName: 'Robert' }, { nameFirst: 'Bob' }, 'first name'],
		[{ firstName: 'Jane' }, { nameFirst: 'J.' }, 'first name'],
		[{ firstName: 'Jane' }, { nameFirst: 'Janet' }, 'first name'],
		[{ firstName: 'Jane Anne' }, { nameFirst: 'Jane Marie' }, 'first name'],
	])('is not %j in the directory with %j on the ID', (okta, onId, what) => {
		expect(compare(okta, [onId])).toEqual({
			agrees: false,
			reason: `The ${what} on the ID does not match the one in Okta.`,
		});
	});

	const unknown = [
		'',
		' ',
		null,
		undefined,
		'null',
		'undefined',
		'N/A',
		'[object Object]',
		'-',
		{},
		[],
		0,
		true,
	];

	it.each(unknown)('is nobody as long as a name or the birthdate is %j on either side', (value) => {
		for (const [okta, onId] of [
			['firstName', 'nameFirst'],
			['lastName', 'nameLast'],
			['birthdate', 'birthdate'],
		]) {
			const both = [{ [okta]: value }, [{ [onId]: value }]] as [IDataObject, IDataObject[]];
			expect(compare(both[0])).toMatchObject({ agrees: false });
			expect(compare({}, both[1])).toMatchObject({ agrees: false });
			// The same unknown value on both sides is no agreement either.
			expect(compare(...both)).toMatchObject({ agrees: false });
		}
	});

	it.each([
		'1994-04-13',
		'1994-12-04',
		'12.04.1994',
		'1994-4-12',
		'1994-04-12T00:00:00Z',
		'1994-02-30',
	])('is not somebody born on %s', (birthdate) => {
		expect(compare({}, [{ birthdate }]).reason).toContain('birthdate');
		if (birthdate !== '1994-04-13' && birthdate !== '1994-12-04') {
			expect(compare({ birthdate }, [{ birthdate }]).reason).toContain('birthdate');
		}
	});

	it('is judged by accepted IDs alone, and by all of them', () => {
		const other = { nameLast: 'Smith' };
		expect(compare({}, [{ ...other, status: 'failed' }, {}]).agrees).toBe(true);
		expect(compare({}, [{}, other]).agrees).toBe(false);
		const doubt = { agrees: false, reason: 'The results in Persona leave a doubt.' };
		expect(compare({}, [{ status: 'failed' }])).toEqual(doubt);
		expect(compare({}, [{ type: 'verification/database' }])).toEqual(doubt);
		expect(compare({}, [])).toEqual(doubt);
		expect(compare({}, [], {}, { verifications: undefined })).toEqual(doubt);
	});

	it.each([
		...['failedRequiredCheckCount', 'reportsResult', 'threatLevel', 'isTor'].map((name) => ({
			[name]: null,
		})),
		...['unknown', 'high', 'extreme'].map((threatLevel) => ({ threatLevel })),
		...['unknown', 'pending', 'errored', 'matched'].map((reportsResult) => ({ reportsResult })),
		...[{ isTor: true }, { failedRequiredCheckCount: 1 }, { notes: ['Something is missing'] }],
		...[[], clear.verifications.slice(0, 1), clear.verifications.slice(1)].map((verifications) => ({
			verifications,
		})),
		{ verifications: [...clear.verifications, { kind: 'database', status: 'failed' }] },
	])('is doubtful with %j', (summary) => {
		expect(compare({}, [{}], summary)).toEqual({
			agrees: false,
			reason: 'The results in Persona leave a doubt.',
		});
	});

	it.each([
		['created', 'The employee did not finish in time.'],
		['pending', 'The employee did not finish in time.'],
		['expired', 'The employee did not finish in time.'],
		['failed', 'Persona did not accept the person.'],
		['declined', 'Persona did not accept the person.'],
		['needs_review', 'Persona did not accept the person.'],
		[null, 'Persona did not accept the person.'],
		['approved', ''],
	])('whose inquiry is %s: %s', (status, reason) => {
		expect(compare({}, [{}], {}, { status })).toEqual({ agrees: reason === '', reason });
	});

	it('is refused when the result came after the deadline, or is read long after it', () => {
		const late = { agrees: false, reason: 'The result came too late.' };
		expect(compare({}, [{}], { finishedAt: '2026-03-01T10:30:01.000Z' })).toEqual(late);
		expect(compare({}, [{}], { finishedAt: null })).toEqual(late);
		Settings.now = () => Date.parse('2026-03-01T10:45:01.000Z');
		expect(compare()).toEqual(late);
	});

	const look = (users: IDataObject[], login = 'Jane@example.com') =>
		evaluate(
			'What does Okta know?',
			{},
			{
				Request: [{ login, submittedAt: NOW }],
				Settings: [{ birthdateAttribute: 'birthdate', minutes: 30 }],
				'Find the user': users,
			},
		);

	const user = {
		...{ id: '00u1', status: 'ACTIVE' },
		profile: { ...known, login: 'jane@example.com', email: 'jane@example.com' },
	};

	it.each([
		[[user], ''],
		[[{ ...user, status: 'LOCKED_OUT' }], ''],
		[[{ ...user, status: 'STAGED' }], 'The user is not active in Okta.'],
		[[{ ...user, status: undefined }], 'The user is not active in Okta.'],
		[[{}], 'Okta has no such user.'],
		[[user, user], 'Okta has no such user.'],
		[
			[{ ...user, profile: { ...user.profile, login: 'joe@example.com' } }],
			'Okta has no such user.',
		],
	])('with %j in the directory: %s', (users, problem) => {
		expect(look(users as IDataObject[])).toMatchObject({ problem });
	});

	it('is named to security with the login, and without marks of Slack', () => {
		const profile = { ...user.profile, firstName: '<!channel> *Jane*' };
		const row = { ticket: 'HD-42', reset: 'MFA', userId: '00u1', inquiryId: 'inq_1' };
		const text = evaluateParameter(
			nodes,
			'Tell security',
			getNode(nodes, 'Tell security').parameters.text,
			[{ ...row, reason: 'The result came too late.' }],
			{ 'What does Okta know?': [[[look([{ ...user, profile }])]]] },
		);
		expect(text).toBe(
			'Ticket HD-42: someone asked the help desk to reset the MFA of ?!channel? ?Jane? Doe (jane@example.com, ID 00u1 in Okta), and did not prove who they are. The result came too late. https://app.withpersona.com/dashboard/inquiries/inq_1',
		);
	});

	it('gets the link at the second address, else at the first, and at no other', () => {
		const withAddress = (profile: IDataObject) =>
			look([{ ...user, profile: { ...user.profile, ...profile } }]);
		expect(withAddress({ secondEmail: 'p@example.net' }).address).toBe('p@example.net');
		expect(withAddress({ secondEmail: '' }).address).toBe('jane@example.com');
		const problem = 'Okta has no email address for the user.';
		expect(withAddress({ email: null })).toMatchObject({ problem });
		expect(withAddress({ secondEmail: 'not an address' })).toMatchObject({ problem });
	});

	it.each([
		[0, 30],
		['', 30],
		[10, 10],
		[100_000, 1440],
	])('has, with %j minutes in the settings, %d', (minutes, expected) => {
		const { verifyBy } = evaluate(
			'What does Okta know?',
			{},
			{
				Request: [{ login: 'jane@example.com', submittedAt: NOW }],
				Settings: [{ birthdateAttribute: 'birthdate', minutes }],
				'Find the user': [user],
			},
		);
		expect(Date.parse(String(verifyBy)) - Date.parse(NOW)).toBe(expected * 60_000);
	});

	it.each([
		...wrongIds.filter((value) => value !== 'x'.repeat(201)),
		'jane',
		'a"b@example.com',
		'a\\b@example.com',
		'a@b@example.com',
	])('is not looked up by %j', (login) => {
		const form = { login, reset: 'MFA', ticket: 'HD-1' } as IDataObject;
		expect(routeItem(nodes, 'Is it complete?', {}, { Request: [[[form]]] })).toBe(false);
		expect(
			routeItem(
				nodes,
				'Is it complete?',
				{},
				{
					Request: [[[{ ...form, login: " o'brien@example.co.uk " }]]],
				},
			),
		).toBe(true);
	});
});
