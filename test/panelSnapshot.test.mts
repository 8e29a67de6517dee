import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { PersonaApi } from '../credentials/PersonaApi.credentials.ts';
import { Persona } from '../nodes/Persona/Persona.node.ts';
import { PersonaAdmin } from '../nodes/Persona/PersonaAdmin.node.ts';
import { PersonaPollingTrigger } from '../nodes/Persona/PersonaPollingTrigger.node.ts';
import { PersonaTrigger } from '../nodes/Persona/PersonaTrigger.node.ts';
import { findPanelTexts, isLabel, isMember, TEXT_KEYS } from './support/panelTexts.mts';

const credential: ICredentialType = new PersonaApi();

const panels: [name: string, properties: INodeProperties[]][] = [
	['Persona', new Persona().description.properties],
	['Persona Admin', new PersonaAdmin().description.properties],
	['Persona Trigger', new PersonaTrigger().description.properties],
	['Persona Polling Trigger', new PersonaPollingTrigger().description.properties],
	['Persona API', credential.properties],
];

function withoutTexts(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutTexts);
	if (!isMember(value)) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([key]) => !TEXT_KEYS.includes(key) && !isLabel(key, value))
			.map(([key, member]) => [key, withoutTexts(member)]),
	);
}

describe.each(panels)('the panel of %s', (_, properties) => {
	it('keeps its keys, values, types, defaults and display rules', () => {
		expect(properties.map((one) => JSON.stringify(withoutTexts(one)))).toMatchSnapshot();
	});

	it('has only texts that somebody has read', () => {
		const texts = findPanelTexts(properties).map(
			({ owner, key, text }) => `${owner}, ${key}: ${text}`,
		);
		expect([...new Set(texts)]).toMatchSnapshot();
	});
});
