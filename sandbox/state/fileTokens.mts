import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Creates and verifies the tokens that let anyone with the link read one file for a while. */
export class FileTokens {
	private secret = randomBytes(32);

	create(fileName: string, lifetimeSeconds: number): string {
		const expiresAt = Date.now() + lifetimeSeconds * 1000;
		return `${expiresAt}.${this.sign(fileName, expiresAt)}`;
	}

	verify(fileName: string, token: string): boolean {
		const [expiresAt, signature = ''] = token.split('.');
		const expected = Buffer.from(this.sign(fileName, Number(expiresAt)));
		const given = Buffer.from(signature);
		return (
			Number(expiresAt) > Date.now() &&
			given.length === expected.length &&
			timingSafeEqual(given, expected)
		);
	}

	private sign(fileName: string, expiresAt: number) {
		return createHmac('sha256', this.secret).update(`${fileName}:${expiresAt}`).digest('hex');
	}
}
