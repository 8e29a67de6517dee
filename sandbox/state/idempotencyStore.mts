import { createHash } from 'node:crypto';
import { ApiError } from './errors.mts';
import type { Environment } from './settings.mts';

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
	/** The key was used for another request, which Persona logs only once. */
	isMisuseLogged = false;
	private resolve: (response?: StoredResponse) => void = () => undefined;

	constructor(
		/** The key, and the environment it belongs to. */
		readonly id: string,
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

/** The key was used for another request before. */
export class IdempotencyError extends ApiError {
	constructor(
		key: string,
		/** Whether Persona's API logs have no entry about this request. */
		readonly isUnlogged: boolean,
	) {
		super(
			400,
			`Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
			{ title: 'Idempotency error' },
		);
	}
}

/** "Keys are eligible and automatically pruned from the system after they're at least 24 hours old." */
const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000;

/**
 * The first response for every Idempotency-Key: its status and body, "regardless of whether it
 * succeeded or failed", including 500 (https://docs.withpersona.com/idempotence). Only 401 and 429 are
 * sent before this layer (https://docs.withpersona.com/errors). Persona names no longest key.
 */
export class IdempotencyStore {
	private claims = new Map<string, IdempotencyClaim>();

	/**
	 * Claims the key of an environment for a request, or returns the earlier claim that the request repeats. Throws
	 * `IdempotencyError` where the key was used for another request.
	 */
	claim(
		environment: Environment,
		key: string,
		request: { method: string; url: string; body: unknown },
	) {
		const id = `${environment} ${key}`;
		const fingerprint = createHash('sha256')
			.update(JSON.stringify([request.method, request.url, request.body ?? null]))
			.digest('hex');
		const earlier = this.claims.get(id);
		if (earlier && Date.now() - earlier.claimedAt < KEY_LIFETIME_MS) {
			if (earlier.fingerprint === fingerprint) return { earlier };
			const isUnlogged = earlier.isMisuseLogged;
			earlier.isMisuseLogged = true;
			throw new IdempotencyError(key, isUnlogged);
		}
		const claim = new IdempotencyClaim(id, fingerprint, Date.now());
		this.claims.set(id, claim);
		return { claim };
	}

	/** Frees the key of a request whose response must not be stored. */
	release(claim: IdempotencyClaim) {
		if (this.claims.get(claim.id) === claim) this.claims.delete(claim.id);
		claim.complete();
	}

	clear() {
		this.claims.clear();
	}
}
