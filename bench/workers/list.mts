import { listInquiries } from '../listInquiries.mts';

const { apiUrl, key, query } = JSON.parse(process.argv[2]);
// A warm-up for the compiler: n8n has been running for a while, too.
await listInquiries(apiUrl, key, query);
const startedAt = performance.now();
const { length: count } = await listInquiries(apiUrl, key, query);
console.log(JSON.stringify({ ms: performance.now() - startedAt, count }));
