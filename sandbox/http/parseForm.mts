import type { Json, JsonObject } from '../state/json.mts';

/**
 * Parses a form (`multipart/form-data`) to the body that the same request would have as JSON: the part
 * `data[attributes][file]` becomes that member, and a file `{data, filename}` with Base64. Throws for a
 * form that cannot be read.
 */
export async function parseForm(bytes: Buffer, contentType: string): Promise<JsonObject> {
	const headers = { 'content-type': contentType };
	const form = await new Response(new Uint8Array(bytes), { headers }).formData();
	const body: JsonObject = {};
	for (const [name, value] of form) {
		const path = name.split(/[[\]]+/).filter((key) => key !== '');
		setMember(body, path, typeof value === 'string' ? value : await toUpload(value));
	}
	return body;
}

const toUpload = async (file: File): Promise<JsonObject> => ({
	data: Buffer.from(await file.arrayBuffer()).toString('base64'),
	filename: file.name,
});

function setMember(object: JsonObject, [key, ...rest]: string[], value: Json) {
	if (rest.length === 0) object[key] = value;
	else setMember((object[key] ??= {}) as JsonObject, rest, value);
}
