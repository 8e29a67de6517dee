import type { INodeParameters } from 'n8n-workflow';
import type { OperationExample } from './testExamples.mts';

/** The examples of Change Tags, with each of its changes, for an object with this `path` and the parameter `id`. */
export const buildTagExamples = (path: string, id: INodeParameters): OperationExample[] => [
	{
		operation: 'changeTags',
		parameters: { ...id, tagChange: 'add', tagName: 'vip' },
		request: `POST ${path}/add-tag`,
		body: { meta: { 'tag-name': 'vip' } },
	},
	{
		operation: 'changeTags',
		parameters: { ...id, tagChange: 'remove', additionalFields: { tagId: 'tag_1' } },
		request: `POST ${path}/remove-tag`,
		body: { meta: { 'tag-id': 'tag_1' } },
	},
	{
		operation: 'changeTags',
		parameters: { ...id, tagChange: 'replace', tagName: 'vip, mobile' },
		request: `POST ${path}/set-tags`,
		body: { meta: { 'tag-name': ['vip', 'mobile'] } },
	},
	{
		operation: 'changeTags',
		parameters: { ...id, tagChange: 'replace', tagName: '={{ [] }}' },
		request: `POST ${path}/set-tags`,
		body: { meta: { 'tag-name': [] } },
	},
];
