/** The packed tarball as its users have it: every export in Node, the command, types, without the optional packages, and in a web bundle. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { type Installed, install, tsc } from './support.ts';

interface Pack {
  readonly folder: string;
  readonly tarball: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly string[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const dependencies = Object.keys(manifest.dependencies);
const optional = Object.keys(manifest.optionalDependencies);
/** Ceilings in bytes; weights, which do not compress, come on top of code, and all of it stays below `WHOLE`. */
const TARBALL = 1_000_000;
const UNPACKED = 3_500_000;
const WHOLE = 6_000_000;
const WEB_BUNDLE = 400_000;

let place: string;
let pack: Pack;
let full: Installed;
let subpaths: readonly string[];

beforeAll(async () => {
  const cache = join(root, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  place = await mkdtemp(join(cache, 'ocelli-pack-'));
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'scripts/pack.mjs'), place], { maxBuffer: 1 << 26 });
  pack = JSON.parse(stdout) as Pack;
  full = await install(pack.tarball, [...dependencies, ...optional]);
  const families = (await readdir(join(pack.folder, 'dist/models/classification'))).filter((file) => file.endsWith('.js'));
  subpaths = Object.keys(manifest.exports).flatMap((key) => {
    const path = `ocelli${key.slice(1)}`;
    if (path.endsWith('package.json')) return [];
    return path.includes('*') ? families.map((file) => path.replace('*', file.slice(0, -3))) : [path];
  });
}, 120_000);

afterAll(async () => {
  await full?.remove();
  await rm(place, { recursive: true, force: true });
});

describe('what is packed', () => {
  it('is the built code, its types, sample pictures, weights and the texts', () => {
    const strangers = pack.files.filter(
      (file) =>
        !/^(dist\/.+\.(js|d\.ts)|samples\/.+\.(jpg|png)|weights\/(.+\.safetensors|README\.md)|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/.test(
          file,
        ),
    );
    expect(strangers).toEqual([]);
    expect(pack.files.filter((file) => /\.test\.|(^|\/)test\//.test(file))).toEqual([]);
  });

  it(`is below ${TARBALL / 1000} kB packed and ${UNPACKED / 1e6} MB unpacked, with weights below ${WHOLE / 1e6} MB`, async () => {
    const files = pack.files.filter((file) => file.startsWith('weights/'));
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(pack.folder, file))).size));
    const weights = sizes.reduce((sum, size) => sum + size, 0);
    expect(pack.size).toBeLessThan(Math.min(TARBALL + weights, WHOLE));
    expect(pack.unpackedSize).toBeLessThan(UNPACKED + weights);
  });
});

describe('in Node', () => {
  it('every export imports, gives something and prints nothing', async () => {
    expect(subpaths).toEqual(
      expect.arrayContaining(['ocelli', 'ocelli/models/efficientnet', 'ocelli/nn/functional', 'ocelli/train']),
    );
    const code = `
      for (const path of ${JSON.stringify(subpaths)}) {
        if (Object.keys(await import(path)).length === 0) throw new Error(path + ' exports nothing');
      }`;
    expect(await full.node('--input-type=module', '--eval', code)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('importing a family alone loads no back end and no decoder', async () => {
    const file = await full.write(
      'alone.mjs',
      `import { squeezenet1_1 } from 'ocelli/models/squeezenet';
       const loaded = process.report.getReport().sharedObjects.filter((name) => /onnxruntime|sharp|vips/.test(name));
       console.log(typeof squeezenet1_1, loaded.length);`,
    );
    expect(await full.node(file)).toEqual({ status: 0, stdout: 'function 0\n', stderr: '' });
  });

  it('a small model of the user runs', async () => {
    await full.write('small.mjs', smallModel);
    const { status, stdout, stderr } = await full.node('small.mjs');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ runtime: 'ort-node', shape: [2, 10], spread: true });
  });

  it('a network is trained in a thread and tried, and the process ends by itself', async () => {
    await full.write('training.mjs', smallTraining);
    const { status, stdout, stderr } = await full.node('training.mjs');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ steps: 8, finite: true, count: 32 });
  });

  it('the command answers', async () => {
    const { status, stdout, stderr } = await full.node(
      `node_modules/ocelli/${manifest.bin.ocelli}`,
      'models',
      'squeezenet',
      '--json',
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect((JSON.parse(stdout) as { name: string }[]).map(({ name }) => name)).toEqual(['squeezenet1_0', 'squeezenet1_1']);
  });
});

describe('without the optional packages', () => {
  let bare: Installed;
  beforeAll(async () => {
    bare = await install(pack.tarball, dependencies);
  });
  afterAll(() => bare?.remove());

  it('WASM runs instead of the native back end', async () => {
    await bare.write('small.mjs', smallModel);
    const { status, stdout, stderr } = await bare.node('small.mjs');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ runtime: 'ort-web-wasm', shape: [2, 10], spread: true });
  });

  it('a JPEG is refused with the package to install', async () => {
    const line = ['classify', 'node_modules/ocelli/samples/clock.jpg', '--model', 'squeezenet1_1', '--weights', 'none'];
    const { status, stderr } = await bare.node(`node_modules/ocelli/${manifest.bin.ocelli}`, ...line);
    expect(status).toBe(1);
    expect(stderr).toContain('npm install sharp');
  });
});

