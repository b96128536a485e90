// The customer pages carry at most 5 KB of JavaScript, gzipped; the build fails above it.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET = 5 * 1024;
const OUT = new URL('../../../platform/comeback/static/portal/', import.meta.url);
const { file } = JSON.parse(readFileSync(new URL('manifest.json', OUT), 'utf8'))['src/main.ts'];
const size = gzipSync(readFileSync(new URL(file, OUT)), { level: 9 }).length;

process.stdout.write(`portal: ${(size / 1024).toFixed(2)} KB JS gz (budget ${(BUDGET / 1024).toFixed(0)} KB)\n`);
if (size > BUDGET) {
  process.stderr.write('The portal is over its budget.\n');
  process.exit(1);
}
