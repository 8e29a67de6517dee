import type { FailItem } from '../transport/errors';
import { formatCountryCode } from '../utils/values/countryCode';
import { formatDomain, getDomainKey } from '../utils/values/domain';
import { formatEmailAddress, getEmailAddressKey } from '../utils/values/emailAddress';
import {
	formatEin,
	formatSocialSecurityNumber,
	isSpreadsheetNumber,
} from '../utils/values/idNumber';
import { formatIpBlock } from '../utils/values/ipBlock';
import { formatAnyPhoneNumber, formatPhoneNumber } from '../utils/values/phoneNumber';
import { trimText } from '../utils/values/trimText';
import { findId } from './idKinds';

/**
 * Kinds of values that people and programs spell in several ways. Each is written in the form
 * that Persona asks for.
 */
export type ValueFormat =
	| 'trimmedText'
	| 'identifier'
	| 'emailAddress'
	| 'emailAddressOrDomain'
	| 'phoneNumber'
	| 'anyPhoneNumber'
	| 'countryCode'
	| 'ipRange'
	| 'ipAllowlistEntry'
	| 'ein'
	| 'objectId'
	| 'socialSecurityNumber';

interface FormatRule {
	/** Undefined for what cannot be read. The text is never empty. */
	format: (text: string) => string | undefined;
	/** What the field converts, as a sentence of its description. */
	conversion: string;
	/** What is wrong with a value that cannot be read, after the label of its field. */
	problem?: string;
	/** How to write the value. */
	fix?: string;
	/** It consists of digits, as a rule, which a spreadsheet takes for a number to calculate with. */
	isDigits?: true;
	/** The text by which two spellings of a written value are equal, if it is not the value. */
	getKey?: (text: string) => string | undefined;
}

const keepAsterisk =
	(format: FormatRule['format']): FormatRule['format'] =>
	(text) =>
		text === '*' ? text : format(text);

/** How each kind of value is written for Persona. */
export const VALUE_FORMATS: Record<ValueFormat, FormatRule> = {
	trimmedText: {
		format: (text) => text,
		conversion: 'Blanks and invisible marks around it are removed',
	},
	identifier: {
		format: (text) => text,
		conversion: 'Blanks and invisible marks around it are removed',
		isDigits: true,
	},
	emailAddress: {
		format: formatEmailAddress,
		conversion: 'Only the address is sent, without mailto: or a name before it',
		problem: 'is not an email address',
		fix: 'Write a single address, e.g. jane.doe@example.com.',
	},
	emailAddressOrDomain: {
		format: (text) => formatEmailAddress(text) ?? formatDomain(text),
		conversion: 'Only the address is sent, without mailto: or a name before it',
		problem: 'is neither an email address nor a domain',
		fix: 'Write e.g. jane.doe@example.com or example.com. Write each subdomain by itself, without an asterisk.',
		getKey: (text) => getEmailAddressKey(text) ?? getDomainKey(text),
	},
	phoneNumber: {
		format: formatPhoneNumber,
		isDigits: true,
		conversion: 'Sent as + and digits; 00 or 011 before the country code becomes +',
		problem: 'is not a phone number with country code',
		fix: 'Write it with + and the country code and without an extension, e.g. +14155551234.',
	},
	anyPhoneNumber: {
		format: formatAnyPhoneNumber,
		isDigits: true,
		conversion:
			'With + or 00 before the country code, it is sent as + and digits, and otherwise as written',
		problem: 'is not a phone number',
		fix: 'Write it with + and the country code, e.g. +14155551234.',
	},
	countryCode: {
		format: formatCountryCode,
		conversion: 'Three-letter codes, numbers such as 840, UK and English names are converted',
		problem: 'is not a country, or not a certain one',
		fix: 'Write its two letters, e.g. US, or its English name. Digits that are also a calling code, e.g. 380, could be two countries.',
	},
	ipRange: {
		format: formatIpBlock,
		conversion:
			'Sent without a port; a netmask or an asterisk at the end becomes the number of bits after a slash',
		problem: 'is not an IP address or range',
		fix: 'Write a single one, e.g. 203.0.113.42 or 203.0.113.0/24. Of several in a header such as X-Forwarded-For, choose the one that your own proxy has added.',
	},
	ipAllowlistEntry: {
		format: keepAsterisk(formatIpBlock),
		conversion: 'Each is sent without a port',
		problem: 'has an entry that is not an IP address',
		fix: 'Write e.g. 203.0.113.7, 203.0.113.8',
	},
	ein: {
		format: formatEin,
		isDigits: true,
		conversion: 'A dash is added',
		problem: 'is not a US employer identification number',
		fix: 'Write its nine digits, e.g. 12-3456789. A spreadsheet may have removed a zero at the beginning.',
	},
	objectId: {
		format: (text) => /^[a-z]+_[\w-]+$/i.exec(findId(text) ?? '')?.[0],
		conversion: 'Reference IDs are refused',
		problem: 'has an entry that is not the ID of an object',
		fix: 'Write IDs from Persona with commas between them, e.g. inq_ABC123, rep_ABC123, or the addresses of their pages there. A reference ID does not find an object here.',
	},
	socialSecurityNumber: {
		format: formatSocialSecurityNumber,
		isDigits: true,
		conversion: 'Dashes are added',
		problem: 'is not a US social security number',
		fix: 'Write its nine digits, e.g. 123-45-6789. A spreadsheet may have removed a zero at the beginning.',
	},
};

/** What to do about a number that a spreadsheet or a program has changed. */
export const HOW_TO_KEEP_DIGITS =
	'It ends in .0 or is written like 1.23E+11, so digits may be missing. Format its column as text where it comes from, and write the number again.';

/**
 * Writes a text in the form that Persona asks for. Blanks alone become an empty text. Calls `fail` if
 * the text cannot be read.
 */
export function formatValue(
	format: ValueFormat,
	text: string,
	label: string,
	fail: FailItem,
): string {
	const trimmed = trimText(text);
	if (trimmed === '') return '';
	const { problem = 'cannot be read', fix = '', ...rule } = VALUE_FORMATS[format];
	if (rule.isDigits && isSpreadsheetNumber(trimmed)) {
		fail(`'${label}' was changed by a spreadsheet or a program`, HOW_TO_KEEP_DIGITS);
	}
	return rule.format(trimmed) ?? fail(`'${label}' ${problem}`, fix);
}

/** Returns a value that is the same for all spellings of it. */
export const getValueKey = (format: ValueFormat | undefined, value: unknown): unknown =>
	(format && typeof value === 'string' && VALUE_FORMATS[format].getKey?.(value)) || value;
