import { buildXlsx } from '../../tools/buildXlsx.mts';

const people = [
	['Reference ID', 'Email', 'First name', 'Last name', 'Birthdate'],
	['employee-1', 'jane.doe@example.com', 'Jane', 'Doe', '1994-04-12'],
	['employee-2', 'sam.fail@example.com', 'Sam', 'Fail', '1988-11-30'],
	['employee-3', 'kim.lee@example.com', 'Kim', 'Lee', ''],
];

/** Without an ID, with an address that is none, and with a date that does not exist. */
const peopleWithErrors = [
	people[0],
	['', 'jane.doe@example.com', 'Jane', 'Doe', '1994-04-12'],
	['employee-2', 'sam.fail', 'Sam', 'Fail', '1988-11-30'],
	['employee-3', 'kim.lee@example.com', 'Kim', 'Lee', '1990-02-30'],
];

const suppliers = [
	['Reference ID', 'First name', 'Last name', 'Birthdate', 'Country'],
	['supplier-1', 'Jane', 'Doe', '1994-04-12', 'US'],
	['supplier-2', 'Joe', 'Match', '1970-01-01', 'DE'],
	['supplier-3', 'Ann', 'Error', '', 'FR'],
];

const suppliersWithErrors = [
	suppliers[0],
	['', 'Jane', 'Doe', '1994-04-12', 'US'],
	['supplier-2', 'Joe', '', '1970-01-01', 'Atlantis'],
	['supplier-3', 'Ann', 'Lee', 'yesterday', 'FR'],
];

const buildCsv = (rows: string[][]) =>
	Buffer.from(rows.map((cells) => `${cells.join(',')}\r\n`).join(''));

/** Files to try a form with that takes a spreadsheet, by name. */
export const sampleFiles: Record<string, Buffer> = {
	'people.csv': buildCsv(people),
	'people.xlsx': buildXlsx(people),
	'people-with-errors.csv': buildCsv(peopleWithErrors),
	'suppliers.csv': buildCsv(suppliers),
	'suppliers.xlsx': buildXlsx(suppliers),
	'suppliers-with-errors.csv': buildCsv(suppliersWithErrors),
};

const listFiles = (prefix: string) =>
	Object.keys(sampleFiles).filter((name) => name.startsWith(prefix));

/** The names of the files for a form, by its path. */
export const sampleFilesByForm: Record<string, string[] | undefined> = {
	'persona-invitations': listFiles('people'),
	'persona-screening': listFiles('suppliers'),
};
