import type { Catalogue } from '../messages';
import { english } from '../messages';
export const german: Catalogue = { ...english };
