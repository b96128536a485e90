// Gettext catalogues: reading, writing, and what a language's plural forms are called in CLDR.

const ESCAPES = { n: '\n', t: '\t', '"': '"', '\\': '\\' };
const unquote = (text) => text.trim().slice(1, -1).replace(/\\(.)/g, (_, c) => ESCAPES[c] ?? c);
const quote = (text) => `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t')}"`;

/** @typedef {{ context: string, id: string, plural?: string, forms: string[], fuzzy: boolean, comments: string[] }} Entry */

/** One catalogue: its plural rule, and entries by context. Old entries (`#~`) are left out. */
export function parse(text) {
  const entries = new Map();
  let header = '';
  for (const block of text.split(/\n\s*\n/)) {
    const entry = parseBlock(block);
    if (!entry) continue;
    if (entry.id === '' && entry.context === '') header = entry.forms[0] ?? '';
    else entries.set(entry.context, entry);
  }
  return { header, plural: pluralRule(header), entries };
}

function parseBlock(block) {
  const fields = {};
  const comments = [];
  let field = '';
  for (const line of block.split('\n')) {
    const start = /^(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s+(".*")\s*$/.exec(line);
    if (start) fields[(field = start[1])] = unquote(start[2]);
    else if (line.startsWith('"')) fields[field] += unquote(line);
    else if (line.startsWith('#') && !line.startsWith('#~')) comments.push(line);
  }
  if (!('msgid' in fields)) return null;
  const forms = Object.keys(fields).filter((name) => name.startsWith('msgstr')).sort().map((name) => fields[name]);
  const fuzzy = comments.some((line) => line.startsWith('#,') && line.includes('fuzzy'));
  return { context: fields.msgctxt ?? '', id: fields.msgid, plural: fields.msgid_plural, forms, fuzzy, comments };
}

/** `index(n)` and the number of forms, from the Plural-Forms header. */
export function pluralRule(header) {
  const found = /nplurals=(\d+);\s*plural=([n\d\s?:%=!<>&|()]+);/.exec(header);
  if (!found) throw new Error('a catalogue needs a Plural-Forms header');
  const index = new Function('n', `return Number(${found[2]})`);
  return { count: Number(found[1]), index };
}

/**
 * CLDR names of the forms, in gettext's order. Gettext counts whole things; a fraction takes the form that CLDR gives
 * it, or `few` where whole numbers never use that form (Polish, Russian).
 */
export function categories(language, plural) {
  const rules = new Intl.PluralRules(language);
  const names = {};
  for (let n = 0; n <= 1000; n += 1) {
    const name = rules.select(n);
    if (names[name] !== undefined && names[name] !== plural.index(n)) {
      throw new Error(`${language}: the plural rule disagrees with CLDR at ${n}`);
    }
    names[name] = plural.index(n);
  }
  return { ...names, other: names.other ?? names.few };
}

/** The entry as the studio reads it: a text, or texts by CLDR name. */
export function message(entry, names) {
  if (entry.plural === undefined) return entry.forms[0];
  return Object.fromEntries(Object.entries(names).map(([name, index]) => [name, entry.forms[index]]));
}

export function serialise(header, entries) {
  const lines = ['msgid ""', 'msgstr ""', ...header.trim().split('\n').map((line) => quote(`${line}\n`)), ''];
  for (const { context, id, plural, forms, comments } of entries) {
    lines.push(...comments, `msgctxt ${quote(context)}`, `msgid ${quote(id)}`);
    if (plural === undefined) lines.push(`msgstr ${quote(forms[0] ?? '')}`, '');
    else lines.push(`msgid_plural ${quote(plural)}`, ...forms.map((form, i) => `msgstr[${i}] ${quote(form)}`), '');
  }
  return lines.join('\n');
}
