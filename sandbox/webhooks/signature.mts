import { createHmac } from 'node:crypto';

/** The `Persona-Signature` header of a body: one `t=…,v1=…` for each secret, separated by spaces. */
export function buildSignatureHeader(
	body: string | Buffer,
	secrets: string[],
	unixSeconds = Math.floor(Date.now() / 1000),
) {
	return secrets
		.map((secret) => {
			const digest = createHmac('sha256', secret)
				.update(`${unixSeconds}.`)
				.update(body)
				.digest('hex');
			return `t=${unixSeconds},v1=${digest}`;
		})
		.join(' ');
}
