import { createHmac } from 'node:crypto';

/** The `Persona-Signature` of a body: one set for each secret, separated by a space. */
export function buildSignatureHeader(
	body: string | Buffer,
	secrets: string[],
	seconds = nowInSeconds(),
) {
	return secrets
		.map((secret) => {
			const digest = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
			return `t=${seconds},v1=${digest}`;
		})
		.join(' ');
}

const nowInSeconds = () => Math.floor(Date.now() / 1000);
