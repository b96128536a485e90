import { defineConfig } from 'vitest/config';
import { catalogues } from './scripts/po-plugin.mjs';

export default defineConfig({ plugins: [catalogues()], test: { include: ['tests/**/*.test.{ts,tsx}'], environment: 'node' } });
