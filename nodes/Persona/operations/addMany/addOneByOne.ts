import type { ApiResponse } from '../../transport/apiResponse';
import type { JsonApiDocument, PersonaObject } from '../../transport/jsonApi';
import {
	toAdditionError,
	sendListItemRequest,
	formatValues,
	type ListItemRequest,
	type AdditionResult,
} from './listItemRequest';

/** Statuses that are about the value; others would meet every value alike. */
const REFUSED = [400, 409, 413, 422];

/** Whether Persona has the value on the list already. */
const isDuplicate = ({ statusCode, body }: ApiResponse) =>
	statusCode === 409 && /already exists|not unique/i.test(JSON.stringify(body));

/** Adds each value by a request of its own. Throws what stands in the way of all of them. */
export async function addOneByOne(additions: ListItemRequest[]): Promise<AdditionResult> {
	const tally: AdditionResult = { added: 0, duplicate: 0, refused: 0, problems: [], objects: [] };
	const rest = additions.values();
	const failures: Array<{ addition: ListItemRequest; answer: ApiResponse }> = [];
	const work = async () => {
		for (const addition of rest) {
			const { session, request, values } = addition;
			const answer = await sendListItemRequest(addition, request);
			const { statusCode } = answer;
			if (statusCode >= 200 && statusCode < 300) {
				tally.added++;
				tally.objects.push((answer.body as JsonApiDocument).data as PersonaObject);
			} else if (isDuplicate(answer)) tally.duplicate++;
			else if (REFUSED.includes(statusCode)) {
				const { message, description } = toAdditionError(session, answer);
				const reason = [message, description].join('. ');
				tally.problems.push({ item: session.itemIndex, value: formatValues(values), reason });
			} else failures.push({ addition, answer });
			if (failures.length > 0) return;
		}
	};
	const length = additions[0]?.session.getSetting<number>('itemsAtATime');
	await Promise.all(Array.from({ length }, work));
	tally.refused = tally.problems.length;
	const [failure] = failures;
	if (!failure) return tally;
	const error = toAdditionError(failure.addition.session, failure.answer);
	error.description = `${error.description ?? ''} ${tally.added} of ${additions.length} values were added before. Run again: what is on the list counts as a duplicate.`;
	throw error;
}
