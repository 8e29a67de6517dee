import { toDay } from '../../nodes/Persona/values/dates.ts';

/*
 * Run in a process of its own, in the time zone of its environment. Prints the days that `toDay` gets
 * wrong, as JSON: those that a database node of n8n returns as midnight in the zone of the process.
 */

const [firstYear, lastYear, ...workflowZones] = process.argv.slice(2);

const fail = (message: string): never => {
	throw new Error(message);
};

const wrong: unknown[] = [];
const last = Date.UTC(Number(lastYear), 11, 31);
for (let time = Date.UTC(Number(firstYear), 0, 1); time <= last; time += 86_400_000) {
	const inUtc = new Date(time);
	const day = inUtc.toISOString().slice(0, 10);
	const local = new Date(inUtc.getUTCFullYear(), inUtc.getUTCMonth(), inUtc.getUTCDate());
	for (const value of [
		inUtc,
		local,
		local.toISOString(),
		local.toISOString().replace('.000', ''),
	]) {
		for (const zone of workflowZones) {
			const found = toDay(value, 'Birthdate', fail, zone);
			if (found !== day) wrong.push([day, value, zone, found]);
		}
	}
}
process.stdout.write(JSON.stringify(wrong.slice(0, 10)));
