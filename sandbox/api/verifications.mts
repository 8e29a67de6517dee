import { requireNotRedacted } from '../domain/shared/requireNotRedacted.mts';
import {
	isUnderInvestigation,
	redactVerification,
} from '../domain/verifications/redactVerification.mts';
import { renderObjectPdf } from '../files/pdf.mts';
import type { ApiRequest, Endpoint } from '../http/endpoint.mts';
import { getTarget } from '../http/lookup.mts';
import { ConflictError } from '../state/errors.mts';

const include = [
	'inquiry',
	'template',
	'inquiry-template',
	'inquiry-template-version',
	'transaction',
	'verification-template',
	'verification-template-version',
	'accounts',
];
const withDocument = [...include, 'document'];
/** The kinds with a relationship to a document. */
const KINDS_WITH_DOCUMENT = ['document', 'government-id', 'government-id-nfc'];
const write = { permission: 'verification.write' };
const read = { permission: 'verification.read' };

/** The kind that each typed endpoint returns. */
const KINDS_BY_PATH = {
	aamvas: 'aamva',
	'database-ecbsvs': 'database-ecbsv',
	'database-phone-carriers': 'database-phone-carrier',
	'database-serpros': 'database-serpro',
	'database-standards': 'database-standard',
	'database-tins': 'database-tin',
	databases: 'database',
	documents: 'document',
	'email-addresses': 'email-address',
	'government-ids': 'government-id',
	'government-id-nfcs': 'government-id-nfc',
	'phone-numbers': 'phone-number',
	selfies: 'selfie',
};

/** Everything under `/verifications` and `/verification/…s`. */
export const verifications: Endpoint[] = [
	...Object.entries(KINDS_BY_PATH).map(([path, kind]) => ({
		...read,
		route: `GET /verification/${path}/:id`,
		include: KINDS_WITH_DOCUMENT.includes(kind) ? withDocument : include,
		handle: (request: ApiRequest) => ({ object: getTarget(request, `verification/${kind}`) }),
	})),
	{
		...read,
		route: 'GET /verifications/:id',
		include: withDocument,
		handle: (request) => ({ object: getTarget(request, 'verification') }),
	},
	{
		...read,
		route: 'GET /verifications/:id/print',
		noFields: true,
		handle: (request) => ({
			pdf: renderObjectPdf('Verification', getTarget(request, 'verification')),
		}),
	},
	{
		...write,
		noFields: true,
		route: 'DELETE /verifications/:id',
		handle: (request) => {
			const verification = getTarget(request, 'verification');
			requireNotRedacted(verification);
			if (isUnderInvestigation(request.state, verification)) {
				throw new ConflictError('Verification is under investigation');
			}
			redactVerification(request.state, verification);
			return { object: verification };
		},
	},
	...([true, false] as const).map((locked) => ({
		...write,
		route: `POST /verifications/:id/investigation-${locked ? 'lock' : 'unlock'}`,
		include: withDocument,
		handle: (request: ApiRequest) => {
			const verification = getTarget(request, 'verification');
			requireNotRedacted(verification);
			request.state.getPrivateState(verification).isUnderInvestigation = locked;
			return { object: verification };
		},
	})),
];
