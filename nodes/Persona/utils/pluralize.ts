/** Returns the plural of an English noun, e.g. `inquiries` of `inquiry`, if it is a regular one. */
export const pluralize = (noun: string) => `${noun}s`.replace(/([^aeo])ys$/, '$1ies');
