/** A small MP4 without tracks, standing for a recording. */
export function video(): Buffer {
	const header = Buffer.alloc(100);
	// Thousand units a second, played at normal speed and full volume, not turned.
	header.writeUInt32BE(1000, 12);
	header.writeUInt32BE(0x00010000, 20);
	header.writeUInt16BE(0x0100, 24);
	header.writeUInt32BE(0x00010000, 36);
	header.writeUInt32BE(0x00010000, 52);
	header.writeUInt32BE(0x40000000, 68);
	header.writeUInt32BE(1, 96);
	return Buffer.concat([
		box('ftyp', Buffer.from('isom\0\0\x02\0isommp41', 'latin1')),
		box('moov', box('mvhd', header)),
		box('mdat', Buffer.alloc(0)),
	]);
}

function box(type: string, content: Buffer): Buffer {
	const length = Buffer.alloc(4);
	length.writeUInt32BE(content.length + 8);
	return Buffer.concat([length, Buffer.from(type), content]);
}
