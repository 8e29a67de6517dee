import { createPhoto, createRecording } from '../../files/sampleFiles.mts';
import { toFileLink } from '../../state/fileLinks.mts';
import { toOne } from '../../state/relationships.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';
import { buildCheck } from './checks.mts';
import type { ResultBuilder } from './resultBuilder.mts';

/** The result for a selfie. */
export const buildSelfie: ResultBuilder = (state, inquiry, _verification, isPassed) => {
	const [left, center, right] = ['left', 'center', 'right'].map((page) => ({
		page,
		...createPhoto(state, `selfie-${page}`),
	}));
	addSelfie(state, inquiry);
	return {
		'capture-method': 'video',
		'center-photo-face-coordinates': {
			'top-left': [110, 50],
			'top-right': [210, 50],
			'bottom-left': [110, 150],
			'bottom-right': [210, 150],
		},
		'center-photo-url': toFileLink(center.name),
		'left-photo-url': toFileLink(left.name),
		'right-photo-url': toFileLink(right.name),
		'photo-urls': [left, center, right].map(({ page, name, byteSize }) => ({
			page,
			filename: name,
			'byte-size': byteSize,
			url: toFileLink(name),
		})),
		'video-url': toFileLink(createRecording(state, 'selfie').name),
		'document-similarity-score': isPassed ? 97.1 : 12.4,
		'selfie-similarity-score-left': isPassed ? 96.3 : 95.8,
		'selfie-similarity-score-right': isPassed ? 95.9 : 96.2,
		'entity-confidence-reasons': [],
		'from-reusable-persona': false,
		checks: [
			buildCheck('selfie_id_comparison', isPassed, ['face_mismatch']),
			buildCheck('selfie_liveness_detection', true),
			buildCheck('selfie_pose_detection', true),
		],
	};
};

/** Adds a processed selfie to the inquiry. */
export function addSelfie(state: SandboxState, inquiry: StoredObject): StoredObject {
	const selfie = state.createObject(
		'selfie/profile-and-center',
		'self',
		{ status: 'processed', 'created-at': getTimestamp(), 'processed-at': getTimestamp() },
		{ inquiry: toOne(inquiry) },
	);
	state.addRelated(inquiry, 'selfies', selfie);
	return selfie;
}
