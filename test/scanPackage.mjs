// n8n’s own scan of a community package, for this checkout and a tarball instead of one in the registry.
import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [tarball] = process.argv.slice(2);
if (!tarball) throw new Error('Usage: node test/scanPackage.mjs TARBALL');

const unpacked = mkdtempSync(join(tmpdir(), 'persona-scan-'));
try {
	execFileSync('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1']);
	const legs = {
		source: await analyzePackage(process.cwd(), SOURCE_FILE_PATTERNS),
		tarball: await analyzePackage(unpacked, ['**/*.js', 'package.json']),
	};
	for (const [leg, { passed, message, details }] of Object.entries(legs)) {
		console.log(`${leg}: ${passed ? 'passed' : 'failed'}`, message ?? '', details ?? '');
		// If it has passed, details are warnings: there must be none.
		if (!passed || details) process.exitCode = 1;
	}
} finally {
	rmSync(unpacked, { recursive: true, force: true });
}
