import { listInquiries } from '../pageLoop.mts';

const { apiUrl, key, query } = JSON.parse(process.argv[2]);
// The first time is for the compiler: n8n has run for a while when its turn comes.
await listInquiries(apiUrl, key, query);
const from = performance.now();
const { length: count } = await listInquiries(apiUrl, key, query);
console.log(JSON.stringify({ ms: performance.now() - from, count }));
