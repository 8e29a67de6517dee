/** A small MP4 without tracks, as a sample recording. */
export function createMp4(): Buffer {
	const header = Buffer.alloc(100);
	// 1000 units per second, normal speed, full volume, not rotated.
	header.writeUInt32BE(1000, 12);
	header.writeUInt32BE(0x00010000, 20);
	header.writeUInt16BE(0x0100, 24);
	header.writeUInt32BE(0x00010000, 36);
	header.writeUInt32BE(0x00010000, 52);
	header.writeUInt32BE(0x40000000, 68);
	header.writeUInt32BE(1, 96);
	return Buffer.concat([
		createBox('ftyp', Buffer.from('isom\0\0\x02\0isommp41', 'latin1')),
		createBox('moov', createBox('mvhd', header)),
		createBox('mdat', Buffer.alloc(0)),
	]);
}

function createBox(type: string, content: Buffer): Buffer {
	const length = Buffer.alloc(4);
	length.writeUInt32BE(content.length + 8);
	return Buffer.concat([length, Buffer.from(type), content]);
}
