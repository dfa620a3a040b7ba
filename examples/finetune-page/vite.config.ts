/** How the page is bundled and served: ONNX Runtime's files beside it, and headers that let WASM have threads. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const source = (path: string): string => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

/** ONNX Runtime loads these when it starts: the first pair for WASM, the second for WebGPU. */
const runtimeFiles = ['ort-wasm-simd-threaded', 'ort-wasm-simd-threaded.asyncify'].flatMap((name) => [
  `${name}.mjs`,
  `${name}.wasm`,
]);

function onnxRuntime(): Plugin {
  const { resolve } = createRequire(import.meta.url);
  return {
    name: 'onnxruntime-files',
    generateBundle() {
      for (const name of runtimeFiles) {
        this.emitFile({ type: 'asset', fileName: `ort/${name}`, source: readFileSync(resolve(`onnxruntime-web/${name}`)) });
      }
    },
  };
}

const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [onnxRuntime()],
  resolve: {
    // Without this the bundle would hold a second copy of ONNX Runtime's files.
    conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'import', 'default'],
    // In this repository the package is its own source; elsewhere it is in node_modules, and this is not needed.
    alias: [
      { find: /^ocelli$/, replacement: source('web.ts') },
      { find: /^ocelli\/models\/(\w+)$/, replacement: source('models/classification/$1.ts') },
      { find: /^ocelli\/(\w+)$/, replacement: source('$1/index.ts') },
    ],
  },
  worker: { format: 'es' },
  build: { target: 'es2022', modulePreload: false, outDir: 'dist', emptyOutDir: true },
  preview: { headers },
});
