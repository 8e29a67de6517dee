import { EventEmitter } from 'node:events';
import { handleWorkflowCall } from '../../../../nodes/Persona/triggers/webhook/delivery/handleWorkflowCall.ts';
import type { HttpResponse } from '../../../../nodes/Persona/utils/httpResponse.ts';

const TIMESTAMP = 1_700_000_000;

/** A response without a socket; `hangUp` closes it before anything was sent. */
class FakeResponse extends EventEmitter {
	statusCode = 200;

	closed = false;

	writableFinished = false;

	body = '';

	readonly headers = new Map<string, string>();

	hangUp() {
		this.closed = true;
		this.emit('close');
	}

	status(code: number) {
		this.statusCode = code;
		return { json: (body: object) => this.end(JSON.stringify(body)) };
	}

	getHeader(name: string) {
		return this.headers.get(name);
	}

	setHeader(name: string, value: string) {
		this.headers.set(name, value);
	}

	write(chunk: unknown) {
		this.body += String(chunk);
		return true;
	}

	end(chunk?: unknown) {
		if (chunk !== undefined) this.write(chunk);
		if (this.closed) return;
		this.writableFinished = true;
		this.emit('finish');
		this.hangUp();
	}
}

let listenerCount = 0;

function createListener() {
	const listenerKey = `caller ${++listenerCount}`;
	const logWarning = jest.fn();
	const call = (body: string, signedAtSeconds = TIMESTAMP) => {
		const response = new FakeResponse();
		const result = handleWorkflowCall(
			{
				body: Buffer.from(body),
				signedAtSeconds,
				attempt: 1,
				arrivedAtMs: Date.now(),
				replayTtlMs: 1e6,
			},
			{
				listenerKey,
				output: 'allFields',
				response: response as unknown as HttpResponse,
				logWarning,
			},
		);
		return { result, response };
	};
	return { call, logWarning };
}

/** Lets promises that are already resolved continue. */
const settlePromises = async () => await new Promise(setImmediate);

describe('a call of a Persona workflow', () => {
	it('starts the workflow with its JSON, or with its text', () => {
		const { call } = createListener();
		const signedAt = '2023-11-14T22:13:20.000Z';
		expect(call('{"a":1}').result).toEqual({
			action: 'start',
			item: { body: { a: 1 }, signedAt },
		});
		expect(call('a=1').result).toEqual({ action: 'start', item: { body: 'a=1', signedAt } });
	});

	it('is rejected with 409 if it is a replay of a call that has its response', () => {
		const { call } = createListener();
		call('{}').response.end('{"ok":true}');
		expect(call('{}').result).toEqual({ action: 'reject', status: 409 });
		expect(call('{}', TIMESTAMP + 1).result).toMatchObject({ action: 'start' });
	});

	it('gets the response of the first run if its caller has hung up before', async () => {
		const { call } = createListener();
		const first = call('{}').response;
		first.hangUp();
		const retry = call('{}', TIMESTAMP + 1);
		expect(retry.result).toEqual({ action: 'respondedElsewhere' });
		first.statusCode = 201;
		first.setHeader('content-type', 'application/json');
		first.write('{"ok"');
		first.end(':true}');
		await settlePromises();
		const { statusCode, body, headers } = retry.response;
		expect([statusCode, body, headers.get('content-type')]).toEqual([
			201,
			'{"ok":true}',
			'application/json',
		]);
	});

	it('is rejected with 409, which is logged, if that response is larger than 256 KB', async () => {
		const { call, logWarning } = createListener();
		const first = call('{}').response;
		first.hangUp();
		first.end('x'.repeat(256 * 1024 + 1));
		const retry = call('{}', TIMESTAMP + 1);
		await settlePromises();
		expect(retry.response.statusCode).toBe(409);
		expect(logWarning).toHaveBeenCalledTimes(1);
	});
});
