import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { table } from '../../nodes/Persona/resources/index.ts';
import { runNode } from './runNode.mts';
import { locatorParameters, getShownProperties } from './panel.mts';
import { sampleFiles } from './sampleFiles.mts';
import { startRequestRecorder, type RequestRecorder } from './requestRecorder.mts';

/** What an operation is given, what it sends, and what becomes of the answer. */
export interface OperationExample {
	operation: string;
	/** Without `resource` and `operation`; IDs may be plain text. */
	parameters?: INodeParameters;
	/** Verb and path, e.g. `GET /inquiries/inq_1`. */
	request: string;
	/** Those after it, where there are several. */
	furtherRequests?: string[];
	/** Besides the page that every list asks for. */
	query?: Record<string, string>;
	body?: IDataObject;
	/** The body of the answer, by its path; one object of the resource, or a list of one, unless given. */
	response?: IDataObject | Buffer | ((path: string) => IDataObject);
	/** The JSON of the output items; that object, simplified, unless given. */
	items?: IDataObject[];
}

/** Gives every ID in the form that n8n stores for a resource locator. */
const toLocators = (parameters: INodeParameters): INodeParameters =>
	Object.fromEntries(
		Object.entries(parameters).map(([name, value]) => [
			name,
			locatorParameters.includes(name) && typeof value === 'string'
				? { __rl: true, mode: 'id', value }
				: value,
		]),
	);

/** Declares one test for each example, and one that every operation of the resource has an example. */
export function testExamples(value: string, examples: OperationExample[]) {
	const resource = table.resources.find((candidate) => candidate.value === value);
	if (!resource) throw new Error(`The table has no resource '${value}'`);
	const object = { type: resource.type, id: 'obj_1' };

	describe(resource.name, () => {
		let server: RequestRecorder;
		let answer: unknown;

		beforeAll(async () => {
			server = await startRequestRecorder(({ path }) => ({
				body: typeof answer === 'function' ? (answer as (of: string) => unknown)(path) : answer,
				...(Buffer.isBuffer(answer) && { headers: { 'content-type': 'application/pdf' } }),
			}));
		});

		afterAll(async () => await server.stop());

		it('has an example for every operation', () => {
			const proven = examples.map(({ operation }) => operation);
			expect(proven).toEqual(expect.arrayContaining(Object.keys(resource.operations)));
		});

		it.each(examples.map((example) => [`${example.operation}: ${example.request}`, example]))(
			'%s',
			async (_, { operation, parameters: given = {}, request, query = {}, body, ...expected }) => {
				const { returns, unpaged, search } = resource.operations[operation];
				const page = returns === 'list' && !unpaged && !search && { 'page[size]': '50' };
				const parameters = { resource: value, operation, ...toLocators(given) };
				const shown = getShownProperties(parameters).map(({ name }) => name);
				expect(shown).toEqual(expect.arrayContaining(Object.keys(parameters)));
				answer = expected.response ?? { data: returns === 'list' ? [object] : object };
				server.requests.length = 0;
				const { items, error } = await runNode({
					parameters,
					binary: [sampleFiles],
					credentials: { baseUrl: server.baseUrl },
				});
				expect(error).toBeUndefined();
				const [[first, ...values] = [], ...others] = server.requests.map((sent) => [
					`${sent.method} ${sent.path}`,
					sent.query,
					sent.body,
				]);
				expect([first, ...values]).toEqual([request, { ...page, ...query }, body]);
				expect(others.map(([sent]) => sent)).toEqual(expected.furtherRequests ?? []);
				expect(items.map(({ json }) => json)).toEqual(expected.items ?? [object]);
			},
		);
	});
}
