import { isSuccessStatus, type ApiResponse } from '../../transport/apiResponse';
import type { ObjectDocument } from '../../transport/jsonApi';
import type { AddManySettings } from './addManySettings';
import {
	toAdditionError,
	sendListItemRequest,
	formatValues,
	type ListItemRequest,
	type AdditionResult,
} from './listItemRequest';

/** Statuses that are about the value. Any other status would come for every value. */
const VALUE_REJECTED_STATUSES = [400, 409, 413, 422];

/** Whether Persona refuses the list, e.g. since it is archived, and so would refuse every value. */
function isAboutList({ body }: ApiResponse): boolean {
	const errors: unknown = Object(body).errors;
	return (Array.isArray(errors) ? errors : []).some((error) =>
		/\blist[-_]?id$/i.test(String(Object(Object(error).source).pointer)),
	);
}

/** Whether the list has the value already. */
const isDuplicate = ({ statusCode, body }: ApiResponse) =>
	statusCode === 409 && /already exists|not unique/i.test(JSON.stringify(body));

/** Sends one request for each value. Throws the first failure that is not about a single value. */
export async function addOneByOne(
	requests: ListItemRequest[],
	{ itemsAtATime }: AddManySettings,
): Promise<AdditionResult> {
	const result: AdditionResult = {
		added: 0,
		duplicates: 0,
		rejected: 0,
		problems: [],
		objects: [],
	};
	const remaining = requests.values();
	const failures: Array<{ failed: ListItemRequest; response: ApiResponse }> = [];
	const work = async () => {
		for (const listItem of remaining) {
			const { context, request, values } = listItem;
			const response = await sendListItemRequest(listItem, request);
			const { statusCode } = response;
			if (isSuccessStatus(statusCode)) {
				result.added++;
				result.objects.push((response.body as ObjectDocument).data);
			} else if (isDuplicate(response)) result.duplicates++;
			else if (VALUE_REJECTED_STATUSES.includes(statusCode) && !isAboutList(response)) {
				const { message, description } = toAdditionError(listItem, response);
				const reason = [message, description].join('. ');
				result.problems.push({ item: context.itemIndex, value: formatValues(values), reason });
			} else failures.push({ failed: listItem, response });
			if (failures.length > 0) return;
		}
	};
	await Promise.all(Array.from({ length: itemsAtATime }, work));
	result.rejected = result.problems.length;
	const [failure] = failures;
	if (!failure) return result;
	const error = toAdditionError(failure.failed, failure.response);
	error.description = `${(error.description ?? '').replace(/\.?$/, '.')} ${result.added} of ${requests.length} values were added before this error. Run again: values that are already on the list count as duplicates.`;
	throw error;
}
