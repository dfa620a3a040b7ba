/**
 * Weights that come with the package, from the script that embeds them to the user who loads them: in the tables, in the packed
 * package and its command line, and in a web bundle. The weights are drawn, not trained.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { nodePlatform } from '../../src/platform/node.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { Classification } from '../../src/tasks/classifier.ts';
import { load } from '../../src/tasks/classify.ts';
import { copySources, type Embedding } from './embedding.ts';
import { type Installed, install } from './support.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const packages = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.optionalDependencies)];

let copy: Embedding;
let installed: Installed;
/** A file whose entry got another one. */
let superseded: string;
/** The file that the script named, by what was embedded last. */
const files = new Map<string, string>();

beforeAll(async () => {
  copy = await copySources();
  const embed = async (model: 'lenet5' | 'efficientnet_mini', data: 'fashion-mnist' | 'cifar10', entry: string, seed: number) => {
    const output = await copy.embed({ model, data, entry }, seed);
    files.set(`${model} ${entry}`, /^weights\/(\S+) /.exec(output)?.[1] ?? output);
  };
  await embed('lenet5', 'fashion-mnist', 'FASHION_MNIST_V1', 1);
  superseded = fileOf('lenet5 FASHION_MNIST_V1');
  await embed('lenet5', 'fashion-mnist', 'FASHION_MNIST_V1', 2);
  await embed('efficientnet_mini', 'cifar10', 'CIFAR10_V1', 3);
  await embed('efficientnet_mini', 'fashion-mnist', 'FASHION_MNIST_V1', 4);
  const place = join(copy.root, 'packed');
  await mkdir(place);
  const { stdout } = await promisify(execFile)(process.execPath, [join(copy.root, 'scripts/pack.mjs'), place], {
    maxBuffer: 1 << 26,
  });
  installed = await install((JSON.parse(stdout) as { tarball: string }).tarball, packages);
}, 240_000);

afterAll(async () => {
  await installed?.remove();
  await copy?.remove();
});

const fileOf = (key: string): string => files.get(key) as string;

