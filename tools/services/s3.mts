import Fastify from 'fastify';
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';

/** A file in the bucket. */
export interface StoredFile {
	contentType: string;
	bytes: Buffer;
}

/** A fake of Amazon S3 with one bucket. */
export interface FakeS3 {
	/** Endpoint for a credential. */
	url: string;
	/** The files by key. */
	files: Map<string, StoredFile>;
	close(): Promise<void>;
}

/** The name of the bucket. */
export const s3Bucket = 'evidence';

/** The key of the account. */
export const s3Key = { accessKeyId: 'fake-key', secretAccessKey: 'fake-secret' };

const MAX_BYTES = 50 * 1024 * 1024;

const buildErrorXml = (code: string, message: string) =>
	`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;

/** Fakes the part of S3 that stores and returns files. It checks only the key of a signature. */
export async function startFakeS3(unexpectedRequests: string[]): Promise<FakeS3> {
	const files = new Map<string, StoredFile>();
	const app = Fastify({ forceCloseConnections: true, bodyLimit: MAX_BYTES });
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));

	app.addHook('preHandler', async ({ headers, url }, reply) => {
		reply.type('application/xml');
		const { authorization = '' } = headers;
		if (!authorization.startsWith(`AWS4-HMAC-SHA256 Credential=${s3Key.accessKeyId}/`)) {
			return await reply.code(403).send(buildErrorXml('AccessDenied', 'Access Denied'));
		}
		if (!new RegExp(`^/${s3Bucket}([/?]|$)`).test(url)) {
			return await reply.code(404).send(buildErrorXml('NoSuchBucket', 'The bucket does not exist'));
		}
		return undefined;
	});

	app.get(`/${s3Bucket}`, async ({ query }, reply) => {
		if (Object(query).location !== undefined) {
			return '<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">eu-central-1</LocationConstraint>';
		}
		unexpectedRequests.push(`GET ${s3Bucket} without a query`);
		return await reply
			.code(400)
			.send(buildErrorXml('InvalidRequest', 'Only the location is available'));
	});

	app.put<{ Params: { '*': string }; Body: Buffer }>(
		`/${s3Bucket}/*`,
		async ({ params, headers, body }, reply) => {
			const hash = createHash('md5').update(body).digest('base64');
			if (headers['content-md5'] !== hash) {
				return await reply
					.code(400)
					.send(buildErrorXml('BadDigest', 'The Content-MD5 does not fit'));
			}
			const contentType = headers['content-type'] ?? 'binary/octet-stream';
			files.set(params['*'], { contentType, bytes: body });
			return '';
		},
	);

	app.get<{ Params: { '*': string } }>(`/${s3Bucket}/*`, async ({ params }, reply) => {
		const file = files.get(params['*']);
		if (file) return await reply.type(file.contentType).send(file.bytes);
		return await reply.code(404).send(buildErrorXml('NoSuchKey', 'The key does not exist'));
	});

	app.setNotFoundHandler(async ({ method, url }, reply) => {
		unexpectedRequests.push(`${method} ${url}`);
		return await reply.code(405).send(buildErrorXml('MethodNotAllowed', 'Not allowed here'));
	});
	await app.listen({ host: '127.0.0.1', port: 0 });
	return {
		url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
		files,
		close: async () => await app.close(),
	};
}
