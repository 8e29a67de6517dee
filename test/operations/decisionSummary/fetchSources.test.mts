import {
	startRequestRecorder,
	type RecordedRequest,
	type FakeResponse,
	type RequestRecorder,
} from '../../../tools/services/requestRecorder.mts';
import { runDecisionSummary } from './runDecisionSummary.mts';

describe('sources that cannot be read', () => {
	const FORBIDDEN: FakeResponse = { status: 403, body: { errors: [{ title: 'Forbidden' }] } };
	const createReference = (type: string, id: string) => ({ type, id });
	const inquiry = {
		type: 'inquiry',
		id: 'inq_1',
		attributes: {
			status: 'completed',
			'completed-at': '2026-03-01T10:00:00.000Z',
			fields: { birthdate: { type: 'date', value: '1994-04-12' } },
		},
		relationships: {
			reviewer: { data: {} },
			reports: {
				data: [createReference('report/watchlist', 'rep_1'), createReference('report/x', 'rep_2')],
			},
			verifications: { data: [createReference('verification/selfie', 'ver_1')] },
			sessions: { data: [createReference('inquiry-session', 'iqse_1')] },
		},
	};
	const selfie = {
		...createReference('verification/selfie', 'ver_1'),
		attributes: { status: 'passed' },
	};
	const session = {
		...createReference('inquiry-session', 'iqse_1'),
		attributes: { 'is-vpn': true, 'threat-level': 'extreme' },
	};
	const match = {
		...createReference('report/watchlist', 'rep_1'),
		attributes: { status: 'ready', 'has-match': true },
	};
	let server: RequestRecorder;
	let respond: (request: RecordedRequest) => FakeResponse;

	beforeAll(async () => {
		server = await startRequestRecorder((request) => respond(request));
	});
	beforeEach(() => (server.requests.length = 0));
	afterAll(async () => await server.stop());

	async function summarize() {
		const { items, error } = await runDecisionSummary(server.baseUrl, ['inq_1']);
		expect(error).toBeUndefined();
		return items[0].json;
	}

	const getRequests = () => server.requests.map(({ path, query }) => [path, query.include ?? '']);

	const FULL_REQUEST = ['/inquiries/inq_1', 'verifications,sessions,reports'];

	it('fetches each report that was referenced but not included, and notes what it cannot read', async () => {
		respond = ({ path }) => {
			if (path === '/reports/rep_1') return { body: { data: match } };
			if (path === '/reports/rep_2') return FORBIDDEN;
			return { body: { data: inquiry, included: [session] } };
		};
		expect(await summarize()).toMatchObject({
			reports: [
				{ reportId: 'rep_1', kind: 'watchlist', status: 'ready', matched: true },
				{ reportId: 'rep_2', kind: 'x', status: null, matched: null },
			],
			reportsResult: 'matched',
			failedCheckCount: null,
			failedChecks: [],
			attemptCount: null,
			isVpn: true,
			isTor: null,
			threatLevel: 'extreme',
			notes: [
				'Report rep_2 could not be read: This API key is not allowed to do that',
				'1 of the verifications could not be read: Persona did not include them',
			],
			text: 'inq_1: completed · checks unknown · 1 watchlist match · 1 x report unknown · age 31 (not from an accepted ID) · VPN · extreme threat level',
		});
		expect(getRequests()).toEqual([FULL_REQUEST, ['/reports/rep_1', ''], ['/reports/rep_2', '']]);
	});

	it('continues without reports where the API key may not read them', async () => {
		respond = ({ query }) =>
			query.include?.includes('reports')
				? FORBIDDEN
				: { body: { data: inquiry, included: [selfie, session] } };
		expect(await summarize()).toMatchObject({
			reportsResult: 'unknown',
			matchedReportCount: null,
			failedCheckCount: null,
			attemptCount: 1,
			notes: [
				'2 of the reports could not be read: the API key may not read them',
				'Verification ver_1 was returned without its checks',
			],
		});
		expect(getRequests()).toEqual([FULL_REQUEST, ['/inquiries/inq_1', 'verifications,sessions']]);
	});

	it('continues with the inquiry alone where the API key may read nothing else', async () => {
		respond = ({ query }) => (query.include ? FORBIDDEN : { body: { data: inquiry } });
		expect(await summarize()).toMatchObject({
			decision: 'none',
			age: 31,
			ageSource: 'fields',
			reportsResult: 'unknown',
			sessionCount: null,
			unknownIpAddressCount: null,
			unknownCountryCount: null,
			attemptCount: null,
		});
		expect(server.requests).toHaveLength(3);
	});

	it('fails where the API key may not read the inquiry', async () => {
		respond = () => FORBIDDEN;
		const { error } = await runDecisionSummary(server.baseUrl, ['inq_1']);
		expect(error?.message).toBe('This API key is not allowed to do that');
		expect(server.requests).toHaveLength(3);
	});

	it('notes where the selected fields leave out the relationships', async () => {
		const { id, type, attributes } = inquiry;
		respond = () => ({ body: { data: { id, type, attributes }, included: null } });
		const { items } = await runDecisionSummary(server.baseUrl, ['inq_1'], {
			parameters: { options: { fieldsToReturn: 'status' } },
		});
		expect(server.requests[0].query['fields[inquiry]']).toBe('status');
		expect(items[0].json).toMatchObject({
			failedCheckCount: null,
			reportsResult: 'unknown',
			sessionCount: null,
			text: 'inq_1: completed · checks unknown · reports unknown · age 31 (not from an accepted ID)',
			notes: [
				'Persona did not say which verifications the inquiry has',
				'Persona did not say which sessions the inquiry has',
				'Persona did not say which reports the inquiry has',
			],
		});
	});
});
