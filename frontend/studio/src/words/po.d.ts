declare module '*.po' {
  import type { Catalogue } from './messages';

  const words: Catalogue;
  export default words;
}
