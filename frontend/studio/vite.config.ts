import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { catalogues } from './scripts/po-plugin.mjs';

export default defineConfig({
  base: '/static/studio/',
  plugins: [react(), catalogues()],
  build: {
    outDir: fileURLToPath(new URL('../../platform/comeback/static/studio', import.meta.url)),
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8000' } },
});
