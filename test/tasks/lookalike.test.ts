/** Checkpoints of another family are refused with the first keys at fault and the model they look like. */
import { beforeAll, describe, expect, test } from 'vitest';
import { familyOf, getModel, listModels } from '../../src/models/registry.ts';
import { stateDictTypes } from '../../src/nn/state-dict.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import type { ByteSource } from '../../src/platform/platform.ts';
import { loadWeights } from '../../src/tasks/load-weights.ts';
import { type Candidate, candidates, lookalikeOf } from '../../src/tasks/lookalike.ts';
import { misfitMessage } from '../../src/tasks/misfit.ts';
import type { TensorEntry } from '../../src/weights/checkpoint.ts';
import { compareStateDict } from '../../src/weights/match.ts';
import { dataSource, haveData } from '../weights/support.ts';

const platform = nodePlatform();
const names = listModels();
/** The first model of every family. */
const families = [...new Map([...names].reverse().map((name) => [familyOf(name), name])).values()];

let zoo: readonly Candidate[] = [];
beforeAll(async () => {
  zoo = await candidates();
}, 60_000);

async function entriesOf(name: string, options: Readonly<Record<string, unknown>> = {}): Promise<TensorEntry[]> {
  return [...stateDictTypes(await getModel(name, options))].map(([key, type]) => ({ name: key, ...type }));
}

/** A safetensors file of these tensors, all zeros, that takes no memory. */
function sparseFile(entries: readonly TensorEntry[]): ByteSource {
  let at = 0;
  const fields = entries.map(({ name, dtype, shape }) => {
    const size = shape.reduce((product, dim) => product * dim, dtype === 'int64' ? 8 : 4);
    at += size;
    return [name, { dtype: dtype === 'int64' ? 'I64' : 'F32', shape, data_offsets: [at - size, at] }];
  });
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(fields)));
  const head = new Uint8Array(8 + text.length);
  new DataView(head.buffer).setUint32(0, text.length, true);
  head.set(text, 8);
  const size = head.length + at;
  const read = (offset: number, length: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
    bytes.set(head.subarray(offset, offset + length));
    return Promise.resolve(bytes);
  };
  return { name: 'theirs.safetensors', size, read, close: () => Promise.resolve() };
}

async function messageFor(model: string, given: readonly TensorEntry[]): Promise<string> {
  const net = await getModel(model, {});
  const expected = stateDictTypes(net);
  const match = compareStateDict(expected, given, { model });
  return await misfitMessage({ file: 'theirs.pth', model, net, match, expected, given }, () => Promise.resolve(zoo));
}

test.each(names)('%s is known by its keys, with other classes and channels too', async (name) => {
  expect(lookalikeOf(await entriesOf(name), zoo)).toEqual({ family: familyOf(name), models: [name] });
  const gray = await entriesOf(name, { numClasses: 7, inChannels: 1 });
  expect(lookalikeOf(gray, zoo)).toEqual({ family: familyOf(name), models: [name] });
  const old = gray.filter((entry) => !entry.name.endsWith('num_batches_tracked'));
  expect(lookalikeOf(old, zoo)?.models).toEqual([name]);
});

test.each(families)('a checkpoint of %s is refused by every other family, by its name', async (name) => {
  const given = await entriesOf(name);
  for (const other of families.filter((model) => model !== name)) {
    const message = await messageFor(other, given);
    expect(message).toContain(`${other}: theirs.pth does not fit: `);
    expect(message).toContain(`; it looks like ${name} (${familyOf(name)} family): load it as that model, --model ${name}`);
    expect(message.length).toBeLessThan(1000);
  }
});

test('the first keys at fault are named, with their shapes and their number', async () => {
  expect(await messageFor('squeezenet1_1', await entriesOf('resnet50'))).toBe(
    'squeezenet1_1: theirs.pth does not fit: ' +
      'missing features.0.weight [64, 3, 3, 3], features.0.bias [64], features.3.squeeze.weight [16, 64, 1, 1], ... (52 keys); ' +
      'unexpected conv1.weight [64, 3, 7, 7], bn1.weight [64], bn1.bias [64], ... (320 keys); ' +
      'it looks like resnet50 (resnet family): load it as that model, --model resnet50',
  );
  expect(await messageFor('resnet18', await entriesOf('resnet34'))).toMatch(
    /^resnet18: .*unexpected layer1\.2\..*looks like resnet34 /,
  );
  expect(await messageFor('vgg11', await entriesOf('alexnet'))).toContain(
    'features.0.weight [64, 3, 11, 11] where [64, 3, 3, 3] is expected',
  );
});

