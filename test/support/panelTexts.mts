import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

type Member = Record<string, unknown>;

/** What a person reads; everything else is stored, or decides what is shown. */
export const TEXT_KEYS = [
	'action',
	'addOptionalFieldButtonText',
	'description',
	'displayName',
	'errorMessage',
	'hint',
	'infoUrl',
	'multipleValueButtonText',
	'noDataExpression',
	'placeholder',
	'plural',
	'propertyHint',
	'singular',
];

export const isMember = (value: unknown): value is Member =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The name of an entry of `options` is its label, and so a text, unless it is a property itself. */
export const isLabel = (key: string, { value }: Member) => key === 'name' && value !== undefined;

interface PanelText {
	/** The parameter or option that it belongs to. */
	owner: string;
	key: string;
	text: string;
}

/** All texts of a panel, in its order, with what they belong to. */
export function findPanelTexts(value: unknown, owner = ''): PanelText[] {
	if (Array.isArray(value)) return value.flatMap((member) => findPanelTexts(member, owner));
	if (!isMember(value)) return [];
	const here = String((value as unknown as INodePropertyOptions).value ?? value.name ?? owner);
	return Object.entries(value).flatMap(([key, member]) =>
		(TEXT_KEYS.includes(key) || isLabel(key, value)) && typeof member === 'string'
			? [{ owner: here, key, text: member }]
			: findPanelTexts(member, here),
	);
}

/** Each text of a panel once. */
export const listPanelTexts = (properties: INodeProperties[]): string[] => [
	...new Set(findPanelTexts(properties).map(({ text }) => text)),
];
