import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canConnect, launch, waitUntilReady, type Server } from '../../tools/servers.mts';

/** Where Debian and Ubuntu have the modules that nginx can load. */
const MODULES_FOLDER = '/usr/lib/nginx/modules';

/** What nginx needs to run Lua, which can change a request. */
const LUA_MODULES = ['ndk_http_module.so', 'ngx_http_lua_module.so'].map((name) =>
	join(MODULES_FOLDER, name),
);

/** Whether nginx can run Lua on this machine. */
export const hasLua = LUA_MODULES.every((file) => existsSync(file));

const TEMPORARY_FOLDERS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** Starts nginx with a configuration as in `conf.d/`, which listens at this local port. */
export async function startNginx(configuration: string, port: number): Promise<Server> {
	const folder = await mkdtemp(join(tmpdir(), 'persona-nginx-'));
	const file = join(folder, 'nginx.conf');
	await writeFile(
		file,
		[
			...(hasLua ? LUA_MODULES.map((module) => `load_module ${module};`) : []),
			// One process, which runs as this user and can read the folder.
			'daemon off; master_process off;',
			`pid ${folder}/pid; error_log stderr;`,
			'events {}',
			'http {',
			'access_log off;',
			...TEMPORARY_FOLDERS.map((name) => `${name}_temp_path ${folder}/${name};`),
			configuration,
			'}',
		].join('\n'),
	);
	const child = await launch('nginx', ['-p', folder, '-c', file, '-e', 'stderr'], folder);
	return await waitUntilReady(`https://127.0.0.1:${port}`, child, 'SIGQUIT', folder, () =>
		canConnect(port),
	);
}
