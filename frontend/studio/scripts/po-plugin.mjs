// `import words from './de.po'`: the catalogue as the studio reads it, complete: what has no translation is English.
// `./de.po?shell` has only the words that the first drawing needs.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { english, idOf, SHELL } from './english.mjs';
import { categories, message, parse } from './po.mjs';

const says = (entry, { id, plural }) =>
  entry && !entry.fuzzy && entry.id === id && entry.plural === plural && entry.forms.length > 0 && entry.forms.every(Boolean);

export async function compiled(file, shell = false) {
  const { entries, plural } = parse(readFileSync(file, 'utf8'));
  const names = categories(basename(file, '.po'), plural);
  const source = Object.entries(await english(shell ? (name) => name === SHELL : undefined));
  return Object.fromEntries(
    source.map(([key, words]) => [key, says(entries.get(key), idOf(words)) ? message(entries.get(key), names) : words]),
  );
}

/** @returns {import('vite').Plugin} */
export const catalogues = () => ({
  name: 'gettext-catalogues',
  enforce: 'pre',
  async load(id) {
    const [file, query] = id.split('?');
    if (!file.endsWith('.po')) return null;
    return `export default ${JSON.stringify(await compiled(file, query === 'shell'))}`;
  },
});
