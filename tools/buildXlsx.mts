import { deflateRawSync } from 'node:zlib';

/**
 * A cell of a sheet: text, a number, a boolean, a date of Excel's (days since the end of 1899, shown as a
 * date), a formula with the result that Excel has stored, or nothing.
 */
export type XlsxCell =
	| string
	| number
	| boolean
	| null
	| { days: number }
	| { formula: string; result?: string | number };

const NAMESPACE = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONSHIPS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const TYPES = 'http://schemas.openxmlformats.org/package/2006';
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

const escapeXml = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function buildCell(cell: XlsxCell, address: string): string {
	if (cell === null) return '';
	if (typeof cell === 'string') {
		const text = `<is><t xml:space="preserve">${escapeXml(cell)}</t></is>`;
		return `<c r="${address}" t="inlineStr">${text}</c>`;
	}
	if (typeof cell === 'number') return `<c r="${address}"><v>${cell}</v></c>`;
	if (typeof cell === 'boolean') return `<c r="${address}" t="b"><v>${Number(cell)}</v></c>`;
	if ('days' in cell) return `<c r="${address}" s="1"><v>${cell.days}</v></c>`;
	const { formula, result } = cell;
	const type = typeof result === 'string' ? ' t="str"' : '';
	const value = result === undefined ? '' : `<v>${escapeXml(String(result))}</v>`;
	return `<c r="${address}"${type}><f>${escapeXml(formula)}</f>${value}</c>`;
}

/**
 * Builds an Excel file with one sheet. `left` and `top` are where the first cell is, 0 for A1; `height`
 * is the row to which the sheet says it reaches.
 */
export function buildXlsx(rows: XlsxCell[][], { left = 0, top = 0, height = 0 } = {}): Buffer {
	const toAddress = (row: number, column: number) =>
		`${String.fromCharCode(65 + left + column)}${top + row + 1}`;
	const sheetRows = rows.map((cells, row) => {
		const content = cells.map((cell, column) => buildCell(cell, toAddress(row, column)));
		return `<row r="${top + row + 1}">${content.join('')}</row>`;
	});
	const width = Math.max(...rows.map(({ length }) => length));
	const end = `${String.fromCharCode(64 + left + width)}${height || top + rows.length}`;
	return zip({
		'[Content_Types].xml': `${XML}<Types xmlns="${TYPES}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
		'_rels/.rels': `${XML}<Relationships xmlns="${TYPES}/relationships"><Relationship Id="rId1" Type="${RELATIONSHIPS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		'xl/workbook.xml': `${XML}<workbook xmlns="${NAMESPACE}" xmlns:r="${RELATIONSHIPS}"><sheets><sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="${TYPES}/relationships"><Relationship Id="rId1" Type="${RELATIONSHIPS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${RELATIONSHIPS}/styles" Target="styles.xml"/></Relationships>`,
		// The second format is 14, a date.
		'xl/styles.xml': `${XML}<styleSheet xmlns="${NAMESPACE}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`,
		'xl/worksheets/sheet1.xml': `${XML}<worksheet xmlns="${NAMESPACE}"><dimension ref="${toAddress(0, 0)}:${end}"/><sheetData>${sheetRows.join('')}</sheetData></worksheet>`,
	});
}

const CRC_TABLE = Array.from({ length: 256 }, (_, byte) => {
	let crc = byte;
	for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
	return crc >>> 0;
});

const calculateCrc = (bytes: Buffer) =>
	~bytes.reduce((crc, byte) => (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 0xff], -1) >>> 0;

/** Packs texts as files into a ZIP archive. */
function zip(files: Record<string, string>): Buffer {
	const parts: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const [name, text] of Object.entries(files)) {
		const [path, content] = [Buffer.from(name), Buffer.from(text)];
		const packed = deflateRawSync(content);
		// Version, flags, method, time, date, checksum, both sizes, length of the name and of nothing more.
		const facts = Buffer.alloc(26);
		facts.writeUInt16LE(20, 0);
		facts.writeUInt16LE(8, 4);
		facts.writeUInt16LE(0x21, 8);
		facts.writeUInt32LE(calculateCrc(content), 10);
		facts.writeUInt32LE(packed.length, 14);
		facts.writeUInt32LE(content.length, 18);
		facts.writeUInt16LE(path.length, 22);
		const entry = Buffer.concat([Buffer.from('PK\x03\x04'), facts, path, packed]);
		const place = Buffer.alloc(14);
		place.writeUInt32LE(offset, 10);
		const made = Buffer.from('PK\x01\x02\x14\x00', 'latin1');
		directory.push(Buffer.concat([made, facts, place, path]));
		parts.push(entry);
		offset += entry.length;
	}
	const list = Buffer.concat(directory);
	const end = Buffer.alloc(18);
	end.writeUInt16LE(directory.length, 4);
	end.writeUInt16LE(directory.length, 6);
	end.writeUInt32LE(list.length, 8);
	end.writeUInt32LE(offset, 12);
	return Buffer.concat([...parts, list, Buffer.from('PK\x05\x06'), end]);
}
