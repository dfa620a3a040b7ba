/** A copy of the sources with weights in it, put there as a release would, so that the way of embedded weights can be tested end to end. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { efficientnet_mini } from '../../src/models/classification/efficientnet.ts';
import { lenet5 } from '../../src/models/classification/lenet.ts';
import { namedParameters } from '../../src/nn/module.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import type { Model } from '../../src/program/inference-graph.ts';
import { saveWeights } from '../../src/tasks/load-weights.ts';
import { fill } from '../parity/fill.ts';

const root: string = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

export interface Embedding {
  /** The copy. */
  readonly root: string;
  /** Embeds weights drawn by `seed`, and gives what the script printed. */
  embed(what: Embedded, seed: number): Promise<string>;
  remove(): Promise<void>;
}

/** A run to embed. */
export interface Embedded {
  readonly model: 'lenet5' | 'efficientnet_mini';
  readonly data: 'fashion-mnist' | 'cifar10';
  readonly entry: string;
}

/** Copies the sources beside a link to the dependencies, and compiles them. */
export async function copySources(): Promise<Embedding> {
  // The real path, as bundlers compare paths; macOS has a link at the temporary folder.
  const copy = await realpath(await mkdtemp(join(tmpdir(), 'ocelli-embedding-')));
  const names = ['package.json', 'tsconfig.base.json', 'tsconfig.build.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];
  for (const name of [...names, 'src', 'scripts', 'samples', 'weights', 'test/browser/pages']) {
    await cp(join(root, name), join(copy, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  // Type errors are `npm run check`'s to report; code is emitted all the same.
  await run(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: copy }).catch(() => undefined);
  return {
    root: copy,
    embed: async ({ model, data, entry }, seed) => {
      const folder = join(copy, 'runs', `${model}-${data}-${seed}`);
      await mkdir(folder, { recursive: true });
      const net = model === 'lenet5' ? lenet5() : efficientnet_mini({ inChannels: data === 'cifar10' ? 3 : 1 });
      liven(net, seed);
      await saveWeights(net, join(folder, 'best.safetensors'), { platform: nodePlatform() });
      await writeFile(join(folder, 'recipe.json'), JSON.stringify({ model, data }));
      await writeFile(join(folder, 'evaluation.json'), JSON.stringify({ top1: 0.91234, top5: 0.998 }));
      const args = ['--entry', entry, '--evaluation', join(folder, 'evaluation.json')];
      const script = join(copy, 'scripts/embed-weights.mjs');
      const { stdout } = await run(process.execPath, [script, join(folder, 'best.safetensors'), ...args], { cwd: copy });
      return stdout;
    },
    remove: () => rm(copy, { recursive: true, force: true }),
  };
}

/** Values that keep activations alive through these shallow networks, so that answers depend on the picture. */
function liven(net: Model, seed: number): void {
  for (const [key, parameter] of namedParameters(net)) {
    if (parameter.dtype !== 'float32') continue;
    const fanIn = parameter.shape.slice(1).reduce((product, dim) => product * dim, 1);
    const bound = Math.sqrt(6 / fanIn);
    const range =
      parameter.shape.length > 1 ? ([-bound, bound] as const) : key.endsWith('bias') ? ([-0.1, 0.1] as const) : undefined;
    parameter.value = fill(`${key}:${seed}`, parameter.shape, range ?? (/running_mean$/.test(key) ? [-0.1, 0.1] : [0.7, 1.3]));
  }
}