describe('types', () => {
  for (const [module, resolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const) {
    it(`are found and strict with moduleResolution ${resolution}, operators included`, async () => {
      await full.write('user.ts', typedUser);
      const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noEmit', '--types', ''];
      const options = [
        '--module',
        module,
        '--moduleResolution',
        resolution,
        '--target',
        'es2022',
        '--lib',
        'es2023,dom,esnext.disposable',
      ];
      expect(await full.node(tsc, ...strict, ...options, 'user.ts')).toEqual({ status: 0, stdout: '', stderr: '' });
    });
  }
});

describe('in a web bundle', () => {
  it('nothing of Node and no native package comes along, and it stays small', async () => {
    await full.write('index.html', '<script type="module" src="./page.js"></script>');
    await full.write(
      'page.js',
      `import { createClassifier, load, loadImage } from 'ocelli';
       import { squeezenet1_1 } from 'ocelli/models/squeezenet';
       globalThis.page = { createClassifier, load, loadImage, squeezenet1_1 };`,
    );
    const result = await build({
      root: full.folder,
      configFile: false,
      logLevel: 'silent',
      build: { write: false, assetsInlineLimit: 0 },
    });
    const { output } = result as Rolldown.RolldownOutput;
    const chunks = output.filter((item) => item.type === 'chunk');
    const modules = chunks.flatMap((chunk) => chunk.moduleIds);
    expect(modules.some((id) => id.endsWith('/ocelli/dist/web.js'))).toBe(true);
    expect(
      modules.filter((id) => /onnxruntime-node|\/sharp\/|\/ocelli\/dist\/(cli|node)|__vite-browser-external/.test(id)),
    ).toEqual([]);
    expect(chunks.flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports]).filter((id) => id.startsWith('node:'))).toEqual(
      [],
    );
    const ours = chunks.filter((chunk) => !chunk.moduleIds.some((id) => id.includes('onnxruntime-web')));
    expect(ours.filter((chunk) => /["'`]node:/.test(chunk.code)).map((chunk) => chunk.fileName)).toEqual([]);
    expect(ours.filter((chunk) => chunk.isEntry).reduce((sum, chunk) => sum + chunk.code.length, 0)).toBeLessThan(WEB_BUNDLE);
  });
});

const smallModel = `
  import { compile, float32, initialize, nodeRuntime } from 'ocelli';
  import { Conv2d, Flatten, Linear, ReLU, Sequential } from 'ocelli/nn';

  const net = new Sequential(new Conv2d(3, 4, 3), new ReLU(), new Flatten(), new Linear(144, 10));
  initialize(net, { seed: 1 });
  const runtime = await nodeRuntime();
  const inputs = { input: { dtype: 'float32', shape: ['N', 3, 8, 8] } };
  const program = await compile(net, { inputs, runtime });
  const picture = Float32Array.from({ length: 2 * 3 * 8 * 8 }, (_, i) => Math.sin(i));
  const [output] = Object.values(await program.run({ input: float32([2, 3, 8, 8], picture) }));
  const spread = Math.abs(output.data[0] - output.data[10]) > 1e-4;
  console.log(JSON.stringify({ runtime: runtime.name, shape: output.shape, spread }));
  await program.dispose();
  await runtime.dispose();
`;

const smallTraining = `
  import { evaluate, train } from 'ocelli';
  import { shapes } from 'ocelli/data';
  import { lenet5 } from 'ocelli/models/lenet';
  import { sgd } from 'ocelli/train';

  const set = (split, length) => shapes({ split, length, size: 28, channels: 1, shapes: ['circle', 'cross'] });
  const transforms = [{ kind: 'toTensor' }];
  const data = { train: set('train', 64), transforms };
  const net = lenet5({ numClasses: 2 });
  const losses = [];
  for await (const event of train(net, { data, epochs: 2, batchSize: 16, optimizer: sgd({ momentum: 0.9 }), learningRate: 0.01 })) {
    if (event.type === 'step') losses.push(event.loss);
  }
  const { metrics } = await evaluate(net, set('test', 32), { transforms });
  console.log(JSON.stringify({ steps: losses.length, finite: losses.every(Number.isFinite), count: metrics.count }));
`;

const typedUser = `
  import { type Classification, getModel, load, loadImage } from 'ocelli';
  import { emitOnnx, grad, type OpAttrs, type OpName } from 'ocelli/compiler';
  import { efficientnet_b0 } from 'ocelli/models/efficientnet';
  import { relu } from 'ocelli/nn/functional';
  import { trace } from 'ocelli/nn';
  import { nodeRuntime } from 'ocelli/runtime/ort-node';

  const conv: OpName = 'conv';
  // @ts-expect-error the table of operators is closed
  const none: OpName = 'convolve';
  export type Groups = OpAttrs['conv']['groups'];
  export async function best(file: string): Promise<Classification | undefined> {
    const classifier = await load('efficientnet_b0', { runtime: await nodeRuntime() });
    return (await classifier.classify(await loadImage(file)))[0];
  }
  export const net: ReturnType<typeof efficientnet_b0> = efficientnet_b0({ numClasses: 10 });
  export { conv, emitOnnx, getModel, grad, none, relu, trace };
`;
