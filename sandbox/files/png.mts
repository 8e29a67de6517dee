import { crc32, deflateSync } from 'node:zlib';

type RgbColor = [number, number, number];

const SIZE = { width: 320, height: 200 };

/** A small PNG, as a sample photo: a frame around a color that depends on the subject. */
export function createPng(subject: string): Buffer {
	const hash = crc32(Buffer.from(subject));
	const inner: RgbColor = [
		80 + (hash & 0x7f),
		80 + ((hash >> 8) & 0x7f),
		80 + ((hash >> 16) & 0x7f),
	];
	const { width, height } = SIZE;
	const rows = Buffer.alloc((width * 3 + 1) * height);
	for (let y = 0; y < height; y += 1) {
		for (let x = 0; x < width; x += 1) {
			const isInside = x > 20 && x < width - 20 && y > 20 && y < height - 20;
			rows.set(isInside ? inner : [235, 238, 245], y * (width * 3 + 1) + 1 + x * 3);
		}
	}
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	// Eight bits per channel, RGB.
	header.set([8, 2, 0, 0, 0], 8);
	return Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
		createChunk('IHDR', header),
		createChunk('IDAT', deflateSync(rows)),
		createChunk('IEND', Buffer.alloc(0)),
	]);
}

function createChunk(name: string, data: Buffer): Buffer {
	const content = Buffer.concat([Buffer.from(name), data]);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(data.length);
	const checksum = Buffer.alloc(4);
	checksum.writeUInt32BE(crc32(content));
	return Buffer.concat([length, content, checksum]);
}
