import { newId } from '../ids.mts';
import { invalid } from '../server/problem.mts';
import type { JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';

/** One text of a flow in its languages. */
export type Text = JsonObject & { 'locale-values': { locale: string; value: string | null }[] };

const text = (step: string, component: string, value: string): Text => ({
	step,
	'step-display-name': step[0].toUpperCase() + step.slice(1),
	component,
	'attribute-name': 'text',
	'locale-values': [{ locale: 'en', value }],
});

const firstTexts = () => [
	text('start', 'title', 'Verify your identity'),
	text('start', 'button', 'Begin'),
	text('success', 'title', 'Thank you'),
	text('fail', 'title', 'We could not verify you'),
];

const isSame = (a: JsonObject, b: JsonObject) =>
	['step', 'component', 'attribute-name'].every((name) => a[name] === b[name]);

const textsOf = (world: World, template: StoredObject): Text[] =>
	(world.about(template).texts ??= firstTexts()) as Text[];

const draftOf = ({ store }: World, template: StoredObject): StoredObject | undefined =>
	store
		.getCollection('inquiry-template-version')
		.findAll(({ attributes }) => attributes.status === 'draft')
		.find((version) => store.getRelated(version, 'inquiry-template').includes(template));

/** All texts of a template, under the ID of its draft, or else of its published version. */
export function translationsOf(world: World, template: StoredObject): StoredObject {
	const [published] = world.store.getRelated(template, 'latest-published-version');
	return {
		type: 'inquiry-template-translations',
		id: (draftOf(world, template) ?? published).id,
		attributes: { translations: textsOf(world, template) },
	};
}

/** Changes texts by language in the draft of a template, which is made when there is none. */
export function translate(
	world: World,
	template: StoredObject,
	translations: Text[],
): StoredObject {
	const texts = textsOf(world, template);
	const known = translations.map((given, index) => {
		const own = texts.find((each) => isSame(each, given));
		if (own) return own;
		throw invalid('No such text', `/data/attributes/translations/${index}`);
	});
	for (const [index, { 'locale-values': values }] of translations.entries()) {
		const before = known[index]['locale-values'];
		const kept = before.filter(({ locale }) => !values.some((value) => value.locale === locale));
		known[index]['locale-values'] = [...kept, ...values];
	}
	const draft = draftOf(world, template) ?? newDraft(world, template);
	draft.attributes['updated-at'] = now();
	return draft;
}

function newDraft({ store }: World, template: StoredObject): StoredObject {
	const [{ type, attributes, relationships }] = store.getRelated(
		template,
		'latest-published-version',
	);
	return store.add({
		type,
		id: newId('itmplv'),
		attributes: {
			...attributes,
			status: 'draft',
			live: false,
			'created-at': now(),
			'published-at': null,
		},
		relationships,
	});
}
