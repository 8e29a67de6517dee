import type { Table } from '../engine/operation';
import { ids } from './ids';
import { inquiries } from './inquiry';

/** Every operation of the node. */
export const table: Table = { ids, resources: [inquiries] };
