import type { JsonApiDocument, PersonaObject } from '../../transport/jsonApi';
import { getRelated, type MissingEvidence } from './evidenceFile';

/** Finds the related objects that Persona did not include with an inquiry, or has redacted. */
export function findMissing({ data, included = [] }: JsonApiDocument): MissingEvidence[] {
	const inquiry = data as PersonaObject;
	const includedKeys = new Set(included.map(({ type, id }) => `${type} ${id}`));
	const notIncluded = getRelated(inquiry)
		.filter(({ type, id }) => !includedKeys.has(`${type} ${id}`))
		.map(({ type, id }) => {
			const reason = 'Persona did not return it: it is gone, or the API key may not read it';
			return { type, id, from: 'included', reason };
		});
	const redacted = [inquiry, ...included].flatMap(({ type, id, attributes }) => {
		const redactedAt = attributes?.['redacted-at'];
		const reason = `Redacted at ${String(redactedAt)}: Persona has deleted its personal data for good`;
		return redactedAt ? [{ type, id, from: 'redacted-at', reason }] : [];
	});
	return [...notIncluded, ...redacted];
}
