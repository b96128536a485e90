// The first load is what the entry needs before anything is drawn: its own file and its static imports, gzipped.
// The build fails above the budget; `npm run build` therefore is the test of it.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET = 150 * 1024;
const OUT = new URL('../../../platform/comeback/static/studio/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('manifest.json', OUT), 'utf8'));

function firstLoad(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) firstLoad(next, seen);
  return seen;
}

const size = (file) => gzipSync(readFileSync(new URL(file, OUT)), { level: 9 }).length;
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
const keys = [...firstLoad('index.html')];
// A reader loads the words of one language, before anything is drawn: the largest counts.
const words = Object.keys(manifest).filter((key) => /words\/(\w\w\.po\?shell|en\/common\.ts)$/.test(key));
const reader = Math.max(...words.map((key) => size(manifest[key].file)));
const js = keys.reduce((sum, key) => sum + size(manifest[key].file), reader);
const css = [...new Set(keys.flatMap((key) => manifest[key].css ?? []))].reduce((sum, file) => sum + size(file), 0);

process.stdout.write(`studio first load: ${kb(js)} JS gz (budget ${kb(BUDGET)}), ${kb(reader)} of it words, ${kb(css)} CSS gz\n`);
if (js > BUDGET) {
  process.stderr.write('The studio is over its budget.\n');
  process.exit(1);
}
