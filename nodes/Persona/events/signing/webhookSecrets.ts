import { getResponseAttributes, type ApiResponse } from '../../transport/apiResponse';
import { getRecords } from '../../utils/isRecord';

/** A signing secret, and until when it is valid, in milliseconds since 1970. */
export interface WebhookSecret {
	value: string;
	validUntilMs: number;
}

/**
 * Parses the secrets in the response for a webhook; none if there are none or the request failed.
 */
export function parseSecrets(response: ApiResponse): WebhookSecret[] {
	const { secrets } = response.statusCode === 200 ? getResponseAttributes(response) : {};
	return getRecords(secrets).flatMap(({ value, 'expires-at': expiresAt }) => {
		if (typeof value !== 'string' || value === '') return [];
		return [
			{ value, validUntilMs: typeof expiresAt === 'string' ? Date.parse(expiresAt) : Infinity },
		];
	});
}
