import Fastify from 'fastify';
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';

/** A file in the bucket. */
export interface StoredObject {
	contentType: string;
	bytes: Buffer;
}

/** A store of files that speaks as Amazon S3 does, with one bucket. */
export interface FakeS3 {
	/** What goes into a credential. */
	url: string;
	/** By their keys. */
	objects: Map<string, StoredObject>;
	close(): Promise<void>;
}

/** The name of the bucket. */
export const s3Bucket = 'evidence';

/** The key that opens the bucket. */
export const s3Key = { accessKeyId: 'stand-in', secretAccessKey: 'stand-in' };

const MOST_BYTES = 50 * 1024 * 1024;

const buildErrorXml = (code: string, message: string) =>
	`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;

/** Plays the part of S3 that stores and gives files. Of signatures it looks at the key alone. */
export async function startFakeS3(refused: string[]): Promise<FakeS3> {
	const objects = new Map<string, StoredObject>();
	const app = Fastify({ forceCloseConnections: true, bodyLimit: MOST_BYTES });
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
		refused.push(`GET ${s3Bucket} without a question`);
		return await reply.code(400).send(buildErrorXml('InvalidRequest', 'Only the location is told'));
	});

	app.put<{ Params: { '*': string }; Body: Buffer }>(
		`/${s3Bucket}/*`,
		async ({ params, headers, body }, reply) => {
			const sum = createHash('md5').update(body).digest('base64');
			if (headers['content-md5'] !== sum) {
				return await reply
					.code(400)
					.send(buildErrorXml('BadDigest', 'The Content-MD5 does not fit'));
			}
			const contentType = headers['content-type'] ?? 'binary/octet-stream';
			objects.set(params['*'], { contentType, bytes: body });
			return '';
		},
	);

	app.get<{ Params: { '*': string } }>(`/${s3Bucket}/*`, async ({ params }, reply) => {
		const found = objects.get(params['*']);
		if (found) return await reply.type(found.contentType).send(found.bytes);
		return await reply.code(404).send(buildErrorXml('NoSuchKey', 'The key does not exist'));
	});

	app.setNotFoundHandler(async ({ method, url }, reply) => {
		refused.push(`${method} ${url}`);
		return await reply.code(405).send(buildErrorXml('MethodNotAllowed', 'Not allowed here'));
	});
	await app.listen({ host: '127.0.0.1', port: 0 });
	return {
		url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
		objects,
		close: async () => await app.close(),
	};
}
