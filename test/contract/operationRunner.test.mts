import { API_KEY } from './contractFixtures.mts';
import { describeWithOpenApi } from './loadOpenApi.mts';
import { OperationRunner } from './operationRunner.mts';

describeWithOpenApi('OperationRunner', () => {
	let runner: OperationRunner;

	beforeAll(async () => {
		runner = await OperationRunner.start();
	});

	afterAll(async () => await runner?.stop());

	const send = async (path: string) =>
		await fetch(`${runner.baseUrl}${path}`, { headers: { authorization: `Bearer ${API_KEY}` } });

	it('reports a request for what Persona does not know', async () => {
		const { status } = await send('/inquiries?filter[state]=approved');
		expect(status).toBe(400);
		const { violations } = await runner.takeValidated();
		expect(violations).toContainEqual(
			expect.stringContaining("Query parameter 'filter[state]' is not declared"),
		);
	});

	it('reports a response that Persona would not give', async () => {
		runner.fixtures.sandbox.control.addFault({
			path: '/rate-limits',
			kind: 'status',
			status: 200,
			body: { data: [{ type: 'rate-limit/api', attributes: { limit: 'many' } }] },
		});
		await send('/rate-limits');
		const { violations } = await runner.takeValidated();
		expect(violations).toContainEqual(
			'response: Response body property data.0.attributes.limit must be integer (GET /rate-limits)',
		);
	});

	it('names a route that the sandbox does not have', async () => {
		await send('/unknown/1');
		await expect(runner.takeValidated()).rejects.toThrow(
			'The sandbox has no route GET /unknown/1: add it in sandbox/api/',
		);
	});
});
