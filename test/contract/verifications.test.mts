import axios from 'axios';
import { verificationKinds } from '../../sandbox/domain/verifications/verificationKinds.mts';
import { describeWithOpenApi, loadOpenApi } from './loadOpenApi.mts';
import type { OpenApiDocument } from './openApiDocument.mts';
import { loadPrism, type ExchangeValidator } from './prism.mts';
import { startExchangeRecorder, type ExchangeRecorder } from './exchangeRecorder.mts';
import { resolveReference, expandShapes } from './schemaShapes.mts';
import { API_KEY, ContractFixtures } from './contractFixtures.mts';

interface Verification {
	type: string;
	attributes: Record<string, unknown>;
}

/** Names of the attributes of a type, without the deprecated ones. */
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

describeWithOpenApi('verifications of the sandbox', () => {
	let description: OpenApiDocument;
	let fixtures: ContractFixtures;
	let recorder: ExchangeRecorder;
	let validator: ExchangeValidator;

	beforeAll(async () => {
		description = loadOpenApi();
		fixtures = await ContractFixtures.start();
		recorder = await startExchangeRecorder(fixtures.sandbox.apiUrl);
		validator = await loadPrism(description);
	});

	afterAll(async () => {
		await recorder?.stop();
		await fixtures?.close();
	});

	/** Sends a request and expects that it and its response keep to the description. */
	async function requestValid(method: string, path: string): Promise<Verification> {
		const { data } = await axios.request<{ data: Verification }>({
			method,
			url: recorder.baseUrl + path,
			headers: { Authorization: `Bearer ${API_KEY}` },
		});
		const violations = await Promise.all(
			recorder.takeExchanges().map(async (exchange) => await validator.validate(exchange)),
		);
		expect(violations.flat()).toEqual([]);
		return data.data;
	}

	it('exist for every type that Persona has', () => {
		const { discriminator } = description.components.schemas.verification as {
			discriminator: { mapping: object };
		};
		const kinds = Object.keys(discriminator.mapping).map((type) => type.split('/')[1]);
		expect(Object.keys(verificationKinds).sort()).toEqual(kinds.sort());
	});

	it.each(Object.keys(verificationKinds))(
		'%s: has every attribute that Persona declares, and none of them after a redaction',
		async (kind) => {
			const id = await fixtures.createVerification(kind);
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
});
