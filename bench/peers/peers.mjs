/** The peers that are installed, by name: the files of their workers. */
import { existsSync } from 'node:fs';
import { here } from '../worker.mjs';

const files = { 'TensorFlow.js, CPU': 'tfjs.mjs', 'jax-js, WASM': 'jax.mjs' };

export function peers() {
  if (!existsSync(here('peers/node_modules'))) return {};
  return Object.fromEntries(Object.entries(files).map(([name, file]) => [name, here(`peers/${file}`)]));
}
