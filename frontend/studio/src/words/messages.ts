// The rooms' words are joined in en/index.ts; only their types are wanted here, so that no language is loaded unasked.
import type { english } from './en';

/** A plural message has the forms that the language's `Intl.PluralRules` may ask for; `other` always exists. */
export type Plural = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;
export type Message = string | Plural;

export type Key = keyof typeof english;
export type Catalogue = Record<Key, Message>;

export type Params = Record<string, string | number>;

const rules = new Map<string, Intl.PluralRules>();

function form(message: Plural, locale: string, count: number): string {
  let rule = rules.get(locale);
  if (!rule) rules.set(locale, (rule = new Intl.PluralRules(locale)));
  return message[rule.select(count)] ?? message.other;
}

/** `{name}` is replaced by its parameter; a plural chooses its form by `count`. */
export function fill(message: Message, locale: string, params: Params = {}): string {
  const text = typeof message === 'string' ? message : form(message, locale, Number(params.count ?? 0));
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? value.toLocaleString(locale) : value;
  });
}

/** "store_credit" → "Store credit": for words the server knows and this build does not yet. */
export function humanise(word: string): string {
  const plain = word.replace(/[._]+/g, ' ').trim();
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
