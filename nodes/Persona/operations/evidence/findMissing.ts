import {
	getAllRelated,
	getAttributes,
	getIncluded,
	type ObjectDocument,
} from '../../transport/jsonApi';
import type { MissingEvidence } from './evidenceFile';

/** Finds the related objects that Persona did not include with an inquiry, or has redacted. */
export function findMissing(document: ObjectDocument): MissingEvidence[] {
	const inquiry = document.data;
	const included = getIncluded(document);
	const includedKeys = new Set(included.map(({ type, id }) => `${type} ${id}`));
	const notIncluded = getAllRelated(inquiry)
		.filter(({ type, id }) => !includedKeys.has(`${type} ${id}`))
		.map(({ type, id }) => {
			const reason = 'Persona did not return it: it is gone, or the API key may not read it';
			return { type, id, from: 'included', reason };
		});
	const redacted = [inquiry, ...included].flatMap((object) => {
		const { type, id } = object;
		const redactedAt = getAttributes(object)['redacted-at'];
		const reason = `Redacted at ${String(redactedAt)}: Persona has deleted its personal data for good`;
		return redactedAt ? [{ type, id, from: 'redacted-at', reason }] : [];
	});
	return [...notIncluded, ...redacted];
}
