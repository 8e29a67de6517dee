import axios from 'axios';
import { verificationKinds } from '../../sandbox/life/verificationKinds.mts';
import { ABSENT, findOpenApi, loadOpenApi, type OpenApiDocument } from './loadOpenApi.mts';
import { loadPrism, type ExchangeValidator } from './prism.mts';
import { startRecorder, type Recorder } from './recorder.mts';
import { resolveReference, expandShapes } from './schemaShapes.mts';
import { API_KEY, ContractFixtures } from './contractFixtures.mts';

const known = findOpenApi() !== undefined;

interface Verification {
	type: string;
	attributes: Record<string, unknown>;
}

/** Names of the attributes that a kind has, without the deprecated ones. */
function listAttributes(description: OpenApiDocument, kind: string): string[] {
	const schema = { $ref: `#/components/schemas/verification-${kind}` };
	const [{ members }] = expandShapes(description, schema);
	const [attributes] = expandShapes(description, members.attributes);
	return Object.entries(attributes.members)
		.filter(([, member]) => !resolveReference(description, member).deprecated)
		.map(([name]) => name);
}

/** All links to files in a value. */
const findLinks = (value: unknown) =>
	Array.from(JSON.stringify(value).matchAll(/"(http[^"]+access_token=[^"]+)"/g), ([, url]) => url);

const fetchStatus = async (url: string) => (await fetch(url)).status;

(known ? describe : describe.skip)(
	known ? 'verifications of the sandbox' : `verifications of the sandbox (${ABSENT})`,
	() => {
		let description: OpenApiDocument;
		let world: ContractFixtures;
		let recorder: Recorder;
		let judge: ExchangeValidator;

		beforeAll(async () => {
			description = loadOpenApi();
			world = await ContractFixtures.start();
			recorder = await startRecorder(world.sandbox.apiUrl);
			judge = await loadPrism(description);
		});

		afterAll(async () => {
			await recorder?.close();
			await world?.close();
		});

		/** Sends a request that both sides must get right. */
		async function requestValid(method: string, path: string): Promise<Verification> {
			const { data } = await axios.request<{ data: Verification }>({
				method,
				url: recorder.baseUrl + path,
				headers: { Authorization: `Bearer ${API_KEY}` },
			});
			const violations = await Promise.all(
				recorder.take().map(async (exchange) => await judge.validate(exchange)),
			);
			expect(violations.flat()).toEqual([]);
			return data.data;
		}

		it('are of all kinds that Persona has', () => {
			const { discriminator } = description.components.schemas.verification as {
				discriminator: { mapping: object };
			};
			const kinds = Object.keys(discriminator.mapping).map((type) => type.split('/')[1]);
			expect(Object.keys(verificationKinds).sort()).toEqual(kinds.sort());
		});

		it.each(Object.keys(verificationKinds))(
			'%s: show all they have, until redacted',
			async (kind) => {
				const id = await world.createVerification(kind);
				const include = 'inquiry,accounts,document,verification-template';
				const { type, attributes } = await requestValid(
					'GET',
					`/verifications/${id}?include=${include}`,
				);
				expect(type).toBe(`verification/${kind}`);
				const names = listAttributes(description, kind);
				expect(Object.keys(attributes).sort()).toEqual(names.sort());
				const links = findLinks(attributes);
				expect(await Promise.all(links.map(fetchStatus))).toEqual(links.map(() => 200));

				const redacted = await requestValid('DELETE', `/verifications/${id}`);
				expect(redacted.attributes['redacted-at']).not.toBeNull();
				expect(JSON.stringify(redacted.attributes)).not.toMatch(
					/Jane|Doe|1994-04-12|jane\.doe|4155551234|123 Main|94111|A1234567|access_token/,
				);
				expect(await Promise.all(links.map(fetchStatus))).toEqual(links.map(() => 404));
			},
		);
	},
);
