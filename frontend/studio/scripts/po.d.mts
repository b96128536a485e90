export interface Entry {
  context: string;
  id: string;
  plural?: string;
  forms: string[];
  fuzzy: boolean;
  comments: string[];
}
export interface PluralRule {
  count: number;
  index(n: number): number;
}
export function parse(text: string): { header: string; plural: PluralRule; entries: Map<string, Entry> };
export function pluralRule(header: string): PluralRule;
export function categories(language: string, plural: PluralRule): Record<string, number>;
export function message(entry: Entry, names: Record<string, number>): string | Record<string, string>;
export function serialise(header: string, entries: Iterable<Entry>): string;
