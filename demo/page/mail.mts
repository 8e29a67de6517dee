/** A mail as a mail program shows it. */
export interface ReadableMail {
	subject: string;
	text?: string;
	html?: string;
	attachments: { name: string; bytes: Buffer }[];
}

interface Part {
	headers: Map<string, string>;
	body: string;
}

/** Reads the subject, the texts and the files of a mail (MIME, RFC 2045 to 2047). */
export function readMail(source: string): ReadableMail {
	const root = readPart(source);
	const mail: ReadableMail = { subject: decodeWords(getHeader(root, 'subject')), attachments: [] };
	for (const part of listParts(root)) {
		const type = getHeader(part, 'content-type').toLowerCase();
		const disposition = getHeader(part, 'content-disposition');
		const name =
			getParameter(disposition, 'filename') ??
			getParameter(getHeader(part, 'content-type'), 'name');
		const bytes = decodeBody(part);
		const isText = !name && !/^attachment/i.test(disposition);
		if (isText && type.startsWith('text/html')) mail.html ??= bytes.toString();
		else if (isText && (type === '' || type.startsWith('text/plain')))
			mail.text ??= bytes.toString();
		else mail.attachments.push({ name: decodeWords(name ?? 'file'), bytes });
	}
	return mail;
}

function readPart(source: string): Part {
	const [head, ...body] = source.split(/\r?\n\r?\n/);
	const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
	const headers = lines.map((line): [string, string] => {
		const [name, ...value] = line.split(':');
		return [name.trim().toLowerCase(), value.join(':').trim()];
	});
	return { headers: new Map(headers), body: body.join('\r\n\r\n') };
}

const getHeader = ({ headers }: Part, name: string) => headers.get(name) ?? '';

const getParameter = (header: string, name: string) =>
	new RegExp(`\\b${name}="?([^";]+)"?`, 'i').exec(header)?.[1];

/** The parts of a mail that have no parts themselves. */
function listParts(part: Part): Part[] {
	const type = getHeader(part, 'content-type');
	const boundary = getParameter(type, 'boundary');
	if (!boundary || !/^multipart\//i.test(type)) return [part];
	const inner = part.body.split(new RegExp(`(?:^|\\r?\\n)--${escapePattern(boundary)}`));
	return inner
		.slice(1)
		.filter((each) => !each.startsWith('--'))
		.flatMap((each) => listParts(readPart(each.replace(/^[ \t]*\r?\n/, ''))));
}

const escapePattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function decodeBody({ headers, body }: Part): Buffer {
	const encoding = (headers.get('content-transfer-encoding') ?? '').toLowerCase();
	if (encoding === 'base64') return Buffer.from(body, 'base64');
	if (encoding === 'quoted-printable') return decodeQuoted(body.replace(/=\r?\n/g, ''));
	return Buffer.from(body);
}

const decodeQuoted = (text: string) =>
	Buffer.from(
		text.replace(/=([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16))),
		'latin1',
	);

/** Decodes words such as `=?UTF-8?Q?caf=C3=A9?=`. Blanks between two of them do not count. */
const decodeWords = (text: string) =>
	text
		.replace(/\?=\s+=\?/g, '?==?')
		.replace(/=\?[^?]+\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
			(/b/i.test(kind)
				? Buffer.from(word, 'base64')
				: decodeQuoted(word.replace(/_/g, ' '))
			).toString(),
		);
