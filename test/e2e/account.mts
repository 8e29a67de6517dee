import type { EditorAccount } from '../../tools/n8n/n8nClient.mts';

/** The owner of every n8n that the tests start. */
export const account: EditorAccount = { email: 'owner@example.com', password: 'Correct-horse-1' };
