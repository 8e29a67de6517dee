import PDFDocument from 'pdfkit';
import type { Json, JsonObject } from '../state/json.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import type { StoredObject } from '../state/storedObject.mts';

/** Prints an inquiry with its verifications. */
export function renderInquiryPdf(state: SandboxState, inquiry: StoredObject): Promise<Buffer> {
	const { fields, ...attributes } = inquiry.attributes;
	const values = Object.entries(fields as Record<string, { value: Json }>);
	const sections = state.store.getRelated(inquiry, 'verifications').map(toSection);
	return renderPdf('Inquiry', inquiry.id, [
		{ heading: 'Status', lines: attributes },
		{
			heading: 'Fields',
			lines: Object.fromEntries(values.map(([key, { value }]) => [key, value])),
		},
		...sections,
	]);
}

/** Prints a report or a verification. */
export const renderObjectPdf = (title: string, object: StoredObject) =>
	renderPdf(title, object.id, [toSection(object)]);

interface PdfSection {
	heading: string;
	lines: JsonObject;
}

function toSection({ type, attributes }: StoredObject): PdfSection {
	const { checks, ...lines } = attributes;
	const results = ((checks ?? []) as JsonObject[]).map(({ name, status }) => [
		String(name),
		status,
	]);
	return { heading: type, lines: { ...lines, ...Object.fromEntries(results) } };
}

function renderPdf(title: string, id: string, sections: PdfSection[]): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		const document = new PDFDocument({ size: 'A4', margin: 50, info: { Title: `${title} ${id}` } });
		const parts: Buffer[] = [];
		document.on('data', (part: Buffer) => parts.push(part));
		document.on('error', reject);
		document.on('end', () => resolve(Buffer.concat(parts)));
		document.fontSize(20).text(title).fontSize(11).fillColor('#555').text(id).fillColor('#000');
		for (const { heading, lines } of sections) {
			document.moveDown().fontSize(14).text(heading).fontSize(10);
			for (const [name, value] of Object.entries(lines)) {
				if (value === null || value === undefined || typeof value === 'object') continue;
				document.text(`${name}: ${String(value)}`);
			}
		}
		document.end();
	});
}
