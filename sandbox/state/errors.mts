const DEFAULT_TITLES: Record<number, string> = {
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

/** Makes the API respond with an error; may be thrown anywhere in a handler. */
export class ApiError extends Error {
	constructor(
		readonly status: number,
		readonly details?: string,
		readonly options: { title?: string; pointer?: string } = {},
	) {
		super(details ?? DEFAULT_TITLES[status]);
	}

	/** The response body as Persona writes it: `details` in the plural, and no status. */
	get body() {
		const { title = DEFAULT_TITLES[this.status] ?? 'Error', pointer } = this.options;
		const source = pointer && { source: { pointer } };
		// Like Persona, reveal nothing but a title to unknown callers.
		if (this.status === 401) return { errors: [{ title }] };
		return { errors: [{ title, ...(this.details && { details: this.details }), ...source }] };
	}
}

/** A member of the request is missing, unknown or malformed. */
export class BadRequestError extends ApiError {
	constructor(details: string, pointer?: string) {
		super(400, details, { pointer });
	}
}

/** The object that the request names does not exist. */
export class NotFoundError extends ApiError {
	constructor(details?: string) {
		super(404, details);
	}
}

/** The request contradicts the state of the object. */
export class ConflictError extends ApiError {
	constructor(details: string) {
		super(409, details);
	}
}

/** Another change of the object was made at the same time; in the words of Persona's description. */
export class StaleObjectError extends ApiError {
	constructor() {
		super(409, 'Attempted to update a record that was just modified. Please try again.', {
			title: 'Stale object error',
		});
	}
}

const CONTACT = 'Please reach out to support@withpersona.com if you need this changed.';

/** A rate limit is used up; in the words of Persona's description. */
export const createRateLimitError = (maxRequests: number, windowSeconds: number) => {
	const period = windowSeconds === 60 ? 'min' : `${windowSeconds} s`;
	return new ApiError(
		429,
		`You have hit your rate limit of ${maxRequests} requests / ${period}. ${CONTACT}`,
	);
};

/** A quota is used up; in the words of Persona's description. */
export const createQuotaError = (product: string, maxRequests: number) =>
	new ApiError(
		429,
		`You have hit your ${product} quota limit of ${maxRequests} requests. ${CONTACT}`,
		{ title: 'Quota exceeded' },
	);

/** A value of the request is not acceptable; `pointer` is the JSON pointer to it. */
export class UnprocessableError extends ApiError {
	constructor(details: string, pointer?: string) {
		super(422, details, { title: 'Record invalid', pointer });
	}
}
