import { createPhoto } from '../../files/sampleFiles.mts';
import { type StoredFile, toFileLink, toFileObject } from '../../state/fileLinks.mts';
import type { Json } from '../../state/json.mts';
import { buildCheck } from './checks.mts';
import { addDocument, linkDocument } from './document.mts';
import type { ResultBuilder } from './resultBuilder.mts';
import { buildVerificationAttributes } from './verificationAttributes.mts';
import { verificationKinds } from './verificationKinds.mts';

/** The result for a government ID. */
export const buildGovernmentId: ResultBuilder = (state, inquiry, verification, isPassed) => {
	const attributes = buildVerificationAttributes(
		state,
		inquiry,
		verificationKinds['government-id'],
		isPassed,
	);
	// A document does not show the classes of a licence by themselves.
	const { 'vehicle-classes': _, ...documentAttributes } = attributes;
	const front = createPhoto(state, 'id-front');
	const back = createPhoto(state, 'id-back');
	const document = addDocument(
		state,
		inquiry,
		'government-id',
		{
			'front-photo': toFileObject(front),
			'back-photo': toFileObject(back),
			'selfie-photo': null,
			...documentAttributes,
		},
		[front, back],
	);
	linkDocument(verification, document);
	const toPhoto = ({ name, byteSize }: StoredFile, page: 'back' | 'front'): Json => ({
		'byte-size': byteSize,
		filename: name,
		'normalized-url': toFileLink(name),
		'original-urls': [toFileLink(name)],
		page,
		url: toFileLink(name),
	});
	return {
		...attributes,
		'entity-confidence-reasons': [],
		'entity-confidence-score': isPassed ? 98.7 : 41.2,
		'front-photo-url': toFileLink(front.name),
		'back-photo-url': toFileLink(back.name),
		'photo-urls': [toPhoto(front, 'front'), toPhoto(back, 'back')],
		'selfie-photo': null,
		'selfie-photo-url': null,
		'video-url': null,
		'capture-method': 'manual',
		'capture-methods': { front: 'manual', back: 'manual' },
		'from-reusable-persona': false,
		checks: [
			buildCheck('id_entity_detection', true),
			buildCheck('id_expired_detection', true),
			buildCheck('id_tamper_detection', isPassed, ['tampering_detected']),
			buildCheck('id_extraction_inconsistency_detection', isPassed, ['name_mismatch']),
			buildCheck('id_barcode_detection', undefined),
		],
	};
};
