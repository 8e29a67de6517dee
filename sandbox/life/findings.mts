import { fileLink, fileObject } from '../files/fileLinks.mts';
import { picture } from '../files/picture.mts';
import { randomText } from '../ids.mts';
import { many, one } from '../server/answer.mts';
import type { Json, Members, Thing } from '../store.mts';
import { now, type World } from '../world.mts';
import { plainFields } from './fields.mts';

/** What an ID shows, with its checks, photos and document. */
export function governmentId(
	world: World,
	inquiry: Thing,
	verification: Thing,
	passed: boolean,
): Members {
	const fields = plainFields(inquiry);
	const front = photo(world, 'id-front');
	const back = photo(world, 'id-back');
	const person: Members = {
		'name-first': fields['name-first'] ?? 'Alex',
		'name-middle': fields['name-middle'],
		'name-last': fields['name-last'] ?? 'Sample',
		'name-suffix': null,
		'native-name-first': null,
		'native-name-middle': null,
		'native-name-last': null,
		'native-name-title': null,
		birthdate: fields.birthdate ?? '1990-01-01',
		'issuing-authority': 'CA',
		'issuing-subdivision': 'California',
		nationality: 'US',
		'document-number': 'I1234562',
		'visa-status': null,
		'issue-date': '2021-06-15',
		'expiration-date': '2031-06-15',
		designations: null,
		birthplace: null,
		endorsements: null,
		height: null,
		sex: null,
		restrictions: null,
		'vehicle-class': 'C',
		'identification-number': 'I1234562',
		'id-class': 'dl',
		'address-street-1': fields['address-street-1'] ?? '123 Sample Street',
		'address-street-2': fields['address-street-2'],
		'address-city': fields['address-city'] ?? 'San Francisco',
		'address-subdivision': fields['address-subdivision'] ?? 'California',
		'address-postal-code': fields['address-postal-code'] ?? '94111',
	};
	const document = world.create(
		'document/government-id',
		'doc',
		{
			status: 'processed',
			'created-at': now(),
			'processed-at': now(),
			'processed-at-ts': Math.floor(Date.now() / 1000),
			'front-photo': fileObject(front.name, front.bytes),
			'back-photo': fileObject(back.name, back.bytes),
			'selfie-photo': null,
			...person,
		},
		{
			inquiry: one(inquiry),
			template: one(null),
			'inquiry-template': inquiry.relationships?.['inquiry-template'] ?? one(null),
			'inquiry-template-version': inquiry.relationships?.['inquiry-template-version'] ?? one(null),
			transaction: one(null),
			'document-files': many(
				[front, back].map(({ name, bytes }) =>
					world.create('document-file', 'docf', {
						name,
						'capture-method': 'upload',
						originals: [fileObject(name, bytes)],
					}),
				),
			),
		},
	);
	world.attach(inquiry, 'documents', document);
	verification.relationships = { ...verification.relationships, document: one(document) };
	const shot = ({ name, bytes }: Photo, page: string): Json => ({
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
}

/** What a face shows, with its checks and photos. */
export function selfie(world: World, inquiry: Thing, passed: boolean): Members {
	const [left, center, right] = ['left', 'center', 'right'].map((page) => ({
		page,
		...photo(world, `selfie-${page}`),
	}));
	const processed = world.create(
		'selfie/profile-and-center',
		'self',
		{ status: 'processed', 'created-at': now(), 'processed-at': now() },
		{ inquiry: one(inquiry) },
	);
	world.attach(inquiry, 'selfies', processed);
	return {
		'capture-method': 'manual',
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
		'video-url': null,
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
}

/** One line of findings; a result that is undefined means that the check does not apply. */
function check(name: string, passed: boolean | undefined, reasons: string[] = []): Members {
	return {
		name,
		status: passed === undefined ? 'not_applicable' : passed ? 'passed' : 'failed',
		reasons: passed === false ? reasons : [],
		requirement: passed === undefined ? 'not_required' : 'required',
		metadata: {},
	};
}

interface Photo {
	name: string;
	bytes: number;
}

// The same few pictures serve everybody: drawing them anew would slow thousands of inquiries down.
const drawn = new Map<string, Buffer>();

function photo(world: World, what: string): Photo {
	const bytes = drawn.get(what) ?? picture(what);
	drawn.set(what, bytes);
	const name = `${what}-${randomText(12)}.png`;
	world.files.set(name, { mime: 'image/png', bytes });
	return { name, bytes: bytes.length };
}
