/**
 * Puts the command line into few files, dist/bin: Node opens each module of its own in its own time, and hundreds of them
 * cost a third of a short command's. All pieces lie in one folder, so that paths beside a module stay right.
 */
import { chmod, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
await rm(`${dist}bin`, { recursive: true, force: true });
const bundle = await rolldown({
  input: { ocelli: `${dist}cli/main.js`, 'ort-node-worker-entry': `${dist}runtime/ort-node-worker-entry.js` },
  platform: 'node',
  external: [/^node:/, /^onnxruntime-/, 'sharp'],
});
await bundle.write({ dir: `${dist}bin`, entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js', minify: true });
await bundle.close();
await chmod(`${dist}bin/ocelli.js`, 0o755);
