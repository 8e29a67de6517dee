import { fileLink, fileObject } from '../files/fileLinks.mts';
import { photo, type StoredFile } from '../files/samples.mts';
import type { Json } from '../store.mts';
import { check } from './checks.mts';
import { addDocument, documented } from './document.mts';
import { shownOf } from './facts.mts';
import type { Finding } from './findings.mts';
import { verificationKinds } from './verificationKinds.mts';

/** What an ID shows, with its checks, photos and document. */
export const governmentId: Finding = (world, inquiry, verification, passed) => {
	const person = shownOf(world, inquiry, verificationKinds['government-id'], passed);
	const front = photo(world, 'id-front');
	const back = photo(world, 'id-back');
	const document = addDocument(
		world,
		inquiry,
		'government-id',
		{
			'front-photo': fileObject(front.name, front.bytes),
			'back-photo': fileObject(back.name, back.bytes),
			'selfie-photo': null,
			...person,
		},
		[front, back],
	);
	documented(verification, document);
	const shot = ({ name, bytes }: StoredFile, page: string): Json => ({
		'byte-size': bytes,
		filename: name,
		'normalized-url': fileLink(name),
		'original-urls': [fileLink(name)],
		page,
		url: fileLink(name),
	});
	return {
		...person,
		'entity-confidence-reasons': [],
		'entity-confidence-score': passed ? 98.7 : 41.2,
		'front-photo-url': fileLink(front.name),
		'back-photo-url': fileLink(back.name),
		'photo-urls': [shot(front, 'front'), shot(back, 'back')],
		'selfie-photo': null,
		'selfie-photo-url': null,
		'video-url': null,
		'capture-method': 'manual',
		'from-reusable-persona': false,
		checks: [
			check('id_entity_detection', true),
			check('id_expired_detection', true),
			check('id_tamper_detection', passed, ['tampering_detected']),
			check('id_extraction_inconsistency_detection', passed, ['name_mismatch']),
			check('id_barcode_detection', undefined),
		],
	};
};
