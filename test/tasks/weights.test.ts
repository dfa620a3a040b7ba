/** Weights into models and out of them: round trips, what does not fit, what is wrapped. */
import { describe, expect, test } from 'vitest';
import { float32 } from '../../src/base/tensor.ts';
import { densenet121 } from '../../src/models/classification/densenet.ts';
import { mnasnet0_5 } from '../../src/models/classification/mnasnet.ts';
import { squeezenet1_1 } from '../../src/models/classification/squeezenet.ts';
import { Linear, Module, namedParameters, stateDict } from '../../src/nn/index.ts';
import type { AnyModule } from '../../src/nn/module.ts';
import { initialize } from '../../src/nn/state-dict.ts';
import { memoryFiles } from '../../src/platform/memory-files.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { loadWeights, saveWeights } from '../../src/tasks/load-weights.ts';
import { openWeights } from '../../src/tasks/weights-source.ts';
import { castTensor } from '../../src/weights/convert.ts';
import { writePth } from '../../src/weights/pth-writer.ts';
import { writeSafetensors } from '../../src/weights/safetensors-writer.ts';

const platform: Platform = { ...nodePlatform(), files: memoryFiles() };
/** Every tensor's bytes by name. */
function bytesOf(model: AnyModule): Map<string, string> {
  return new Map([...stateDict(model)].map(([name, { data }]) => [name, Buffer.from(data.buffer).toString('base64')]));
}

class Wrapped extends Module {
  readonly module: Module;
  constructor(module: Module) {
    super();
    this.module = module;
  }
  protected override forward(): never {
    throw new Error('not run');
  }
}

describe('round trips', () => {
  test.each(['net.pth', 'net.safetensors'])('%s', async (file) => {
    const net = squeezenet1_1({ numClasses: 3 });
    initialize(net, { seed: 5 });
    await saveWeights(net, file, { platform });
    const other = squeezenet1_1({ numClasses: 3 });
    const result = await loadWeights(other, file, { platform });
    expect(result).toMatchObject({ entry: undefined, missing: [], unexpected: [] });
    expect(bytesOf(other)).toEqual(bytesOf(net));
  });

  test('prefixes of wrappers are taken off, halves widened', async () => {
    const net = squeezenet1_1({ numClasses: 3 });
    initialize(net, { seed: 6 });
    const halves = [...stateDict(new Wrapped(net))].map(([name, value]) => {
      const tensor = castTensor(value, 'float16');
      return { name, dtype: tensor.dtype, shape: tensor.shape, tensor };
    });
    await writeSafetensors(await platform.files.create('half.safetensors'), halves);
    const other = squeezenet1_1({ numClasses: 3 });
    await loadWeights(other, 'half.safetensors', { platform });
    const [name, value] = [...stateDict(other)][0] ?? ['', float32([0], [])];
    expect(value.dtype).toBe('float32');
    const half = halves.find((item) => item.name === `module.${name}`);
    expect(half && castTensor(half.tensor, 'float32').data).toEqual(value.data);
  });

  test.each(['half.pth', 'half.safetensors'])(
    '%s: a state dict of halves, statistics too, counters as they are',
    async (file) => {
      const net = mnasnet0_5({ numClasses: 2 });
      initialize(net, { seed: 11 });
      const halves = [...stateDict(net)].map(([name, value]) => {
        const tensor = value.dtype === 'float32' ? castTensor(value, 'float16') : value;
        return { name, dtype: tensor.dtype, shape: tensor.shape, tensor };
      });
      const write = file.endsWith('.pth') ? writePth : writeSafetensors;
      await write(await platform.files.create(file), halves);
      const other = mnasnet0_5({ numClasses: 2 });
      expect(await loadWeights(other, file, { platform })).toMatchObject({ missing: [], unexpected: [] });
      const loaded = stateDict(other);
      expect(halves.filter(({ dtype }) => dtype === 'float16').length).toBeGreaterThan(halves.length / 2);
      for (const { name, tensor } of halves) {
        expect(loaded.get(name), name).toEqual(tensor.dtype === 'float16' ? castTensor(tensor, 'float32') : tensor);
      }
    },
  );

  test('official files of DenseNet, whose keys are old names, load', async () => {
    const net = densenet121({ numClasses: 2 });
    initialize(net, { seed: 10 });
    const old = [...stateDict(net)].flatMap(([key, tensor]) => {
      const name = key.replace(/(denselayer\d+\.(?:norm|conv))([12])/, '$1.$2');
      return name.endsWith('num_batches_tracked') ? [] : [{ name, dtype: tensor.dtype, shape: tensor.shape, tensor }];
    });
    expect(old.map(({ name }) => name)).toContain('features.denseblock1.denselayer2.norm.1.running_mean');
    await writePth(await platform.files.create('dense.pth'), old);
    const other = densenet121({ numClasses: 2 });
    await loadWeights(other, 'dense.pth', { platform });
    expect(bytesOf(other)).toEqual(bytesOf(net));
  });

  test('an old MnasNet stem is adapted to, and its version kept', async () => {
    const old = mnasnet0_5({ stem: 'fixed', numClasses: 2 });
    initialize(old, { seed: 7 });
    await saveWeights(old, 'mnas.pth', { platform });
    const net = mnasnet0_5({ numClasses: 2 });
    expect(net.stateVersion).toBe(2);
    await loadWeights(net, 'mnas.pth', { platform });
    expect(net.stateVersion).toBe(1);
    expect(bytesOf(net)).toEqual(bytesOf(old));
  });
});

