import type { IBinaryData, IDataObject, INodeParameters } from 'n8n-workflow';
import { getObjectType } from '../../nodes/Persona/engine/operationRules.ts';
import { table } from '../../nodes/Persona/resources/index.ts';
import { addMapModes, runNode } from './runNode.mts';
import { locatorParameters, getShownProperties } from './panel.mts';
import { sampleFiles } from './sampleFiles.mts';
import {
	startRequestRecorder,
	type RecordedRequest,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';

/** An operation with its parameters, its requests, and its items for a response. */
export interface OperationExample {
	operation: string;
	/** Without `resource` and `operation`. IDs can be plain text. */
	parameters?: INodeParameters;
	/** Verb and path, e.g. `GET /inquiries/inq_1`. */
	request: string;
	/** The requests after the first. */
	furtherRequests?: string[];
	/** Without the page, which every list requests. */
	query?: Record<string, string>;
	body?: IDataObject;
	/** The parts of the form that is the body; a file by the binary field that it comes from. */
	form?: Record<string, string>;
	/** The body of the response, or a function of the path; by default one object, or a list of one. */
	response?: IDataObject | Buffer | ((path: string) => IDataObject);
	/** The JSON of the output items; by default that object, simplified. */
	items?: IDataObject[];
}

/** Parameters with every ID as the value of a resource locator, as n8n stores it. */
const toLocators = (parameters: INodeParameters): INodeParameters =>
	Object.fromEntries(
		Object.entries(parameters).map(([name, value]) => [
			name,
			locatorParameters.includes(name) && typeof value === 'string'
				? { __rl: true, mode: 'id', value }
				: value,
		]),
	);

/** Reads a form that was sent; in place of a file the sample that has its name, type and content. */
async function readForm({ bytes, headers }: RecordedRequest): Promise<Record<string, string>> {
	const { 'content-type': type = '' } = headers;
	const options = { headers: { 'content-type': type } };
	const form = await new Response(new Uint8Array(bytes), options).formData();
	const parts: Record<string, string> = {};
	for (const [name, part] of form) {
		if (typeof part === 'string') parts[name] = part;
		else {
			const data = Buffer.from(await part.arrayBuffer()).toString('base64');
			const isSent = ([, sample]: [string, IBinaryData]) =>
				part.name === sample.fileName && part.type === sample.mimeType && data === sample.data;
			parts[name] = Object.entries(sampleFiles).find(isSent)?.[0] ?? `another file: ${part.name}`;
		}
	}
	return parts;
}

/** Declares one test for each example, and one which requires an example for every operation. */
export function testExamples(value: string, examples: OperationExample[]) {
	const resource = table.resources.find((candidate) => candidate.value === value);
	if (!resource) throw new Error(`The table has no resource '${value}'`);
	const object = { type: getObjectType(resource), id: 'obj_1' };

	describe(resource.name, () => {
		let server: RequestRecorder;
		let response: unknown;

		beforeAll(async () => {
			server = await startRequestRecorder(({ path }) => ({
				body:
					typeof response === 'function' ? (response as (path: string) => unknown)(path) : response,
				...(Buffer.isBuffer(response) && { headers: { 'content-type': 'application/pdf' } }),
			}));
		});

		afterAll(async () => await server.stop());

		it('has an example for every operation', () => {
			const tested = examples.map(({ operation }) => operation);
			expect(tested).toEqual(expect.arrayContaining(Object.keys(resource.operations)));
		});

		it.each(examples.map((example) => [`${example.operation}: ${example.request}`, example]))(
			'%s',
			async (
				_,
				{ operation, parameters: given = {}, request, query = {}, body, form, ...expected },
			) => {
				const { returns, unpaged, search } = resource.operations[operation];
				const page = returns === 'list' && !unpaged && !search && { 'page[size]': '50' };
				const parameters = { resource: value, operation, ...addMapModes(toLocators(given)) };
				const shown = getShownProperties(parameters).map(({ name }) => name);
				expect(shown).toEqual(expect.arrayContaining(Object.keys(parameters)));
				response = expected.response ?? { data: returns === 'list' ? [object] : object };
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
				const sent = form ? expect.any(String) : body;
				expect([first, ...values]).toEqual([request, { ...page, ...query }, sent]);
				if (form) expect(await readForm(server.requests[0])).toEqual(form);
				expect(others.map(([sent]) => sent)).toEqual(expected.furtherRequests ?? []);
				expect(items.map(({ json }) => json)).toEqual(expected.items ?? [object]);
			},
		);
	});
}
