import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// One file, no module loader, no imports at run time: the pages work without it and it must not slow them down.
export default defineConfig({
  base: '/static/portal/',
  build: {
    outDir: fileURLToPath(new URL('../../platform/comeback/static/portal', import.meta.url)),
    emptyOutDir: true,
    manifest: 'manifest.json',
    modulePreload: false,
    target: 'es2020',
    reportCompressedSize: false,
    rollupOptions: {
      input: fileURLToPath(new URL('src/main.ts', import.meta.url)),
      output: { format: 'iife', entryFileNames: 'portal-[hash].js' },
    },
  },
});