describe('what does not fit', () => {
  test('another number of classes: the message says what to set, and nothing is loaded', async () => {
    const net = squeezenet1_1({ numClasses: 3 });
    await saveWeights(net, 'three.pth', { platform });
    const other = squeezenet1_1();
    const loading = loadWeights(other, 'three.pth', { platform });
    await expect(loading).rejects.toMatchObject({ code: 'state-dict' });
    await expect(loading).rejects.toThrow(/size mismatch for classifier\.1\.weight[\s\S]*The file has 3 classes: set numClasses/);
    expect([...namedParameters(other)].every(([, { value }]) => value === undefined)).toBe(true);
    await loadWeights(other, 'three.pth', { platform, ignore: ['classifier.'] });
  });

  test('missing and unexpected keys, strict and not', async () => {
    class Two extends Module {
      readonly a = new Linear(2, 2);
      protected override forward(): never {
        throw new Error('not run');
      }
    }
    const value = float32([1], [0]);
    await writeSafetensors(await platform.files.create('odd.safetensors'), [
      { name: 'b', dtype: 'float32', shape: [1], tensor: value },
    ]);
    const words = /Missing key\(s\) in state_dict: "a\.weight", "a\.bias"[\s\S]*Unexpected key\(s\) in state_dict: "b"/;
    await expect(loadWeights(new Two(), 'odd.safetensors', { platform })).rejects.toThrow(words);
    const result = await loadWeights(new Two(), 'odd.safetensors', { platform, strict: false });
    expect(result).toMatchObject({ loaded: [], missing: ['a.weight', 'a.bias'], unexpected: ['b'] });
  });

  test('a load that fails half-way leaves the model as it was', async () => {
    const net = squeezenet1_1({ numClasses: 3 });
    initialize(net, { seed: 8 });
    await saveWeights(net, 'whole.safetensors', { platform });
    const other = squeezenet1_1({ numClasses: 3 });
    initialize(other, { seed: 9 });
    const before = bytesOf(other);
    const whole = await platform.files.open('whole.safetensors');
    const broken = {
      ...whole,
      read: (offset: number, length: number) =>
        offset > whole.size / 2 ? Promise.reject(new Error('the disk is gone')) : whole.read(offset, length),
    };
    await expect(loadWeights(other, broken, { platform })).rejects.toThrow('the disk is gone');
    expect(bytesOf(other)).toEqual(before);
    const misspelt = loadWeights(other, 'whole.safetensors', { platform, stirct: false } as object as { platform: Platform });
    await expect(misspelt).rejects.toThrow('loadWeights: unknown option "stirct"');
  });

  test('files that are named like entries are opened', async () => {
    const net = squeezenet1_1({ numClasses: 3 });
    for (const file of ['my_weights.pth', 'resnet18_weights.safetensors']) {
      await saveWeights(net, file, { platform });
      expect(await loadWeights(net, file, { platform, model: 'squeezenet1_1' })).toMatchObject({ entry: undefined, missing: [] });
    }
  });

  test('addresses that name no file', async () => {
    for (const url of ['file:///%zz.pth', 'file://elsewhere/a.pth', 'https://host.invalid/%zz.pth']) {
      await expect(openWeights(new URL(url), { platform }), url).rejects.toMatchObject({ code: 'usage' });
    }
  });

  test('names that are neither entries nor files', async () => {
    await expect(openWeights('IMAGENET9', { platform, model: 'resnet18' })).rejects.toMatchObject({ code: 'usage' });
    await expect(openWeights('DEFAULT', { platform })).rejects.toThrow(/say of which model/);
    await expect(openWeights('ResNet18_Weights.NONE', { platform })).rejects.toThrow(/it has IMAGENET1K_V1/);
    await expect(openWeights('nothing.pth', { platform })).rejects.toMatchObject({ code: 'io' });
  });
});
