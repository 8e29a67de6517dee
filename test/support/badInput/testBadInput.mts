import fc from 'fast-check';
import type { INodeParameters } from 'n8n-workflow';
import { runNode } from '../runNode.mts';
import { anyValue, commonCases, getAllCases, minimalCases } from './edgeCases.mts';
import { evaluate, formatProblem, type GivenValue } from './evaluate.mts';
import type { Probe, ProbeInput } from './probeInput.mts';
import { buildAllProbes } from './probes.mts';
import { startTreeRecorder, type RequestTree, type TreeRecorder } from './requestTree.mts';
import { runProbe, setValues } from './runProbe.mts';

/** Every run tries the same combinations; another number tries others. */
const SEED = Number(process.env.BAD_INPUT_SEED ?? 20251208);

const TIMEOUT_MS = 60_000;

const SETTINGS = ['options', 'returnAll', 'limit', 'output', 'binaryPropertyName'];

const getRowName = ({ name }: Probe) => name.split(' ')[0];

/** Values to try on each input of each probe. */
function pickCases(probes: Probe[]): Map<Probe, GivenValue[][]> {
	const known = new Set<string>();
	const isNew = (key: string) => known.size < known.add(key).size;

	/**
	 * All cases for the first input of its sort, the common ones for the first of its field, and the
	 * minimal ones where the field occurs again: in another variant of the row, or in every row.
	 */
	function pickValues(probe: Probe, { form, path, places, required, clears }: ProbeInput) {
		const [verb] = probe.row.route.split(' ');
		const sort = [verb, form, required, clears, places[0]?.[0]].join(' ');
		const isNewField =
			isNew(`${getRowName(probe)} ${path.join('.')}`) && !SETTINGS.includes(path[0]);
		if (isNew(sort)) return getAllCases(form);
		return isNewField ? commonCases : minimalCases;
	}

	// An item takes longer the more fields it has, so the sorts are first met where there are few.
	const bySize = [...probes].sort((one, other) => one.inputs.length - other.inputs.length);
	return new Map(
		bySize.map((probe) => [
			probe,
			probe.inputs.flatMap((input) =>
				pickValues(probe, input).map((value): GivenValue[] => [{ input, value }]),
			),
		]),
	);
}

/** Up to three fields of an operation, each with any value. */
const pickSeveral = ({ inputs }: Probe) =>
	fc.uniqueArray(fc.record({ input: fc.constantFrom(...inputs), value: anyValue }), {
		selector: ({ input }) => input,
		minLength: 1,
		maxLength: 3,
	});

/** A fake Persona for the tests of a file, and what they do with it. */
export function useTreeRecorder() {
	let recorder: TreeRecorder;

	beforeAll(async () => {
		recorder = await startTreeRecorder();
	});

	afterAll(async () => {
		await recorder.stop();
	});

	return {
		/** The recorder, once the tests run. */
		getRecorder: () => recorder,

		/** Runs an operation with each of these values in turn. Returns a line for each problem. */
		async findProblems(probe: Probe, all: GivenValue[][]): Promise<string> {
			const parameters = all.map((given) =>
				setValues(
					probe.parameters,
					given.map(({ input, value }): [string[], unknown] => [input.path, value]),
				),
			);
			const [valid, ...results] = await runProbe(probe, recorder, [
				probe.parameters,
				...parameters,
			]);
			expect([valid.message, valid.description]).toEqual([undefined, undefined]);
			const lines = results.flatMap((result, index) => {
				const problem = evaluate(all[index], result, valid.requests);
				return problem ? [formatProblem(all[index], problem)] : [];
			});
			return lines.join('\n');
		},

		/** Runs an operation once with parameters as workflows store them. */
		async runOnce(parameters: INodeParameters) {
			const requests: RequestTree[] = [];
			recorder.recordInto(requests);
			recorder.response = { data: { type: 'thing', id: 'thg_1' } };
			const { error } = await runNode({
				parameters,
				items: [{ email: 'jane.doe@example.com' }],
				credentials: { baseUrl: recorder.baseUrl },
			});
			return { error: error?.message, requests };
		},
	};
}

/** Declares the tests of the operations whose resource `isChosen`. In two files, they run side by side. */
export function testBadInput(isChosen: (resource: string) => boolean) {
	const all = buildAllProbes();
	const cases = pickCases(all);
	const probes = all
		.filter(({ name }) => isChosen(name.split('.')[0]))
		.map((probe) => [probe.name, probe] as const);
	// Each row once, with its last variant.
	const rows = [...new Map(probes.map(([, probe]) => [getRowName(probe), probe])).entries()];
	const { findProblems, runOnce } = useTreeRecorder();

	it.each(probes)(
		'%s: each field takes it or says what is wrong',
		async (_, probe) => {
			expect(await findProblems(probe, cases.get(probe) ?? [])).toBe('');
		},
		TIMEOUT_MS,
	);

	it.each(rows)(
		`%s: so do several fields at once (seed ${SEED})`,
		async (_, probe) => {
			const property = fc.asyncProperty(
				fc.array(pickSeveral(probe), { minLength: 8, maxLength: 8 }),
				async (several) => expect(await findProblems(probe, several)).toBe(''),
			);
			await fc.assert(property, { seed: SEED, numRuns: 1 });
		},
		TIMEOUT_MS,
	);

	it.each(rows.filter(([, { row }]) => row.variants))(
		'%s: knows no variant but those of its list',
		async (_, { row: { variants: { label = '', name = '' } = {} }, parameters }) => {
			for (const variant of ['nothing', '__proto__', 'constructor', '../..']) {
				const { error, requests } = await runOnce({ ...parameters, [name]: variant });
				expect([error, requests]).toEqual([`'${label}' has an unknown value`, []]);
			}
		},
	);

	it('leaves nothing behind in all objects', () => {
		expect(Object.keys(Object.prototype)).toEqual([]);
		expect('polluted' in {}).toBe(false);
	});
}