test("a model of other sizes is known by its family, and told in PyTorch's words to a model of the family", async () => {
  const changed = (await entriesOf('resnet18')).map((entry) => ({
    ...entry,
    shape: entry.shape.map((dim) => (dim > 3 ? dim * 3 : dim)),
  }));
  expect(lookalikeOf(changed, zoo)).toEqual({ family: 'resnet', models: [] });
  expect(await messageFor('alexnet', changed)).toMatch(/it looks like a model of the resnet family, of none of the sizes/);
  expect(await messageFor('resnet18', changed)).toMatch(
    /^Error\(s\) in loading state_dict for resnet18:\n\tsize mismatch for conv1/,
  );
});

test.each(['resnet18', 'googlenet', 'inception_v3', 'capsnet'])('%s: a file with other classes is told so', async (name) => {
  expect(await messageFor(name, await entriesOf(name, { numClasses: 7 }))).toMatch(/The file has 7 classes: set numClasses /);
  expect(await messageFor(name, await entriesOf(name, { inChannels: 4 }))).not.toContain('numClasses');
});

test('keys of old forms count as those of today', async () => {
  const old = (await entriesOf('densenet121')).map((entry) => ({
    ...entry,
    name: entry.name.replace(/(denselayer\d+\.(?:norm|conv))([12])/, '$1.$2'),
  }));
  expect(lookalikeOf(old, zoo)).toEqual({ family: 'densenet', models: ['densenet121'] });
  expect(await messageFor('resnet18', old)).toContain('it looks like densenet121 (densenet family)');
});

test('what is no model of the zoo is said to be none', async () => {
  const given = Array.from(
    { length: 20 },
    (_, i): TensorEntry => ({ name: `encoder.${i}.kernel`, dtype: 'float32', shape: [i] }),
  );
  expect(lookalikeOf(given, zoo)).toBeUndefined();
  expect(lookalikeOf([], zoo)).toBeUndefined();
  expect(await messageFor('alexnet', given)).toMatch(
    /unexpected encoder\.0\.kernel \[0\].*it looks like no model that Ocelli has/,
  );
  expect(await messageFor('alexnet', given.slice(0, 1))).toMatch(/it looks like no model that Ocelli has/);
});

test('files are refused so when they are loaded', async () => {
  for (const [i, name] of families.slice(0, 2).entries()) {
    const other = families[(i + 1) % families.length] as string;
    const loading = loadWeights(await getModel(other, {}), sparseFile(await entriesOf(name)), { platform });
    await expect(loading).rejects.toMatchObject({ code: 'state-dict' });
    await expect(loading).rejects.toThrow(`the model: theirs.safetensors does not fit: `);
    await expect(loading).rejects.toThrow(`it looks like ${name} (`);
  }
});

describe.skipIf(!haveData())('third-party checkpoints', () => {
  test.each([
    ['weights/resnet20-12fca82f.th', 'squeezenet1_1', 'it looks like a model of the resnet family'],
    ['weights/resnet32-d509ac18.th', 'vgg11', 'it looks like a model of the resnet family'],
    ['weights/squeezenet1_1_imagenet_fp16.safetensors', 'resnet50', 'it looks like squeezenet1_1 (squeezenet family)'],
    ['weights/squeezenet1_1_imagenet_fp16.safetensors', 'squeezenet1_0', 'it looks like squeezenet1_1 (squeezenet family)'],
    ['checkpoints/v0.1_alex.pth', 'alexnet', 'it looks like no model that Ocelli has'],
    ['checkpoints/pnet.pt', 'alexnet', 'it looks like no model that Ocelli has'],
    ['checkpoints/version-slim-320.pth', 'mobilenet_v2', 'it looks like no model that Ocelli has'],
  ])('%s is no %s', async (file, model, like) => {
    const loading = loadWeights(await getModel(model, {}), dataSource(file), { platform, model });
    await expect(loading).rejects.toThrow(`${model}: ${file} does not fit: `);
    await expect(loading).rejects.toThrow(like);
  });
});
