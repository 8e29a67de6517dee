import { translate, type Text, translationsOf } from '../life/translations.mts';
import { body, object, text, textOrNull } from '../server/body.mts';
import type { Endpoint } from '../server/endpoint.mts';
import { found, named, passes, relatedId } from '../server/find.mts';

const guarded = { templatesOnly: true } as const;

const translations = {
	type: 'array',
	items: object({
		'step*': text,
		'step-display-name': text,
		'component*': text,
		'attribute-name*': text,
		'locale-values*': {
			type: 'array',
			items: object({ 'locale*': text, 'value*': textOrNull }),
		},
	}),
};

/** Everything under `/inquiry-templates` and `/inquiry-template-versions`. */
export const inquiryTemplates: Endpoint[] = [
	{
		...guarded,
		route: 'GET /inquiry-templates',
		paged: true,
		handle: () => ({ list: { family: 'inquiry-template' } }),
	},
	{
		...guarded,
		route: 'GET /inquiry-templates/:id',
		include: ['latest-published-version'],
		handle: (call) => ({ item: found(call, 'inquiry-template') }),
	},
	{
		...guarded,
		route: 'GET /inquiry-templates/:id/translations',
		include: [],
		handle: (call) => ({
			item: translationsOf(call.world, found(call, 'inquiry-template')),
		}),
	},
	{
		...guarded,
		route: 'POST /inquiry-templates/:id/translations',
		include: [],
		body: body({
			'data*': object({ 'attributes*': object({ 'translations*': translations }) }),
		}),
		handle: (call) => {
			const template = found(call, 'inquiry-template');
			const texts = call.attributes.translations as Text[];
			return { item: translate(call.world, template, texts) };
		},
	},
	{
		...guarded,
		route: 'GET /inquiry-template-versions',
		paged: true,
		filter: ['inquiry-template-id*'],
		handle: (call) => {
			const id = call.filter['inquiry-template-id'];
			named(call, 'inquiry-template', id, 'filter.inquiry_template_id');
			return {
				list: {
					family: 'inquiry-template-version',
					keep: (version) => passes(id, relatedId(version, 'inquiry-template')),
				},
			};
		},
	},
];
