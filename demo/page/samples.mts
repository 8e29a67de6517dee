import type { IDataObject } from 'n8n-workflow';

const person = { firstName: 'Jane', lastName: 'Doe', email: 'jane@example.com' };

const business = {
	...{ name: 'Acme Widgets Inc', street: '1 Market Street', city: 'San Francisco' },
	...{ state: 'California', postalCode: '94105', ein: '12-3456789' },
};

/** What your app sends to the workflows that it calls, by the path of their webhook. */
export const samples: Record<string, IDataObject> = {
	'persona-sign-up': { userId: 'user-1', ...person, plan: 'basic' },
	'persona-sign-up-inside': { userId: 'user-2', ...person, email: 'jane2@example.com' },
	'persona-payment': { userId: 'user-1', paymentId: 'payment-1', amount: 5_000, ...person },
	'persona-transaction': {
		userId: 'user-1',
		transactionId: 'transaction-1',
		amount: 5_000,
		...person,
	},
	'persona-business': { businessId: 'business-1', ...business },
};

/** What a Persona workflow sends to n8n. The ID of an account is added. */
export const sampleOfCall: IDataObject = business;
