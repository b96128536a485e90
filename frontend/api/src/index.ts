export { api, body, sendForm, setCsrf, upload } from './client';
export { Problem, type ProblemDetails } from './problem';
import type { components } from './schema';

export type Schemas = components['schemas'];
