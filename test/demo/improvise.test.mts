import type { IDataObject } from 'n8n-workflow';
import { improvise } from '../../demo/improvise.mts';
import type { ChatMessage } from '../../tools/services/chatModel.mts';

const buildTool = (name: string, description: string, properties: IDataObject = {}) => ({
	function: { name, description, parameters: { properties, required: Object.keys(properties) } },
});

const tools = [
	buildTool('Get_metrics', 'Counts inquiries by status in a period', {
		period: { type: 'string', enum: ['lastWeek', 'lastMonth'] },
		limit: { type: 'number' },
	}),
	buildTool('Get_decision_summary', 'Reads why an inquiry failed', {
		inquiryId: { type: 'string', description: 'ID of the inquiry, e.g. inq_123' },
	}),
	buildTool('Find_inquiries', 'Finds inquiries of a person by the reference ID', {
		referenceId: { type: 'string', description: 'e.g. user-42' },
	}),
];

const ask = (content: string, ...more: ChatMessage[]) =>
	improvise({ messages: [{ role: 'user', content }, ...more], tools });

describe('the stand-in for a chat model', () => {
	it('calls the tool whose description fits the question, with values of the question', () => {
		expect(ask('Why has inq_abc failed?')).toEqual({
			call: 'Get_decision_summary',
			input: { inquiryId: 'inq_abc' },
		});
		expect(ask('Find the inquiries of the person user-7')).toEqual({
			call: 'Find_inquiries',
			input: { referenceId: 'user-7' },
		});
		expect(ask('What are the metrics of this period?')).toEqual({
			call: 'Get_metrics',
			input: { period: 'lastWeek', limit: 1 },
		});
	});

	it('repeats what the tool has answered, and says what it is', () => {
		const reply = ask('Why has inq_abc failed?', {
			role: 'tool',
			content: 'The ID is not genuine',
		});
		expect(reply).toEqual({
			say: expect.stringMatching(/^The tool answered:\n\nThe ID is not genuine\n\nI am a stand-in/),
		});
	});

	it('proposes to clear the first record when it has read about records', () => {
		const question = 'Compare these records of the person: scrre_1, scrre_2';
		expect(ask(question, { role: 'tool', content: '[]' })).toEqual({
			say: JSON.stringify({
				proposals: [
					{ record: 'scrre_1', verdict: 'not the same person', reasons: ['birthdate'] },
					{ record: 'scrre_2', verdict: 'unsure', reasons: [] },
				],
			}),
		});
	});

	it('only says what it is when no tool fits', () => {
		expect(ask('Hello')).toEqual({ say: expect.stringMatching(/^I am a stand-in/) });
		expect(improvise({ messages: [{ role: 'user', content: 'Hello' }] } as never)).toEqual({
			say: expect.stringContaining('with your own key'),
		});
	});
});
