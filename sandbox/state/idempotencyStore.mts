import { createHash } from 'node:crypto';
import { BadRequestError } from './errors.mts';

/** A response that is replayed to every retry with the same key. */
export interface StoredResponse {
	status: number;
	body: string;
	requestId: string;
}

/** The first request with a key. Retries wait for its response. */
export class IdempotencyClaim {
	/** Resolves to undefined when the first request was not responded to. */
	readonly response: Promise<StoredResponse | undefined>;
	private resolve: (response?: StoredResponse) => void = () => undefined;

	constructor(
		readonly fingerprint: string,
		/** Milliseconds since 1970. */
		readonly claimedAt: number,
	) {
		this.response = new Promise((resolve) => (this.resolve = resolve));
	}

	complete(response?: StoredResponse) {
		this.resolve(response);
	}
}

// Persona prunes keys once they are 24 hours old.
const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** The first response for every Idempotency-Key, whether a success or a failure. */
export class IdempotencyStore {
	private claims = new Map<string, IdempotencyClaim>();

	/**
	 * Claims the key for a request, or returns the earlier claim that the request repeats. Throws where
	 * the key was used for another request.
	 */
	claim(key: string, request: { method: string; url: string; body: unknown }) {
		const fingerprint = createHash('sha256')
			.update(JSON.stringify([request.method, request.url, request.body ?? null]))
			.digest('hex');
		const earlier = this.claims.get(key);
		if (earlier && Date.now() - earlier.claimedAt < KEY_LIFETIME_MS) {
			if (earlier.fingerprint === fingerprint) return { earlier };
			throw new BadRequestError('Idempotency-Key was already used with different parameters');
		}
		const claim = new IdempotencyClaim(fingerprint, Date.now());
		this.claims.set(key, claim);
		return { claim };
	}

	/** Frees the key of a request whose response must not be stored. */
	release(key: string, claim: IdempotencyClaim) {
		if (this.claims.get(key) === claim) this.claims.delete(key);
		claim.complete();
	}

	clear() {
		this.claims.clear();
	}
}
