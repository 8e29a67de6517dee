import './shortenWaits.mts';
import type { INodeExecutionData } from 'n8n-workflow';
import type { FilledOperation } from '../support/completeParameters.mts';
import { runNode, type NodeRunOptions, type NodeRunResult } from '../support/runNode.mts';
import { sampleFiles } from '../support/sampleFiles.mts';
import { API_KEY, ContractFixtures } from './contractFixtures.mts';
import {
	startExchangeRecorder,
	type ExchangeRecorder,
	type HttpExchange,
} from './exchangeRecorder.mts';
import { CURRENT_VERSION, loadOpenApi } from './loadOpenApi.mts';
import { prepareParameters } from './prerequisites.mts';
import { loadPrism, type ExchangeValidator } from './prism.mts';

/** The result of an operation, what went over the wire, and all violations of the description by it. */
export interface OperationRun {
	items: INodeExecutionData[];
	error: NodeRunResult['error'];
	exchanges: HttpExchange[];
	/** Each one starts with `request` or `response`. */
	violations: string[];
}

/** Persona declares every attribute as required, also if `fields` asks for fewer of them. */
export const isMissingProperty = (violation: string) =>
	/^response: .*must have required property/.test(violation);

/** Some routes declare the parameter `include`, but not the member `included` of their response. */
const isUndeclaredInclude = (violation: string) =>
	violation === "response: Response body must NOT have additional properties; found 'included'";

/** Throws if the sandbox has no such route, which otherwise looks like a 404 for a wrong ID. */
function requireRoute({ request, response }: HttpExchange) {
	if (response.status !== 404 || !JSON.stringify(response.body).includes('No such route')) return;
	throw new Error(
		`The sandbox has no route ${request.method} ${request.path}: add it in sandbox/api/`,
	);
}

/** Runs operations of the node against the sandbox and validates both directions. */
export class OperationRunner {
	private constructor(
		readonly fixtures: ContractFixtures,
		private readonly recorder: ExchangeRecorder,
		private readonly validator: ExchangeValidator,
	) {}

	/**
	 * Starts a sandbox and a recorder in front of it, judged by the description of this version. The
	 * caller stops the runner.
	 */
	static async start(version = CURRENT_VERSION) {
		const fixtures = await ContractFixtures.start();
		const recorder = await startExchangeRecorder(fixtures.sandbox.apiUrl);
		return new OperationRunner(fixtures, recorder, await loadPrism(loadOpenApi(version)));
	}

	async stop() {
		await this.recorder.stop();
		await this.fixtures.close();
	}

	/** Address of the recorder, for requests without the node. */
	get baseUrl() {
		return this.recorder.baseUrl;
	}

	/**
	 * Creates what the operation needs in a sandbox without traces of earlier runs, then runs it, with
	 * `changes` of how the node is run. Throws if the sandbox lacks its route.
	 */
	async run(
		operation: FilledOperation,
		apiVersion = CURRENT_VERSION,
		changes: Partial<NodeRunOptions> = {},
	): Promise<OperationRun> {
		this.fixtures.sandbox.control.reset();
		const parameters = await prepareParameters(operation, this.fixtures);
		this.recorder.takeExchanges();
		const { items, error } = await runNode({
			parameters,
			credentials: { apiKey: API_KEY, baseUrl: this.recorder.baseUrl, apiVersion },
			items: [this.fixtures.item],
			binary: [sampleFiles],
			// Part of the idempotency key: the sandbox must not replay the response to another version.
			executionId: apiVersion,
			...changes,
		});
		const { exchanges, violations } = await this.takeValidated();
		return { items, error, exchanges, violations };
	}

	/** The exchanges since the last run, validated. Throws if the sandbox lacks a route. */
	async takeValidated() {
		const exchanges = this.recorder.takeExchanges();
		exchanges.forEach(requireRoute);
		const violations = await Promise.all(exchanges.map((exchange) => this.validate(exchange)));
		return { exchanges, violations: violations.flat() };
	}

	private async validate(exchange: HttpExchange) {
		const { method, path, query } = exchange.request;
		const violations = await this.validator.validate(exchange);
		const selectsFields = Object.keys(query).some((name) => name.startsWith('fields['));
		return violations
			.filter((violation) => !('include' in query && isUndeclaredInclude(violation)))
			.filter((violation) => !(selectsFields && isMissingProperty(violation)))
			.map((violation) => `${violation} (${method} ${path})`);
	}
}
