/** The current time as Persona writes it, in ISO 8601. */
export const getTimestamp = () => new Date().toISOString();
