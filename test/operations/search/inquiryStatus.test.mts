import {
	startRequestRecorder,
	type RequestRecorder,
} from '../../../tools/services/requestRecorder.mts';
import { runNode } from '../../support/runNode.mts';

describe('the status in a search for inquiries', () => {
	let recorder: RequestRecorder;

	beforeAll(async () => {
		recorder = await startRequestRecorder(() => ({ body: { data: [], links: {} } }));
	});
	beforeEach(() => void (recorder.requests.length = 0));
	afterAll(async () => await recorder.stop());

	it.each([
		['as the dashboard writes it', 'Needs Review', 'needs_review'],
		['with a hyphen', 'needs-review', 'needs_review'],
		// Persona may add statuses.
		['that this version does not know', 'Some New', 'Some New'],
	])('%s is sent as Persona expects it', async (_, value, expected) => {
		const condition = { attribute: 'status', operator: 'eq', value: `={{ "${value}" }}` };
		const { error } = await runNode({
			parameters: {
				...{ resource: 'inquiry', operation: 'search', returnAll: false },
				conditions: { condition: [condition] },
			},
			credentials: { baseUrl: recorder.baseUrl },
		});
		expect(error).toBe(undefined);
		expect(JSON.stringify(recorder.requests[0].body)).toContain(`"value":"${expected}"`);
	});
});
