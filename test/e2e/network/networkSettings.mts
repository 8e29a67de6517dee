import { readFileSync } from 'node:fs';

/** The page whose settings the tests use, so that it says what works. */
const PAGE = 'docs/network.md';

/** Where the settings of the page have their place on this machine. */
export interface Places {
	/** The ports of nginx, at which n8n is reached from outside, and of n8n itself. */
	publicPort: number;
	n8nPort: number;
	certificateFile: string;
	keyFile: string;
	hasIpv6: boolean;
}

/** Finds the text of the page in a language, such as `nginx`. */
function readBlock(language: string): string {
	const blocks = [
		...readFileSync(PAGE, 'utf8').matchAll(new RegExp(`\`\`\`${language}\\n(.+?)\`\`\``, 'gs')),
	];
	if (blocks.length !== 1) throw new Error(`${PAGE} has ${blocks.length} blocks of ${language}`);
	return blocks[0][1];
}

/** Replaces texts, each of which must be there. */
export const replaceAll = (text: string, replacements: Array<[from: string, to: string]>) =>
	replacements.reduce((result, [from, to]) => {
		if (!result.includes(from)) throw new Error(`There is no ${from}`);
		return result.replaceAll(from, to);
	}, text);

/** Reads the configuration of nginx with the places of this machine. */
export const readNginxConfiguration = ({
	publicPort,
	n8nPort,
	certificateFile,
	keyFile,
	hasIpv6,
}: Places): string =>
	replaceAll(readBlock('nginx'), [
		['listen 443', `listen 127.0.0.1:${publicPort}`],
		['listen [::]:443 ssl;', hasIpv6 ? `listen [::1]:${publicPort} ssl;` : ''],
		['http://127.0.0.1:5678/', `http://127.0.0.1:${n8nPort}/`],
		['/etc/ssl/n8n/certificate.pem', certificateFile],
		['/etc/ssl/n8n/key.pem', keyFile],
	]);

/** Reads the variables of n8n behind nginx. */
export const readN8nSettings = ({ publicPort }: Places): Record<string, string> =>
	Object.fromEntries(
		replaceAll(readBlock('ini'), [
			['https://n8n.example.com/', `https://n8n.example.com:${publicPort}/`],
		])
			.trim()
			.split('\n')
			.map((line) => line.split(/=(.*)/s).slice(0, 2)),
	);
