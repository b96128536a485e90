import type { Plugin } from 'vite';

export function compiled(file: string, shell?: boolean): Promise<Record<string, string | Record<string, string>>>;
export function catalogues(): Plugin;
