import { createHmac } from 'node:crypto';

/** Signs a body as Persona does: the `Persona-Signature` with one set for each secret. `seconds` are since 1970; now by default. */
export const sign = (
	body: string | Buffer,
	secrets: string | string[],
	seconds = Math.floor(Date.now() / 1000),
) =>
	[secrets]
		.flat()
		.map((secret) => {
			const mac = createHmac('sha256', secret).update(`${seconds}.`).update(body);
			return `t=${seconds},v1=${mac.digest('hex')}`;
		})
		.join(' ');
