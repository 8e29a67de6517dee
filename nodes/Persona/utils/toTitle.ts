/** Converts `inquiry-template` to `Inquiry Template`, `additionalFields` to `Additional Fields`. */
export const toTitle = (name: string) =>
	name.replace(/(^|-)(\w)|([A-Z])/g, (_, dash, first, capital) =>
		capital ? ` ${capital}` : (dash && ' ') + first.toUpperCase(),
	);