/** Runs code that has `load` and `listModels`, with no network and an empty cache. */
async function offline(code: string): Promise<unknown> {
  const blocked = `
    globalThis.fetch = () => { throw new Error('the network was asked'); };
    process.env.OCELLI_CACHE = ${JSON.stringify(join(copy.root, 'cache'))};
    const { getModelWeights, load, loadImage } = await import('ocelli');
    console.log(JSON.stringify(await (async () => { ${code} })()));`;
  const { status, stdout, stderr } = await installed.node('--input-type=module', '--eval', blocked);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const clock = 'node_modules/ocelli/samples/clock.jpg';
const classify = (model: string, options = '{}'): string =>
  `const classifier = await load('${model}', ${options});
   const answers = await classifier.classify(await loadImage('${clock}'), { top: 10 });
   await classifier.dispose();
   return answers;`;

describe('the script', () => {
  it('keeps one file an entry, under a name that ends in its hash', async () => {
    const there = (await readdir(join(copy.root, 'weights'))).filter((file) => file.endsWith('.safetensors'));
    expect(there).toEqual(expect.arrayContaining([...files.values()]));
    expect(superseded).toMatch(/^lenet5_/);
    expect(there).not.toContain(superseded);
    for (const file of files.values()) {
      const hash = nodePlatform().sha256();
      hash.update(await readFile(join(copy.root, 'weights', file)));
      expect(file).toMatch(
        new RegExp(`^(lenet5|efficientnet_mini)_(fashion_mnist|cifar_10)-${hash.digest().slice(0, 8)}\\.safetensors$`),
      );
    }
  });

  it('writes entries: what was measured, what is counted, how pictures are prepared', async () => {
    const entries = (await offline(`return await getModelWeights('lenet5')`)) as { name: string }[];
    expect(entries.find(({ name }) => name === 'FASHION_MNIST_V1')).toEqual({
      name: 'FASHION_MNIST_V1',
      model: 'lenet5',
      url: `package:${fileOf('lenet5 FASHION_MNIST_V1')}`,
      default: true,
      preset: {
        kind: 'classification',
        resize: 28,
        crop: 28,
        interpolation: 'bilinear',
        channels: 'gray',
        mean: [0.5],
        std: [0.25],
      },
      meta: {
        numParams: 61706,
        minSize: [28, 28],
        categories: 'fashion-mnist',
        recipe: 'docs/default-weights.md',
        accuracy: { 'acc@1': 91.234, 'acc@5': 99.8 },
        dataset: 'Fashion-MNIST',
        ops: 0.000417,
        fileSize: expect.closeTo(0.118, 2),
      },
    });
  });

  it('takes as DEFAULT what fits the model as its builder makes it', async () => {
    const entries = (await offline(`return await getModelWeights('efficientnet_mini')`)) as { name: string; default: boolean }[];
    expect(Object.fromEntries(entries.map((entry) => [entry.name, entry.default]))).toMatchObject({
      CIFAR10_V1: true,
      FASHION_MNIST_V1: false,
    });
  });

  it('leaves the tables of torchvision alone, and code that is formatted', async () => {
    expect(((await offline(`return await getModelWeights('efficientnet_b7')`)) as object[]).length).toBe(1);
    const code = await readFile(join(copy.root, 'src/models/embedded-weights.ts'));
    const biome = [
      join(root, 'node_modules/@biomejs/biome/bin/biome'),
      'format',
      '--stdin-file-path=src/models/embedded-weights.ts',
    ];
    const formatted = spawnSync(process.execPath, biome, { cwd: root, input: code, encoding: 'utf8' });
    expect(formatted.stdout).toBe(code.toString());
  });
});

describe('in Node', () => {
  it.each([
    ['lenet5', 'FASHION_MNIST_V1', 'DEFAULT'],
    ['efficientnet_mini', 'CIFAR10_V1', 'DEFAULT'],
    ['efficientnet_mini', 'FASHION_MNIST_V1', 'FASHION_MNIST_V1'],
  ])('%s, %s: loads without a network, and answers as its file does', async (model, entry, asked) => {
    const answers = (await offline(classify(model, `{ weights: '${asked}' }`))) as Classification[];
    const platform = nodePlatform();
    await using runtime = await nodeRuntime();
    const gray = entry.startsWith('FASHION');
    await using classifier = await load(model, {
      platform,
      runtime,
      weights: join(copy.root, 'weights', fileOf(`${model} ${entry}`)),
      preset: gray
        ? { resize: 28, crop: 28, channels: 'gray', mean: [0.5], std: [0.25] }
        : { resize: 32, crop: 32, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    });
    const image = await platform.decodeImage(await readFile(join(installed.folder, clock)));
    const wanted = await classifier.classify(image, { top: 10 });
    expect(answers.map(({ index, logit }) => [index, logit])).toEqual(wanted.map(({ index, logit }) => [index, logit]));
    expect(answers.map(({ label }) => label)).toContain(gray ? 'Ankle boot' : 'airplane');
    expect(new Set(answers.map(({ logit }) => logit.toFixed(4))).size).toBe(10);
  });

  it('the bundled command line reads them too', async () => {
    const ocelli = `node_modules/ocelli/${manifest.bin.ocelli}`;
    const { status, stdout, stderr } = await installed.node(
      ocelli,
      'classify',
      clock,
      '--model',
      'lenet5',
      '--json',
      '--top',
      '10',
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [{ top }] = JSON.parse(stdout) as [{ top: Classification[] }];
    expect(top).toEqual(
      ((await offline(classify('lenet5'))) as Classification[]).map((answer) => expect.objectContaining(answer)),
    );
    const exported = await installed.node(ocelli, 'export', '--model', 'lenet5', '--weights', 'DEFAULT', '-o', 'lenet5.onnx');
    expect(exported).toMatchObject({ status: 0, stderr: '' });
    const found = await installed.node(ocelli, 'weights', 'download', 'lenet5', '--json');
    const [row] = JSON.parse(found.stdout) as [{ path: string; cached: boolean; sha256: string }];
    expect(row.cached).toBe(true);
    expect(row.path.replaceAll('\\', '/')).toMatch(
      new RegExp(`/ocelli/weights/lenet5_fashion_mnist-${row.sha256.slice(0, 8)}\\.safetensors$`),
    );
  });

  it('damaged or missing files are told apart, each with what to do', async () => {
    const file = join(installed.folder, 'node_modules/ocelli/weights', fileOf('lenet5 FASHION_MNIST_V1'));
    const bytes = await readFile(file);
    const failing = `try { await load('lenet5'); } catch ({ code, message }) { return { code, message }; }`;
    await writeFile(file, bytes.with(5000, (bytes[5000] as number) ^ 1));
    expect(await offline(failing)).toMatchObject({
      code: 'integrity',
      message: expect.stringMatching(/lenet5_fashion_mnist-[0-9a-f]{8}\.safetensors has SHA-256 .* install the package again/),
    });
    await rm(file);
    expect(await offline(failing)).toMatchObject({
      code: 'io',
      message: expect.stringMatching(/comes with the package: install/),
    });
    await writeFile(file, bytes);
    expect(await offline(classify('lenet5'))).toHaveLength(10);
  });
});

describe('in a web bundle', () => {
  it('they are files beside the code, whole, and not in it', async () => {
    await installed.write('index.html', '<script type="module" src="./page.js"></script>');
    await installed.write('page.js', `import { load } from 'ocelli'; globalThis.load = load;`);
    const result = await build({ root: installed.folder, configFile: false, logLevel: 'silent', build: { write: false } });
    const { output } = result as Rolldown.RolldownOutput;
    for (const file of files.values()) {
      const asset = output.find((item) => item.type === 'asset' && item.names.includes(file));
      if (asset?.type !== 'asset') throw new Error(`the bundle has no ${file}`);
      const whole = await readFile(join(copy.root, 'weights', file));
      expect(Buffer.compare(Buffer.from(asset.source as Uint8Array), whole)).toBe(0);
      expect(output.some((item) => item.type === 'chunk' && item.code.includes(asset.fileName))).toBe(true);
    }
    const inlined = output.filter((item) => item.type === 'chunk' && /data:[a-z/-]*;base64,[\w+/]{100}/.test(item.code));
    expect(
      inlined.filter((chunk) => chunk.type === 'chunk' && !/ort/.test(chunk.fileName)).map(({ fileName }) => fileName),
    ).toEqual([]);
  });
});
