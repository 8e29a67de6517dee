import { networkInterfaces } from 'node:os';

/** Whether this machine has IPv6. */
export const hasIpv6 = Object.values(networkInterfaces())
	.flatMap((addresses) => addresses ?? [])
	.some(({ address }) => address === '::1');

/** Declares a test that needs IPv6 on this machine; it is skipped, and counted, where there is none. */
export const itWithIpv6 = hasIpv6 ? it : it.skip;
