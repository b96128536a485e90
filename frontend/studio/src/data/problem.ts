import { Problem } from '@comeback/api';
import type { Words } from '../words/Words';

/** What a refused request means, as a sentence for the person in front of the screen. */
export function sentence(error: unknown, t: Words['t']): string {
  if (!(error instanceof Problem)) return t('problem.server');
  if (error.errors.length > 0) return error.errors.map((e) => e.message).join(' ');
  switch (error.status) {
    case 0:
      return t('problem.offline');
    case 403:
      return t('problem.forbidden');
    case 404:
      return t('problem.notFound');
    case 409:
      return error.detail || t('problem.conflict');
    case 429:
      return t('problem.tooMany');
    default:
      return error.status >= 500 || !error.detail ? t('problem.server') : error.detail;
  }
}
