/**
 * Puts the command line into few files, dist/bin: Node opens each module of its own in its own time, and hundreds of them
 * cost a third of a short command's. All pieces lie in one folder, so that paths beside a module stay right.
 *
 *   node scripts/bundle-cli.mjs dist
 */
import { chmodSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** @param dist the compiled package, which gets a folder `bin` */
export async function bundleCli(dist) {
  const bin = resolve(dist, 'bin');
  rmSync(bin, { recursive: true, force: true });
  const bundle = await rolldown({
    input: {
      ocelli: resolve(dist, 'cli/main.js'),
      'ort-node-worker-entry': resolve(dist, 'runtime/ort-node-worker-entry.js'),
      'node-thread-entry': resolve(dist, 'platform/node-thread-entry.js'),
      'loader-thread': resolve(dist, 'data/loader-thread.js'),
    },
    platform: 'node',
    external: [/^node:/, /^onnxruntime-/, 'sharp'],
  });
  // `ocelli summary` prints the names of classes.
  const minify = { mangle: { keepNames: { class: true, function: false } } };
  await bundle.write({ dir: bin, entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js', minify });
  await bundle.close();
  chmodSync(join(bin, 'ocelli.js'), 0o755);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleCli(process.argv[2]);
