import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian and Ubuntu keep PostgreSQL's programs, a folder per version. */
const postgresVersions = '/usr/lib/postgresql';

/** Servers of the user's own, which are then used instead of ones that the tests start. */
export const configuredServers = {
	redis: process.env.QUEUE_TEST_REDIS_URL,
	postgres: process.env.QUEUE_TEST_POSTGRES_URL,
};

/** Where a program stands on this machine, if it does. */
export function findProgram(name: string): string | undefined {
	const versions = existsSync(postgresVersions) ? readdirSync(postgresVersions) : [];
	const folders = [
		...(process.env.PATH ?? '').split(delimiter),
		...versions.map((version) => join(postgresVersions, version, 'bin')),
	];
	return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** Whom PostgreSQL runs as: it refuses to be root. Undefined where there is nobody. */
export function findPostgresUser(): { uid?: number; gid?: number } | undefined {
	if (process.getuid?.() !== 0) return {};
	const [, uid, gid] =
		/^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
	return uid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

/** Why queue mode cannot be tried on this machine; undefined where it can. */
export function findMissingPrograms(): string | undefined {
	const reasons: string[] = [];
	if (!configuredServers.redis && !findProgram('redis-server')) {
		reasons.push('there is no redis-server; install it, or name one in QUEUE_TEST_REDIS_URL');
	}
	if (!configuredServers.postgres) {
		const tools = ['initdb', 'postgres', 'pg_isready'].filter((name) => !findProgram(name));
		const mend = 'name an empty database in QUEUE_TEST_POSTGRES_URL';
		if (tools.length > 0) {
			reasons.push(`there is no ${tools.join(', ')}; install PostgreSQL, or ${mend}`);
		} else if (!findPostgresUser()) {
			reasons.push(`PostgreSQL refuses to run as root and there is no user postgres; ${mend}`);
		}
	}
	return reasons.join('; ') || undefined;
}

function isExecutable(file: string) {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
