import { Recent } from '../../../utils/ttlCache';
import type { Response } from '../listener';

/** What n8n wrote as the answer to a call. */
interface Answer {
	status: number;
	/** Undefined where there is no body. */
	type: string | undefined;
	body: Buffer;
}

/** Bytes of an answer that is kept; all of them together stay below 128 MB. */
const LONGEST = 256 * 1024;

/** Calls whose answers are kept at once. */
const CALLS = 500;

/** Milliseconds since a caller has last been there, for whoever calls again. */
const LIFETIME = 60 * 60 * 1000;

/** Answers, also those to come, of calls whose callers have gone; undefined is one that was too long. */
const left = new Recent<Promise<Answer | undefined>>(CALLS, LIFETIME);

/** The answer that n8n is going to write, whether somebody still listens or not. */
async function written(response: Response): Promise<Answer | undefined> {
	return await new Promise((resolve) => {
		const parts: Buffer[] = [];
		let size = 0;
		const take = ([part, encoding]: unknown[]) => {
			if (typeof part !== 'string' && !(part instanceof Uint8Array)) return;
			const bytes =
				typeof part === 'string'
					? Buffer.from(part, typeof encoding === 'string' ? (encoding as 'utf8') : 'utf8')
					: Buffer.from(part);
			size += bytes.length;
			if (size <= LONGEST) parts.push(bytes);
		};
		const write = response.write.bind(response);
		const end = response.end.bind(response);
		response.write = (...given) => {
			take(given);
			return write(...given);
		};
		response.end = (...given) => {
			take(given);
			const type = response.getHeader('content-type')?.toString();
			const { statusCode: status } = response;
			resolve(size > LONGEST ? undefined : { status, type, body: Buffer.concat(parts) });
			return end(...given);
		};
	});
}

/** Keeps the answer of a call that starts the workflow, should its caller go before it is sent. */
export function keep(call: string, response: Response) {
	const answer = written(response);
	const leave = () => {
		if (!response.writableFinished) left.set(call, answer);
	};
	if (response.closed) leave();
	else response.once('close', leave);
}

/**
 * Answers a call as the same one was answered whose caller had gone, as soon as that answer is
 * there; `refuse` is called where it was too long. False where there is no such call. An answer that
 * has been received is forgotten.
 */
export function passOn(call: string, response: Response, refuse: () => void): boolean {
	const answer = left.get(call);
	if (!answer) return false;
	left.set(call, answer);
	void answer.then((kept) => {
		if (response.closed) return;
		if (!kept) return refuse();
		response.once('finish', () => {
			if (left.get(call) === answer) left.delete(call);
		});
		response.statusCode = kept.status;
		if (kept.type !== undefined) response.setHeader('content-type', kept.type);
		response.end(kept.body);
	});
	return true;
}
