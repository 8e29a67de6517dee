import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Folder of PostgreSQL's programs in Debian and Ubuntu, with a subfolder per version. */
const postgresVersions = '/usr/lib/postgresql';

/** The user's own servers. Without them the tests start their own. */
export const configuredServers = {
	redis: process.env.QUEUE_TEST_REDIS_URL,
	postgres: process.env.QUEUE_TEST_POSTGRES_URL,
};

/** Finds the path of a program on this machine. */
export function findProgram(name: string): string | undefined {
	const versions = existsSync(postgresVersions) ? readdirSync(postgresVersions) : [];
	const folders = [
		...(process.env.PATH ?? '').split(delimiter),
		// Where Debian has nginx, which is not in everyone's path.
		'/usr/sbin',
		...versions.map((version) => join(postgresVersions, version, 'bin')),
	];
	return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** Finds the user that PostgreSQL runs as, since it does not run as root. Undefined when there is none. */
export function findPostgresUser(): { uid?: number; gid?: number } | undefined {
	if (process.getuid?.() !== 0) return {};
	const [, uid, gid] =
		/^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
	return uid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

/** Returns why no PostgreSQL can be started and asked on this machine, or undefined. */
export function explainMissingPostgres(): string | undefined {
	const programs = configuredServers.postgres
		? ['psql']
		: ['initdb', 'postgres', 'pg_isready', 'psql'];
	const missing = programs.filter((name) => !findProgram(name));
	if (missing.length > 0) return `there is no ${missing.join(', ')}`;
	const isUserMissing = !configuredServers.postgres && !findPostgresUser();
	return isUserMissing
		? 'PostgreSQL does not run as root, and there is no user postgres'
		: undefined;
}

/** Returns why queue mode cannot be tested on this machine, or undefined. */
export function findMissingPrograms(): string | undefined {
	const reasons: string[] = [];
	if (!configuredServers.redis && !findProgram('redis-server')) {
		reasons.push('there is no redis-server; install it, or name one in QUEUE_TEST_REDIS_URL');
	}
	if (!configuredServers.postgres) {
		const tools = ['initdb', 'postgres', 'pg_isready'].filter((name) => !findProgram(name));
		const alternative = 'name an empty database in QUEUE_TEST_POSTGRES_URL';
		if (tools.length > 0) {
			reasons.push(`there is no ${tools.join(', ')}; install PostgreSQL, or ${alternative}`);
		} else if (!findPostgresUser()) {
			reasons.push(
				`PostgreSQL does not run as root, and there is no user postgres; ${alternative}`,
			);
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
