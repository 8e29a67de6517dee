import { createHash } from 'node:crypto';
import { Problem } from './problem.mts';

/** An answer that is given again to every repetition. */
export interface StoredAnswer {
	status: number;
	body: string;
	requestId: string;
}

/** The first request with a key; repetitions wait for its answer. */
export class Claim {
	readonly answer: Promise<StoredAnswer | undefined>;
	private settle: (answer?: StoredAnswer) => void = () => undefined;

	constructor(
		readonly fingerprint: string,
		readonly since: number,
	) {
		this.answer = new Promise((resolve) => (this.settle = resolve));
	}

	finish(answer?: StoredAnswer) {
		this.settle(answer);
	}
}

// Persona prunes keys once they are 24 hours old.
const LIFETIME_MS = 24 * 60 * 60 * 1000;

/** The first answer for every Idempotency-Key, be it a success or a failure. */
export class Idempotency {
	private claims = new Map<string, Claim>();

	/** Claims the key for a request, or says which earlier claim it repeats. */
	claim(key: string, request: { method: string; url: string; body: unknown }) {
		const fingerprint = createHash('sha256')
			.update(JSON.stringify([request.method, request.url, request.body ?? null]))
			.digest('hex');
		const earlier = this.claims.get(key);
		if (earlier && Date.now() - earlier.since < LIFETIME_MS) {
			if (earlier.fingerprint === fingerprint) return { repeats: earlier };
			throw new Problem(400, 'Idempotency-Key was already used with different parameters');
		}
		const claim = new Claim(fingerprint, Date.now());
		this.claims.set(key, claim);
		return { claim };
	}

	/** Frees the key of a request whose answer is not to be remembered. */
	release(key: string, claim: Claim) {
		if (this.claims.get(key) === claim) this.claims.delete(key);
		claim.finish();
	}

	clear() {
		this.claims.clear();
	}
}
