import type { Action } from '../../data/actions';

/** The permission each button needs; the same table stands in the server's routes. */
export const NEEDS: Record<Action, string> = {
  approve: 'returns:decide',
  decline: 'returns:decide',
  receive: 'returns:write',
  inspect: 'returns:write',
  settle: 'refunds:write',
};
