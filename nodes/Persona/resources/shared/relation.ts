import { required, text } from '../../fields/kinds';
import type { Fields } from '../../fields/types';

/** A relation from one account or transaction to another, by the names in Persona's `meta`. */
export const relationFields: Fields = {
	'relation-schema-key': required(
		text(
			'Relation Key',
			'Key of the relation, from the account or transaction type in the Persona dashboard',
			'business_owners',
		),
	),
	'target-object-id': required(
		text('Related Object ID', 'ID of the other account or transaction', 'act_ABC123'),
	),
};
