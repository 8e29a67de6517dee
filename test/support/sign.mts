import { createHmac } from 'node:crypto';

/** The `Persona-Signature` of a body: one set for each secret, `seconds` since 1970 (now, by default). */
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
