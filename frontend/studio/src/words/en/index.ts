import { common } from './common';
import { connect } from './connect';
import { customers } from './customers';
import { flows } from './flows';
import { imports } from './imports';
import { messages } from './messages';
import { orders } from './orders';
import { overview } from './overview';
import { products } from './products';
import { returns } from './returns';
import { settings } from './settings';
import { shipments } from './shipments';
import { tickets } from './tickets';
import { webhooks } from './webhooks';
import { welcome } from './welcome';

/** The source of every word: a room adds its file here. Other languages are in `words/<language>.po`. */
export const english = { ...common, ...returns, ...orders, ...customers, ...shipments, ...messages, ...flows, ...products, ...overview, ...settings, ...connect, ...webhooks, ...imports, ...welcome, ...tickets };
