import { thingPdf } from '../files/pdf.mts';
import { refuseRedacted } from '../life/inquiry.mts';
import { isUnderInvestigation, redactVerification } from '../life/redaction.mts';
import type { Call, Endpoint } from '../server/endpoint.mts';
import { found } from '../server/find.mts';
import { conflict } from '../server/problem.mts';

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
/** The kinds that leave a document behind and say so. */
const documented = ['document', 'government-id', 'government-id-nfc'];
const write = { permission: 'verification.write' };
const read = { permission: 'verification.read' };

/** Paths of the typed endpoints, with the type each of them gives. */
const typed = {
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
	...Object.entries(typed).map(([path, kind]) => ({
		...read,
		route: `GET /verification/${path}/:id`,
		include: documented.includes(kind) ? withDocument : include,
		handle: (call: Call) => ({ item: found(call, `verification/${kind}`) }),
	})),
	{
		...read,
		route: 'GET /verifications/:id',
		include: withDocument,
		handle: (call) => ({ item: found(call, 'verification') }),
	},
	{
		...read,
		route: 'GET /verifications/:id/print',
		noFields: true,
		handle: (call) => ({ pdf: thingPdf('Verification', found(call, 'verification')) }),
	},
	{
		...write,
		noFields: true,
		route: 'DELETE /verifications/:id',
		handle: (call) => {
			const verification = found(call, 'verification');
			refuseRedacted(verification);
			if (isUnderInvestigation(call.world, verification)) {
				throw conflict('Verification is under investigation');
			}
			redactVerification(call.world, verification);
			return { item: verification };
		},
	},
	...([true, false] as const).map((locked) => ({
		...write,
		route: `POST /verifications/:id/investigation-${locked ? 'lock' : 'unlock'}`,
		include: withDocument,
		handle: (call: Call) => {
			const verification = found(call, 'verification');
			refuseRedacted(verification);
			call.world.about(verification).locked = locked;
			return { item: verification };
		},
	})),
];
