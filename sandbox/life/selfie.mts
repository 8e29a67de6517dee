import { fileLink } from '../files/fileLinks.mts';
import { photo, recording } from '../files/samples.mts';
import { one } from '../server/answer.mts';
import type { StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';
import { check } from './checks.mts';
import type { Finding } from './findings.mts';

/** What a face shows, with its checks, photos and recording. */
export const selfie: Finding = (world, inquiry, _verification, passed) => {
	const [left, center, right] = ['left', 'center', 'right'].map((page) => ({
		page,
		...photo(world, `selfie-${page}`),
	}));
	processedSelfie(world, inquiry);
	return {
		'capture-method': 'video',
		'center-photo-face-coordinates': {
			'top-left': [110, 50],
			'top-right': [210, 50],
			'bottom-left': [110, 150],
			'bottom-right': [210, 150],
		},
		'center-photo-url': fileLink(center.name),
		'left-photo-url': fileLink(left.name),
		'right-photo-url': fileLink(right.name),
		'photo-urls': [left, center, right].map(({ page, name, bytes }) => ({
			page,
			filename: name,
			'byte-size': bytes,
			url: fileLink(name),
		})),
		'video-url': fileLink(recording(world, 'selfie').name),
		'document-similarity-score': passed ? 97.1 : 12.4,
		'selfie-similarity-score-left': passed ? 96.3 : 95.8,
		'selfie-similarity-score-right': passed ? 95.9 : 96.2,
		'entity-confidence-reasons': [],
		'from-reusable-persona': false,
		checks: [
			check('selfie_id_comparison', passed, ['face_mismatch']),
			check('selfie_liveness_detection', true),
			check('selfie_pose_detection', true),
		],
	};
};

/** A face that Persona has looked at. */
export function processedSelfie(world: World, inquiry: StoredObject): StoredObject {
	const processed = world.create(
		'selfie/profile-and-center',
		'self',
		{ status: 'processed', 'created-at': now(), 'processed-at': now() },
		{ inquiry: one(inquiry) },
	);
	world.attach(inquiry, 'selfies', processed);
	return processed;
}
