// `npm run words` brings the catalogues to the English words; `npm run words:check` tells what they lack.
// A changed English text makes its translations stale: they are kept, marked fuzzy, and count as missing.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { english, idOf } from './english.mjs';
import { categories, parse, pluralRule, serialise } from './po.mjs';

const FOLDER = new URL('../words/', import.meta.url);
const LIST = readFileSync(new URL('../src/words/languages.ts', import.meta.url), 'utf8');
const LANGUAGES = [...LIST.matchAll(/^ {2}(\w\w): '/gm)].map((match) => match[1]);
/** Gettext's rules for whole numbers; `categories` proves them against CLDR. */
const TWO = 'nplurals=2; plural=(n != 1);';
const SLAVIC = '(n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)';
const PLURALS = {
  fr: 'nplurals=2; plural=(n > 1);',
  pl: `nplurals=3; plural=(n==1 ? 0 : ${SLAVIC.slice(1, -1)});`,
  ro: 'nplurals=3; plural=(n==1 ? 0 : n==0 || (n%100>0 && n%100<20) ? 1 : 2);',
  ru: `nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : ${SLAVIC.slice(1, -1)});`,
};

const fileOf = (language) => new URL(`${language}.po`, FOLDER);
const headerOf = (language) =>
  `Language: ${language}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n` +
  `Plural-Forms: ${PLURALS[language] ?? TWO}`;
const readOr = (language) => (existsSync(fileOf(language)) ? parse(readFileSync(fileOf(language), 'utf8')).entries : new Map());
const places = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join(' ');

function updated(language, source) {
  const known = readOr(language);
  const count = pluralRule(headerOf(language)).count;
  return Object.entries(source).map(([context, words]) => {
    const wanted = idOf(words);
    const old = known.get(context);
    const blank = wanted.plural === undefined ? [''] : Array(count).fill('');
    if (language === 'en' || !old || old.forms.length !== blank.length) return { context, ...wanted, forms: blank, comments: [] };
    const same = old.id === wanted.id && old.plural === wanted.plural;
    const fuzzy = old.forms.some(Boolean) && (!same || old.fuzzy);
    return { context, ...wanted, forms: old.forms, comments: fuzzy ? ['#, fuzzy'] : [] };
  });
}

function problems(language, source) {
  const { entries, plural } = parse(readFileSync(fileOf(language), 'utf8'));
  categories(language, plural);
  const found = Object.entries(source).flatMap(([key, words]) => {
    const wanted = idOf(words);
    const entry = entries.get(key);
    if (!entry || entry.id !== wanted.id || entry.plural !== wanted.plural) return [`${key}: not extracted`];
    if (language === 'en') return [];
    if (entry.fuzzy) return [`${key}: stale`];
    const texts = entry.forms.filter((form) => form.trim());
    if (texts.length !== (wanted.plural === undefined ? 1 : plural.count)) return [`${key}: not translated`];
    // The form for one thing may say "a return" without its number.
    const allowed = new Set([places(wanted.id), places(wanted.plural ?? wanted.id)]);
    return texts.every((form) => allowed.has(places(form))) ? [] : [`${key}: other places than in English`];
  });
  const extra = [...entries.keys()].filter((key) => !(key in source)).map((key) => `${key}: no longer used`);
  return [...found, ...extra].map((line) => `${language}.po ${line}`);
}

const source = await english();
if (process.argv[2] === 'check') {
  const found = LANGUAGES.flatMap((language) => problems(language, source));
  process.stdout.write(`studio words: ${Object.keys(source).length} messages, ${LANGUAGES.length} languages, ${found.length} problems\n`);
  if (found.length) {
    process.stderr.write(`${found.slice(0, 50).join('\n')}\n`);
    process.exit(1);
  }
} else {
  for (const language of LANGUAGES) writeFileSync(fileOf(language), serialise(headerOf(language), updated(language, source)));
}
