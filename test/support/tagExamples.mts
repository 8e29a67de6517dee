import type { INodeParameters } from 'n8n-workflow';
import type { OperationExample } from './testExamples.mts';

/** The examples of the three tag operations, for an object with this `path` and the parameter `id`. */
export const buildTagExamples = (path: string, id: INodeParameters): OperationExample[] => [
	{
		operation: 'addTag',
		parameters: { ...id, tagName: 'vip' },
		request: `POST ${path}/add-tag`,
		body: { meta: { 'tag-name': 'vip' } },
	},
	{
		operation: 'removeTag',
		parameters: { ...id, additionalFields: { tagId: 'tag_1' } },
		request: `POST ${path}/remove-tag`,
		body: { meta: { 'tag-id': 'tag_1' } },
	},
	{
		operation: 'setTags',
		parameters: { ...id, tagName: 'vip, mobile' },
		request: `POST ${path}/set-tags`,
		body: { meta: { 'tag-name': ['vip', 'mobile'] } },
	},
	{
		operation: 'setTags',
		parameters: { ...id, tagName: '={{ [] }}' },
		request: `POST ${path}/set-tags`,
		body: { meta: { 'tag-name': [] } },
	},
];
