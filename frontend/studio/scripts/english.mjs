// The English words, from the typed files that the studio's rooms keep them in.
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

const FOLDER = new URL('../src/words/en/', import.meta.url);

async function load(file) {
  const source = readFileSync(new URL(file, FOLDER), 'utf8');
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 };
  const code = ts.transpileModule(source, { compilerOptions: options }).outputText;
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}

/** The room whose words the first drawing needs: navigation, log-in, search, problems. */
export const SHELL = 'common.ts';

/** Every key with its English message, in the order of the files; of the files that `wanted` lets through. */
export async function english(wanted = () => true) {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts') && file !== 'index.ts' && wanted(file)).sort();
  const modules = await Promise.all(files.map(load));
  return Object.assign({}, ...modules.flatMap((module) => Object.values(module)));
}

/** What gettext calls the message: its id, and its plural where it counts. */
export function idOf(words) {
  return typeof words === 'string' ? { id: words } : { id: words.one ?? words.other, plural: words.other };
}
