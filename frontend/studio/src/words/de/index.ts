import type { Catalogue } from '../messages';
import { common } from './common';
import { orders } from './orders';
import { returns } from './returns';

export const german: Catalogue = { ...common, ...returns, ...orders };
