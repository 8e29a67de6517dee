import type { ApiResponse } from '../../../../nodes/Persona/transport/apiResponse.ts';
import { parseSignatureHeader } from '../../../../nodes/Persona/events/signing/signature.ts';
import {
	verifyDelivery,
	type SecretSource,
} from '../../../../nodes/Persona/triggers/webhook/delivery/verify.ts';
import { sign } from '../../../support/sign.mts';

const SECRET = 'wbhsec_right';

const BODY = Buffer.from('{"data":{}}');

const TIMESTAMP = 1_700_000_000;

/** Persona's response for a webhook with these secrets. */
const buildResponse = (...secrets: string[]): ApiResponse => ({
	statusCode: 200,
	headers: {},
	body: {
		data: {
			type: 'webhook',
			id: 'wbh_1',
			attributes: { secrets: secrets.map((value) => ({ value })) },
		},
	},
});

const buildFailure = (statusCode: number): ApiResponse => ({ statusCode, headers: {}, body: {} });

let webhookCount = 0;

/** A source of its own, since the secrets of a webhook are cached. */
function createSource(overrides: Partial<SecretSource> = {}) {
	const source = {
		mode: 'automatic' as const,
		webhookId: `wbh_${++webhookCount}`,
		credentialId: '1',
		fetchWebhook: jest.fn(async () => buildResponse(SECRET)),
		readCredentialSecrets: jest.fn(async () => [SECRET]),
		logWarning: jest.fn(),
	};
	return { ...source, ...overrides };
}

const verify = async (source: SecretSource, secret = SECRET) =>
	await verifyDelivery(parseSignatureHeader(sign(BODY, secret, TIMESTAMP)), BODY, source);

describe('a delivery to a webhook that the node has registered', () => {
	it('is verified with the secrets that Persona returns, which are fetched once', async () => {
		const source = createSource();
		expect(await verify(source)).toEqual({ signedAtSeconds: TIMESTAMP });
		expect(await verify(source)).toEqual({ signedAtSeconds: TIMESTAMP });
		expect(source.fetchWebhook).toHaveBeenCalledTimes(1);
		expect(source.fetchWebhook).toHaveBeenCalledWith(source.webhookId);
		expect(source.readCredentialSecrets).not.toHaveBeenCalled();
	});

	it('is rejected with 401, which is logged, if Persona has returned the secrets and none matches', async () => {
		const source = createSource();
		expect(await verify(source, 'wbhsec_forged')).toEqual({ status: 401 });
		expect(source.logWarning).toHaveBeenCalledWith(expect.stringContaining('changes the body'));
	});

	it.each([0, -1, 200, 401, 403, 404, 408, 429, 500, 503])(
		'is rejected with 503, not 401, if the request for the secrets ends with %i and none',
		async (statusCode) => {
			const source = createSource({ fetchWebhook: async () => buildFailure(statusCode) });
			expect(await verify(source)).toEqual({ status: 503 });
		},
	);

	it('is rejected with 503 while n8n has not stored the ID of the webhook', async () => {
		const source = createSource({ webhookId: undefined });
		expect(await verify(source)).toEqual({ status: 503 });
	});

	it('does not use the secrets that were fetched with another credential', async () => {
		const source = createSource();
		await verify(source);
		const other = { ...source, credentialId: '2', fetchWebhook: async () => buildFailure(403) };
		expect(await verify(other)).toEqual({ status: 503 });
	});
});

describe.each(['byHand', 'workflow'] as const)('a delivery in the mode %s', (mode) => {
	it('is verified with each of the secrets in the credential, and without Persona', async () => {
		const readCredentialSecrets = async () => ['wbhsec_old', SECRET];
		const source = createSource({ mode, readCredentialSecrets });
		expect(await verify(source)).toEqual({ signedAtSeconds: TIMESTAMP });
		expect(source.fetchWebhook).not.toHaveBeenCalled();
		expect(source.logWarning).not.toHaveBeenCalled();
	});

	it('is rejected with 401, which is logged, if no secret matches', async () => {
		const source = createSource({ mode });
		expect(await verify(source, 'wbhsec_forged')).toEqual({ status: 401 });
		expect(source.logWarning).toHaveBeenCalledWith(expect.stringContaining('does not match'));
	});

	it('is rejected with 401, which is logged, if there is no secret', async () => {
		const source = createSource({ mode, readCredentialSecrets: async () => [] });
		expect(await verify(source)).toEqual({ status: 401 });
		expect(await verify(source, '')).toEqual({ status: 401 });
		expect(source.logWarning).toHaveBeenCalledWith(expect.stringContaining('no secret'));
	});

	it('is rejected with 503, which is logged, if the credential cannot be read', async () => {
		const readCredentialSecrets = async () => await Promise.reject(new Error('locked'));
		const source = createSource({ mode, readCredentialSecrets });
		expect(await verify(source)).toEqual({ status: 503 });
		expect(source.logWarning).toHaveBeenCalledTimes(1);
	});
});
