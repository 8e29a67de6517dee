import {
	getTranslations,
	type TranslatableText,
	updateTranslations,
} from '../domain/inquiries/translations.mts';
import { defineBody, defineObject, text, textOrNull } from '../http/bodySchema.mts';
import type { Endpoint } from '../http/endpoint.mts';
import { getReferenced, getTarget, matchesFilter } from '../http/lookup.mts';
import { getRelatedId } from '../state/relationships.mts';

const guarded = { productionOnly: true } as const;

const translations = {
	type: 'array',
	items: defineObject({
		'step*': text,
		'step-display-name': text,
		'component*': text,
		'attribute-name*': text,
		'locale-values*': {
			type: 'array',
			items: defineObject({ 'locale*': text, 'value*': textOrNull }),
		},
	}),
};

/** Everything under `/inquiry-templates` and `/inquiry-template-versions`. */
export const inquiryTemplates: Endpoint[] = [
	{
		...guarded,
		route: 'GET /inquiry-templates',
		paged: true,
		handle: () => ({ collection: { family: 'inquiry-template' } }),
	},
	{
		...guarded,
		route: 'GET /inquiry-templates/:id',
		include: ['latest-published-version'],
		handle: (request) => ({ object: getTarget(request, 'inquiry-template') }),
	},
	{
		...guarded,
		route: 'GET /inquiry-templates/:id/translations',
		include: [],
		handle: (request) => ({
			object: getTranslations(request.state, getTarget(request, 'inquiry-template')),
		}),
	},
	{
		...guarded,
		route: 'POST /inquiry-templates/:id/translations',
		include: [],
		body: defineBody({
			'data*': defineObject({ 'attributes*': defineObject({ 'translations*': translations }) }),
		}),
		handle: (request) => {
			const template = getTarget(request, 'inquiry-template');
			const texts = request.attributes.translations as TranslatableText[];
			return { object: updateTranslations(request.state, template, texts) };
		},
	},
	{
		...guarded,
		route: 'GET /inquiry-template-versions',
		paged: true,
		filter: ['inquiry-template-id*'],
		handle: (request) => {
			const id = request.filter['inquiry-template-id'];
			getReferenced(request, 'inquiry-template', id, 'filter.inquiry_template_id');
			return {
				collection: {
					family: 'inquiry-template-version',
					isListed: (version) => matchesFilter(id, getRelatedId(version, 'inquiry-template')),
				},
			};
		},
	},
];
