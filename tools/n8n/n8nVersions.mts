import { CommandError, runCommand } from '../runCommand.cjs';
import { installN8n, isOffline } from './installN8n.mts';

/** A version that could not be installed, with npm's reason. */
export interface SkippedVersion {
	version: string;
	reason: string;
}

interface InstallOptions {
	signal?: AbortSignal;
	note?: (text: string) => void;
}

/** How many versions are tried before it is clear that the fault is not theirs. */
const maxTries = 10;

const compareVersions = (one: string, other: string) =>
	one.localeCompare(other, 'en', { numeric: true });

/** Lists the versions of n8n in the registry, newest first, without trial versions. */
export async function listPublishedVersions(signal?: AbortSignal): Promise<string[]> {
	const printed = await runCommand('npm', ['view', 'n8n', 'versions', '--json'], { signal });
	const versions = JSON.parse(printed) as string[];
	return versions
		.filter((version) => /^\d+\.\d+\.\d+$/.test(version))
		.sort(compareVersions)
		.reverse();
}

/** Lists the versions that a name stands for, in the order of `published`. */
export const findCandidates = (name: string, published: string[]): string[] =>
	name === 'newest'
		? published
		: published.filter((version) => `${version}.`.startsWith(`${name}.`));

/**
 * Installs the newest version that a name such as `2.34`, `2.40.7` or `newest` stands for and that can be
 * installed here. Not every version can: some ask for packages that a registry does not have (yet).
 * Throws if none can.
 */
export async function installNewest(
	name: string,
	published: string[],
	{ signal, note }: InstallOptions = {},
): Promise<{ version: string; skipped: SkippedVersion[] }> {
	const skipped: SkippedVersion[] = [];
	for (const version of findCandidates(name, published).slice(0, maxTries)) {
		try {
			await installN8n({ version, signal, note });
			return { version, skipped };
		} catch (error) {
			if (signal?.aborted || isOffline(error)) throw error;
			skipped.push({ version, reason: findReason(error as Error) });
		}
	}
	const reasons = skipped.map(({ version, reason }) => `${version}: ${reason}`);
	throw new Error([`No version of n8n for "${name}" can be installed`, ...reasons].join('\n'));
}

/** Finds the line in which npm says what is wrong. */
function findReason(error: Error): string {
	const output = error instanceof CommandError ? error.output : error.message;
	const lines = output
		.split('\n')
		.map((line) => line.replace(/^npm (error|ERR!) (notarget )?/, ''));
	return (
		lines.find((line) => /No matching version|404 .* not found|notarget/i.test(line)) ?? lines[0]
	);
}
