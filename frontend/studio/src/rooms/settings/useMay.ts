import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../../data/queries';

/** Whether the person at the desk holds a permission; the server decides again on every press. */
export function useMay(permission: string): boolean {
  const { data } = useQuery({ ...sessionQuery, enabled: false });
  return data?.permissions.includes(permission) ?? false;
}
