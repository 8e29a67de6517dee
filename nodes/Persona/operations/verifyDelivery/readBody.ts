import type { ItemContext } from '../../engine/types';
import { isBlank } from '../../utils/isBlank';
import { isRecord } from '../../utils/isRecord';

/** Reads the bytes that may have been signed. */
export type ReadBytes = () => Promise<Buffer> | Buffer;

const COVERS_BYTES = 'The signature covers the bytes that Persona has sent, and nothing else.';

/** Where the body is: in a file of the item, or in a text. */
export const BODY_PLACES = { binaryField: 'Binary Field', text: 'Text' };

/** Reads where the body is, and checks it. Fails the item if it is missing, or no longer as it was sent. */
export const readBody = async (context: ItemContext): Promise<ReadBytes> =>
	context.readSetting('rawBodyIn') === 'text' ? readText(context) : await readBinary(context);

async function readBinary(context: ItemContext): Promise<ReadBytes> {
	const { run, itemIndex, fail } = context;
	const { binary = {}, json } = run.node.getInputData()[itemIndex];
	if (Object.keys(binary).length === 0 && isRecord(json.body)) {
		fail(
			'The body is an object, so the signature cannot be checked',
			`${COVERS_BYTES} Add the option 'Raw Body' to the Webhook node, and turn it on. If there is a node in between, it must pass on the binary data.`,
		);
	}
	const name = context.readSetting<string>('binaryField');
	const { content } = await context.readFile(name, 'Input Binary Field');
	return async () => {
		const parts: Buffer[] = [];
		for await (const part of content.read()) parts.push(part);
		return Buffer.concat(parts);
	};
}

function readText(context: ItemContext): ReadBytes {
	const { fail } = context;
	const text = context.readParameter<unknown>('rawBody', '');
	if (typeof text === 'object' && text !== null) {
		return fail(
			"'Raw Body' is an object, so the signature cannot be checked",
			`${COVERS_BYTES} In the node that receives the message, turn off the option that parses JSON, and pass on the body as text.`,
		);
	}
	if (typeof text !== 'string' || isBlank(text)) {
		return fail("'Raw Body' is empty", 'Pass on the body of the delivery as text.');
	}
	// An event is a JSON object. No Base64 has a brace, so one text is never both.
	const isBase64 = /^[\w+/=\s-]+$/.test(text);
	return () => Buffer.from(text, isBase64 ? 'base64' : 'utf8');
}
