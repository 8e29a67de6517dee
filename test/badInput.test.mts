import fc from 'fast-check';
import type { INodeParameters } from 'n8n-workflow';
import {
	startTreeRecorder,
	type TreeRecorder,
	type RequestTree,
} from './support/badInput/requestTree.mts';
import { anyValue, commonCases, getAllCases, minimalCases } from './support/badInput/edgeCases.mts';
import type { ProbeInput, Probe } from './support/badInput/probeInput.mts';
import { buildAllProbes } from './support/badInput/probes.mts';
import { runProbe, setValues } from './support/badInput/runProbe.mts';
import { formatProblem, evaluate, type GivenValue } from './support/badInput/evaluate.mts';
import { runNode } from './support/runNode.mts';

/** The same combinations in every run; another number tries others. */
const SEED = Number(process.env.BAD_INPUT_SEED ?? 20251208);

const probes = buildAllProbes().map((probe) => [probe.name, probe] as const);

/** Each operation once, for its last kind where it has kinds. */
const operations = [
	...new Map(probes.map(([name, probe]) => [name.split(' ')[0], probe])).entries(),
];

const settingNames = ['options', 'returnAll', 'limit', 'simplify', 'binaryPropertyName'];

const seen = new Set<string>();

/** Whether something is asked about for the first time. */
const isNew = (what: string) => seen.size < seen.add(what).size;

/**
 * What to try on an input: everything where its sort first occurs, one of each trouble where the
 * field does, and least where it comes again: in another kind of the row, or in every row.
 */
function pickCases({ name, row }: Probe, { form: writing, path, places, ...input }: ProbeInput) {
	const [operation] = name.split(' ');
	const [verb] = row.route.split(' ');
	const sort = [verb, writing, input.required, input.clears, places[0]?.[0]].join(' ');
	const isNewField = isNew(`${operation} ${path.join('.')}`) && !settingNames.includes(path[0]);
	if (isNew(sort)) return getAllCases(writing);
	return isNewField ? commonCases : minimalCases;
}

/** Operations with few fields come first, since an item takes as long as it has fields. */
const bySize = [...probes].sort(([, one], [, other]) => one.inputs.length - other.inputs.length);

const singles = new Map(
	bySize.map(([name, probe]) => [
		name,
		probe.inputs.flatMap((input) =>
			pickCases(probe, input).map((value): GivenValue[] => [{ input, value }]),
		),
	]),
);

/** Some fields of an operation with anything in them. */
const pickSeveral = ({ inputs }: Probe) =>
	fc.uniqueArray(fc.record({ input: fc.constantFrom(...inputs), value: anyValue }), {
		selector: ({ input }) => input,
		minLength: 1,
		maxLength: 3,
	});

describe('bad input', () => {
	let ear: TreeRecorder;

	beforeAll(async () => {
		ear = await startTreeRecorder();
	});

	afterAll(async () => {
		await ear.stop();
	});

	/** Runs an operation with each of these values in turn: a line for each that goes wrong. */
	async function findProblems(probe: Probe, all: GivenValue[][]): Promise<string> {
		const parameters = all.map((given) =>
			setValues(
				probe.parameters,
				given.map(({ input, value }): [string[], unknown] => [input.path, value]),
			),
		);
		const [valid, ...outcomes] = await runProbe(probe, ear, [probe.parameters, ...parameters]);
		expect([valid.message, valid.description]).toEqual([undefined, undefined]);
		const lines = outcomes.flatMap((outcome, index) => {
			const problem = evaluate(all[index], outcome, valid.requests);
			return problem ? [formatProblem(all[index], problem)] : [];
		});
		return lines.join('\n');
	}

	/** Runs an operation once with parameters as they are stored: its failure and its requests. */
	async function runOnce(parameters: INodeParameters) {
		const heard: RequestTree[] = [];
		ear.recordInto(heard);
		ear.response = { data: { type: 'thing', id: 'thg_1' } };
		const { error } = await runNode({
			parameters,
			items: [{ email: 'jane.doe@example.com' }],
			credentials: { baseUrl: ear.baseUrl },
		});
		return { error: error?.message, heard };
	}

	it.each(probes)(
		'%s: each field takes it or says what is wrong',
		async (name, probe) => {
			expect(await findProblems(probe, singles.get(name) ?? [])).toBe('');
		},
		60_000,
	);

	it.each(operations)(
		`%s: so do several fields at once (seed ${SEED})`,
		async (_, probe) => {
			const property = fc.asyncProperty(
				fc.array(pickSeveral(probe), { minLength: 8, maxLength: 8 }),
				async (all) => expect(await findProblems(probe, all)).toBe(''),
			);
			await fc.assert(property, { seed: SEED, numRuns: 1 });
		},
		60_000,
	);

	it.each(operations.filter(([, { row }]) => row.variants))(
		'%s: knows no kind but those of its list',
		async (_, { row: { variants: { label = '', name = '' } = {} }, parameters }) => {
			for (const kind of ['nothing', '__proto__', 'constructor', '../..']) {
				const { error, heard } = await runOnce({ ...parameters, [name]: kind });
				expect([error, heard]).toEqual([`'${label}' is not known`, []]);
			}
		},
	);

	const get = (more: INodeParameters) =>
		runOnce({ resource: 'inquiry', operation: 'get', inquiryId: 'inq_1', ...more });

	it.each([
		...['', 0, 101, 1e308, 'many', '={{ NaN }}', '={{ Infinity }}', '={{ {a: 1} }}', '={{ [5] }}'],
	])('Items at a Time = %p: is a number from 1 to 100 or refused', async (itemsAtATime) => {
		const { error = '', heard } = await get({ options: { itemsAtATime } });
		expect([error.startsWith("'Items at a Time' "), heard.length]).toEqual(
			itemsAtATime === '' ? [false, 1] : [true, 0],
		);
	});

	it.each([
		['={{ "inq_1" }}', undefined],
		['={{ {id: "inq_1"} }}', "'Inquiry' must be text"],
		['={{ ["inq_1", "inq_2"] }}', "'Inquiry' must be text"],
		['={{ null }}', "'Inquiry' is empty"],
		['={{ "inq_1/approve" }}', "'Inquiry' is not an ID"],
	])('an ID that is wholly the expression %s', async (inquiryId, message) => {
		const { error, heard } = await get({ inquiryId });
		expect([error, heard.length]).toEqual([message, message ? 0 : 1]);
	});

	it('maps the columns of the item and no member that every object has', async () => {
		const names = ['__proto__', 'constructor', 'toString', 'email'];
		const schema = names.map((id) => ({ id, displayName: id, required: false }));
		const { heard } = await runOnce({
			...{ resource: 'account', operation: 'create', fieldsMode: 'columns' },
			fieldsColumns: { mappingMode: 'autoMapInputData', value: null, schema } as never,
		});
		expect(heard.map(({ body }) => body)).toEqual([
			{ data: { attributes: { fields: { email: 'jane.doe@example.com' } } } },
		]);
	});

	it('maps nothing before the columns are read', async () => {
		const { heard } = await runOnce({
			...{ resource: 'account', operation: 'create', fieldsMode: 'columns' },
		});
		expect(heard.map(({ body }) => body)).toEqual([{ data: { attributes: {} } }]);
	});

	it('leaves nothing behind in all objects', () => {
		expect(Object.keys(Object.prototype)).toEqual([]);
		expect('polluted' in {}).toBe(false);
	});
});
