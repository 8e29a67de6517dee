/** What an app may send in place of an ID: nothing that tells one user or payment from another. */
export const wrongIds = [
	...[undefined, null, '', ' ', '\u200b', '[object Object]', 'user-[object Object]', 'undefined'],
	// Nothing in other languages, and templates that nobody has filled in.
	...['None', 'NULL', 'nil ', 'NaN', '{{ user.id }}', 'user-${id}'],
	...[{}, { id: 'user-1' }, [], ['user-1'], true, 0, -1, 1.5, 2 ** 60, 'x'.repeat(201), 'a\nb'],
];
