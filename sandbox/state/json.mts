/** Any value that JSON can hold. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A JSON object. Members that are `undefined` are left out when it is serialized. */
export type JsonObject = { [key: string]: Json };
