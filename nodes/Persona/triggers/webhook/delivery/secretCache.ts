import type { IDataObject } from 'n8n-workflow';
import { LOST, type Answer } from '../../../transport/apiResponse';
import { getSecretRefreshIntervalMs } from '../../../transport/retryTiming';
import { isObject } from '../../../transport/simplify';
import { Recent } from '../../../utils/ttlCache';

/** A signing secret and when it ends, in milliseconds since 1970. */
interface Secret {
	value: string;
	until: number;
}

/** Whether Persona told the secrets, would not tell them, or could not be asked. */
export type Outcome = 'told' | 'refused' | 'unreachable';

/** What Persona answered last about one webhook, and all its secrets that are known since. */
interface Lesson {
	outcome: Outcome;
	secrets: Secret[];
	at: number;
}

/** Webhooks whose secrets are held at once. */
const WEBHOOKS = 1000;

const OUTAGES = [LOST, 408, 429];

/** The secrets that an answer tells; none where it is a refusal. */
export function secretsIn({ statusCode, body }: Answer): Secret[] {
	if (statusCode !== 200 || !isObject(body) || !isObject(body.data)) return [];
	const { secrets } = (body.data.attributes ?? {}) as { secrets?: IDataObject[] };
	return (secrets ?? []).flatMap(({ value, 'expires-at': end }) => {
		if (typeof value !== 'string' || value === '') return [];
		return [{ value, until: typeof end === 'string' ? Date.parse(end) : Infinity }];
	});
}

function lessonOf(answer: Answer, before: Secret[]): Lesson {
	const { statusCode } = answer;
	const secrets = secretsIn(answer);
	const at = Date.now();
	if (secrets.length > 0) return { outcome: 'told', secrets, at };
	const outage = OUTAGES.includes(statusCode) || statusCode >= 500;
	return { outcome: outage ? 'unreachable' : 'refused', secrets: before, at };
}

/**
 * The secrets of webhooks, read from Persona when a delivery needs them and kept in this process
 * alone: static data is plain text in n8n's database and in its API.
 */
export class Secrets {
	private readonly lessons = new Recent<Lesson>(WEBHOOKS);

	private readonly asking = new Map<string, Promise<Lesson>>();

	/** The secrets of a webhook that are known and have not ended. */
	known(key: string): string[] {
		const { secrets = [] } = this.lessons.get(key) ?? {};
		return secrets.filter(({ until }) => until > Date.now()).map(({ value }) => value);
	}

	/**
	 * Asks Persona for the secrets of a webhook, unless it was asked a moment ago; whoever comes
	 * meanwhile shares the answer. `ask` never throws.
	 */
	async learn(key: string, ask: () => Promise<Answer>): Promise<Outcome> {
		const before = this.lessons.get(key);
		const intervalMs = getSecretRefreshIntervalMs(before?.outcome === 'unreachable');
		if (before && Date.now() - before.at < intervalMs) return before.outcome;
		const asked = this.asking.get(key) ?? this.take(key, ask);
		return (await asked).outcome;
	}

	private take(key: string, ask: () => Promise<Answer>): Promise<Lesson> {
		const lesson = ask().then((answer) => {
			const learned = lessonOf(answer, this.lessons.get(key)?.secrets ?? []);
			this.lessons.set(key, learned);
			this.asking.delete(key);
			return learned;
		});
		this.asking.set(key, lesson);
		return lesson;
	}
}
