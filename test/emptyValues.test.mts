import type { INodeParameters } from 'n8n-workflow';
import type { Probe, ProbeInput } from './support/badInput/probeInput.mts';
import { buildAllProbes } from './support/badInput/probes.mts';
import { isMissing } from './support/badInput/plainValues.mts';
import { runProbe, setValues } from './support/badInput/runProbe.mts';
import { useTreeRecorder } from './support/badInput/testBadInput.mts';
import { formatShort, getAt, removeAt } from './support/badInput/tree.mts';

const TIMEOUT_MS = 60_000;

/** What an expression returns that finds nothing, in every form that a value can be empty in. */
const EMPTY_VALUES: unknown[] = [
	...[undefined, null, '', '\u200b \ufeff', [], [null, ' '], {}],
	// A resource locator takes this as a text; a list and a JSON field take it as nothing.
	...['[]', ' , '],
];

/** The last two are texts in a field that is neither a list nor JSON. */
function listEmptyValues({ form }: ProbeInput): unknown[] {
	const isList = ['commaList', 'fieldsToReturn', 'files', 'words'].includes(form);
	const isJson = ['json', 'jsonList', 'map', 'query'].includes(form);
	if (isList) return EMPTY_VALUES;
	return EMPTY_VALUES.slice(0, isJson ? -1 : -2);
}

/** Without the number alone, n8n would fill in the one that the panel suggests. */
const toParameterPath = (path: string[]) =>
	path.filter((name) => !['duration', 'amount'].includes(name));

interface EmptyCase {
	input: ProbeInput;
	value: unknown;
}

/** Each field that a user may leave out, with each empty value. A column has rules of its own. */
const listCases = ({ inputs }: Probe): EmptyCase[] =>
	inputs
		.filter(({ form, required }) => form !== 'column' && !required)
		.flatMap((input) => listEmptyValues(input).map((value) => ({ input, value })));

const describeCase = ({ input, value }: EmptyCase, problem: string) =>
	`'${input.label}' = ${formatShort(value)}: ${problem}`;

const probes = buildAllProbes()
	.filter((probe) => listCases(probe).length > 0)
	.map((probe) => [probe.name, probe] as const);

/** The same operation in a tool whose user allows everything. */
const toTool = (probe: Probe): Probe => ({
	...probe,
	parameters: { ...probe.parameters, allowDecisions: true } as INodeParameters,
	// In a tool, n8n asks for Output Fields as long as it does not know Output.
	fixed: [...probe.fixed, 'allowDecisions', 'output'],
});

describe('a field that was added and is empty', () => {
	const { getRecorder } = useTreeRecorder();

	const runCases = async (probe: Probe, cases: EmptyCase[], type?: string) => {
		const parameters = cases.map(({ input, value }) =>
			setValues(probe.parameters, [[input.path, value]]),
		);
		const all = [probe.parameters, ...parameters];
		return await runProbe(probe, getRecorder(), all, type ? { type } : {});
	};

	it.each(probes)(
		'%s: fails by its name and sends nothing, unless an update removes a value by it',
		async (_, probe) => {
			const cases = listCases(probe);
			const [, ...results] = await runCases(probe, cases);
			const problems = results.flatMap(({ message, requests }, index) => {
				const { input, value } = cases[index];
				if (input.clears !== undefined && !isMissing(value)) {
					const sent = input.places.map((place) => getAt(requests[0], place));
					const isCleared = sent.every((one) => formatShort(one) === formatShort(input.clears));
					return isCleared ? [] : [describeCase(cases[index], `sent ${formatShort(sent)}`)];
				}
				if (message === `'${input.label}' is empty` && requests.length === 0) return [];
				return [describeCase(cases[index], `${message}, ${requests.length} requests`)];
			});
			expect(problems).toEqual([]);
		},
		TIMEOUT_MS,
	);

	it.each(probes)(
		'%s: in a tool, is not sent if it would be written, else fails by its name',
		async (_, probe) => {
			const cases = listCases(probe);
			const tool = toTool(probe);
			const [, ...results] = await runCases(tool, cases, 'testedTool');
			const inputs = [...new Set(cases.map(({ input }) => input))];
			const withoutInput = await runProbe(
				tool,
				getRecorder(),
				inputs.map(
					({ path }) => removeAt(tool.parameters, [toParameterPath(path)]) as INodeParameters,
				),
				{ type: 'testedTool' },
			);
			const problems = results.flatMap(({ message = '', requests }, index) => {
				const { input } = cases[index];
				const isWritten = input.field && input.places[0]?.[0] === 'body';
				if (!isWritten || input.field?.neverEmpty) {
					const isRefused = message.startsWith(`'${input.label}' is empty. `);
					if (isRefused && requests.length === 0) return [];
					return [describeCase(cases[index], `${message}, ${requests.length} requests`)];
				}
				const expected = withoutInput[inputs.indexOf(input)];
				return JSON.stringify(requests) === JSON.stringify(expected.requests) &&
					message === (expected.message ?? '')
					? []
					: [describeCase(cases[index], message || `sent ${JSON.stringify(requests)}`)];
			});
			expect(problems).toEqual([]);
		},
		TIMEOUT_MS,
	);

	it.each(probes.filter(([, { row }]) => row.route.startsWith('PATCH')))(
		'%s: in a tool whose model gives none, fails and sends nothing',
		async (_, probe) => {
			const isWritten = ({ places }: ProbeInput) => places[0]?.[0] === 'body';
			const written = probe.inputs.filter(isWritten);
			const needed = written.filter(({ field, required }) => required || field?.neverEmpty);
			const without = (inputs: ProbeInput[], parameters: INodeParameters) =>
				inputs.reduce<unknown>(
					(rest, { path }) => removeAt(rest, [toParameterPath(path)]),
					parameters,
				) as INodeParameters;
			// The address of a webhook is no input of a probe, since it has to be one that can be reached.
			const parameters = removeAt(without(needed, probe.parameters), [['updateFields', 'url']]);
			const tool = toTool({ ...probe, parameters: parameters as INodeParameters });
			const empty = without(written, tool.parameters);
			const [result] = await runProbe(tool, getRecorder(), [empty], { type: 'testedTool' });
			expect(result.message).toMatch(/^No value was given to change/);
			expect(result.requests).toEqual([]);
		},
	);
});
