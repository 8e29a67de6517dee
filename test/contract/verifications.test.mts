import axios from 'axios';
import { verificationKinds } from '../../sandbox/life/verificationKinds.mts';
import { ABSENT, descriptionPath, loadDescription, type Description } from './description.mts';
import { loadPrism, type Judge } from './prism.mts';
import { startRecorder, type Recorder } from './recorder.mts';
import { resolved, shapesOf } from './schemaShapes.mts';
import { KEY, World } from './contractFixtures.mts';

const known = descriptionPath() !== undefined;

interface Verification {
	type: string;
	attributes: Record<string, unknown>;
}

/** Names of the attributes that a kind has, without the deprecated ones. */
function attributesOf(description: Description, kind: string): string[] {
	const schema = { $ref: `#/components/schemas/verification-${kind}` };
	const [{ members }] = shapesOf(description, schema);
	const [attributes] = shapesOf(description, members.attributes);
	return Object.entries(attributes.members)
		.filter(([, member]) => !resolved(description, member).deprecated)
		.map(([name]) => name);
}

/** All links to files in a value. */
const linksIn = (value: unknown) =>
	Array.from(JSON.stringify(value).matchAll(/"(http[^"]+access_token=[^"]+)"/g), ([, url]) => url);

const statusOf = async (url: string) => (await fetch(url)).status;

(known ? describe : describe.skip)(
	known ? 'verifications of the sandbox' : `verifications of the sandbox (${ABSENT})`,
	() => {
		let description: Description;
		let world: World;
		let recorder: Recorder;
		let judge: Judge;

		beforeAll(async () => {
			description = loadDescription();
			world = await World.start();
			recorder = await startRecorder(world.sandbox.apiUrl);
			judge = await loadPrism(description);
		});

		afterAll(async () => {
			await recorder?.close();
			await world?.close();
		});

		/** Sends a request that both sides must get right. */
		async function rightly(method: string, path: string): Promise<Verification> {
			const { data } = await axios.request<{ data: Verification }>({
				method,
				url: recorder.baseUrl + path,
				headers: { Authorization: `Bearer ${KEY}` },
			});
			const violations = await Promise.all(
				recorder.take().map(async (exchange) => await judge.violations(exchange)),
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
				const id = await world.verification(kind);
				const include = 'inquiry,accounts,document,verification-template';
				const { type, attributes } = await rightly(
					'GET',
					`/verifications/${id}?include=${include}`,
				);
				expect(type).toBe(`verification/${kind}`);
				const names = attributesOf(description, kind);
				expect(Object.keys(attributes).sort()).toEqual(names.sort());
				const links = linksIn(attributes);
				expect(await Promise.all(links.map(statusOf))).toEqual(links.map(() => 200));

				const redacted = await rightly('DELETE', `/verifications/${id}`);
				expect(redacted.attributes['redacted-at']).not.toBeNull();
				expect(JSON.stringify(redacted.attributes)).not.toMatch(
					/Jane|Doe|1994-04-12|jane\.doe|4155551234|123 Main|94111|A1234567|access_token/,
				);
				expect(await Promise.all(links.map(statusOf))).toEqual(links.map(() => 404));
			},
		);
	},
);
