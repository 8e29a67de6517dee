import { UnprocessableError } from '../../state/errors.mts';
import { createId } from '../../state/ids.mts';
import type { JsonObject } from '../../state/json.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';

/** One text of a flow, in all its languages. */
export type TranslatableText = JsonObject & {
	'locale-values': { locale: string; value: string | null }[];
};

const createText = (step: string, component: string, value: string): TranslatableText => ({
	step,
	'step-display-name': step[0].toUpperCase() + step.slice(1),
	component,
	'attribute-name': 'text',
	'locale-values': [{ locale: 'en', value }],
});

const createDefaultTexts = () => [
	createText('start', 'title', 'Verify your identity'),
	createText('start', 'button', 'Begin'),
	createText('success', 'title', 'Thank you'),
	createText('fail', 'title', 'We could not verify you'),
];

const isSameText = (a: JsonObject, b: JsonObject) =>
	['step', 'component', 'attribute-name'].every((name) => a[name] === b[name]);

const getTexts = (state: SandboxState, template: StoredObject): TranslatableText[] =>
	(state.getPrivateState(template).texts ??= createDefaultTexts()) as TranslatableText[];

const findDraft = ({ store }: SandboxState, template: StoredObject): StoredObject | undefined =>
	store
		.getCollection('inquiry-template-version')
		.findAll(({ attributes }) => attributes.status === 'draft')
		.find((version) => store.getRelated(version, 'inquiry-template').includes(template));

/** All texts of a template, with the ID of its draft, or else of its published version. */
export function getTranslations(state: SandboxState, template: StoredObject): StoredObject {
	const [published] = state.store.getRelated(template, 'latest-published-version');
	return {
		type: 'inquiry-template-translations',
		id: (findDraft(state, template) ?? published).id,
		attributes: { translations: getTexts(state, template) },
	};
}

/**
 * Changes texts, language by language, in the draft of a template, which is created if needed. Throws
 * for an unknown text.
 */
export function updateTranslations(
	state: SandboxState,
	template: StoredObject,
	translations: TranslatableText[],
): StoredObject {
	const texts = getTexts(state, template);
	const targets = translations.map((translation, index) => {
		const target = texts.find((text) => isSameText(text, translation));
		if (target) return target;
		throw new UnprocessableError('No such text', `/data/attributes/translations/${index}`);
	});
	for (const [index, { 'locale-values': values }] of translations.entries()) {
		const before = targets[index]['locale-values'];
		const kept = before.filter(({ locale }) => !values.some((value) => value.locale === locale));
		targets[index]['locale-values'] = [...kept, ...values];
	}
	const draft = findDraft(state, template) ?? createDraft(state, template);
	draft.attributes['updated-at'] = getTimestamp();
	return draft;
}

function createDraft({ store }: SandboxState, template: StoredObject): StoredObject {
	const [{ type, attributes, relationships }] = store.getRelated(
		template,
		'latest-published-version',
	);
	return store.add({
		type,
		id: createId('itmplv'),
		attributes: {
			...attributes,
			status: 'draft',
			live: false,
			'created-at': getTimestamp(),
			'published-at': null,
		},
		relationships,
	});
}
