const titles: Record<number, string> = {
	400: 'Bad Request',
	401: 'Must be authenticated to access this endpoint',
	403: 'Forbidden',
	404: 'Record not found',
	408: 'Request Timeout',
	409: 'Conflict',
	422: 'Unprocessable entity',
	429: 'Rate limit exceeded',
	500: 'Internal server error',
	502: 'Bad gateway',
	503: 'Service unavailable',
	504: 'Gateway timeout',
};

/** An answer that is not a success; thrown anywhere in a handler. */
export class Problem extends Error {
	constructor(
		readonly status: number,
		readonly details?: string,
		readonly more: { title?: string; pointer?: string } = {},
	) {
		super(details ?? titles[status]);
	}

	/** The body as Persona writes it: `details` in the plural and no status inside. */
	get body() {
		const { title = titles[this.status] ?? 'Error', pointer } = this.more;
		const source = pointer && { source: { pointer } };
		// A 401 tells strangers nothing but its title.
		if (this.status === 401) return { errors: [{ title }] };
		return { errors: [{ title, ...(this.details && { details: this.details }), ...source }] };
	}
}

/** A member of the request is missing or does not belong there. */
export const malformed = (details: string) => new Problem(400, details);

/** The request contradicts the state of the object. */
export const conflict = (details: string) => new Problem(409, details);

/** A value of the request is not acceptable; `pointer` is the JSON pointer to it. */
export const invalid = (details: string, pointer?: string) =>
	new Problem(422, details, { title: 'Record invalid', pointer });

/** There is no such object. */
export const notFound = (details?: string) => new Problem(404, details);
