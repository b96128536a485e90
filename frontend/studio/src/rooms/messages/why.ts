import { humanise } from '../../words/messages';
import type { Words } from '../../words/Words';

/** The server's reason in plain words: known ones have a sentence, the others are told as they came. */
export function whyNot(why: string, { word }: Pick<Words, 'word'>): string {
  const key = why.split(':').at(-1)?.trim() ?? why;
  for (const one of [why, key]) {
    const said = word('whynot', one);
    if (said !== humanise(one)) return said;
  }
  return humanise(why);
}
