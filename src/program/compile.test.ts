/** Compiling: folded batch norms give the same numbers, features stay right, batches split, the cache is bounded. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomUniform } from '../base/random.ts';
import { elementCount, float32, type Tensor } from '../base/tensor.ts';
import type { Value } from '../compiler/ir/graph.ts';
import { emitOnnx } from '../compiler/onnx/emit.ts';
import { BatchNorm2d } from '../nn/layers/batch-norm.ts';
import { Conv2d } from '../nn/layers/conv.ts';
import { Module, namedParameters } from '../nn/module.ts';
import { stateDict } from '../nn/state-dict.ts';
import { nodeRuntime } from '../runtime/ort-node.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { ProgramCache } from './cache.ts';
import { compile } from './compile.ts';
import { exportOnnx } from './export-onnx.ts';
import { foldWeights, inferenceGraph, type Model } from './inference-graph.ts';

/** Two convolutions with batch norms, the first with a bias and the second grouped, and a batch norm that no convolution precedes. */
class Net extends Module {
  readonly conv1: Conv2d = new Conv2d(3, 8, 3, { stride: 2, padding: 1 });
  readonly bn1: BatchNorm2d = new BatchNorm2d(8);
  readonly conv2: Conv2d = new Conv2d(8, 8, 3, { padding: 1, groups: 4, bias: false });
  readonly bn2: BatchNorm2d = new BatchNorm2d(8, { eps: 1e-3 });
  readonly bn3: BatchNorm2d = new BatchNorm2d(8);

  protected override forward(x: Value): Value {
    const first = this.bn1.call(this.conv1.call(x));
    const second = this.bn2.call(this.conv2.call(first));
    const sum = x.builder.apply('add', [first, second], {});
    return x.builder.apply('mean', [this.bn3.call(sum)], { axes: [2, 3], keepDims: false });
  }
}

/** One convolution that two batch norms read. */
class Shared extends Module {
  readonly conv: Conv2d = new Conv2d(3, 4, 1, { bias: false });
  readonly a: BatchNorm2d = new BatchNorm2d(4);
  readonly b: BatchNorm2d = new BatchNorm2d(4);

  protected override forward(x: Value): Value {
    const y = this.conv.call(x);
    return x.builder.apply('add', [this.a.call(y), this.b.call(y)], {});
  }
}

/** One convolution and one batch norm, used twice. */
class Twice extends Module {
  readonly conv: Conv2d = new Conv2d(3, 3, 1, { bias: false });
  readonly bn: BatchNorm2d = new BatchNorm2d(3);

  protected override forward(x: Value): Value {
    return this.bn.call(this.conv.call(this.bn.call(this.conv.call(x))));
  }
}

function values(shape: readonly number[], key: number, low = -1, high = 1): Tensor<'float32'> {
  return float32(
    shape,
    Float32Array.from({ length: elementCount(shape) }, (_, i) => low + (high - low) * randomUniform(key, i)),
  );
}

function filled<M extends Module>(model: M): M {
  let key = 1;
  for (const [name, parameter] of namedParameters(model)) {
    if (parameter.dtype !== 'float32') continue;
    parameter.value = name.endsWith('running_var') ? values(parameter.shape, key++, 0.1, 2) : values(parameter.shape, key++);
  }
  return model;
}

const inputs = { input: { dtype: 'float32', shape: ['N', 3, 'H', 'W'] } } as const;
const picture = values([2, 3, 9, 7], 99);

/** What the graph gives as it was traced: nothing folded, nothing optimized. */
async function asTraced(runtime: Runtime, model: Model, features: readonly string[] = []): Promise<Record<string, Tensor>> {
  const graph = inferenceGraph(model, { inputs, features });
  await using session = await runtime.load(emitOnnx(graph, { parameters: stateDict(model), portable: true }), {
    optimize: false,
  });
  return session.run({ input: picture });
}

function expectClose(actual: Record<string, Tensor>, expected: Record<string, Tensor>): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) {
    const got = actual[name] as Tensor;
    expect(got.shape).toEqual(value.shape);
    value.data.forEach((x: number | bigint, i: number) => {
      expect(Math.abs(Number(got.data[i]) - Number(x)), `${name}[${i}]`).toBeLessThan(2e-6 * Math.max(1, Math.abs(Number(x))));
    });
  }
}

describe('compile', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await nodeRuntime();
  });
  afterAll(() => runtime.dispose());

  const countNorms = (model: Model, features: readonly string[] = []): number =>
    foldWeights(model, inferenceGraph(model, { inputs, features })).graph.nodes.filter(({ op }) => op === 'batchNorm').length;

  test('folds batch norms after convolutions, and no others', async () => {
    const net = filled(new Net());
    expect(countNorms(net)).toBe(1);
    await using program = await compile(net, { runtime, inputs });
    expectClose(await program.run({ input: picture }), await asTraced(runtime, net));
  });

  test('keeps what is asked for as a feature', async () => {
    const net = filled(new Net());
    const features = ['conv1', 'bn2'];
    expect(countNorms(net, features)).toBe(2);
    await using program = await compile(net, { runtime, inputs, features });
    expectClose(await program.run({ input: picture }), await asTraced(runtime, net, features));
  });

  test('keeps a convolution that is read twice', async () => {
    const net = filled(new Shared());
    expect(countNorms(net)).toBe(2);
    await using program = await compile(net, { runtime, inputs });
    expectClose(await program.run({ input: picture }), await asTraced(runtime, net));
  });

  test('folds modules that are used twice, once', async () => {
    const net = filled(new Twice());
    const folded = foldWeights(net, inferenceGraph(net, { inputs }));
    expect(folded.graph.nodes.map(({ op }) => op)).toEqual(['conv', 'conv']);
    expect(folded.parameters.size).toBe(2);
    await using program = await compile(net, { runtime, inputs });
    expectClose(await program.run({ input: picture }), await asTraced(runtime, net));
  });

  test('leaves the model as it is', async () => {
    const net = filled(new Net());
    const before = [...stateDict(net)].map(([name, value]) => [name, value, value.data.slice()] as const);
    await using _program = await compile(net, { runtime, inputs });
    for (const [name, value, data] of before) {
      expect(stateDict(net).get(name)).toBe(value);
      expect(value.data).toEqual(data);
    }
  });

  test('runs long batches in pieces, into given outputs too, and stops between them', async () => {
    const net = filled(new Net());
    await using whole = await compile(net, { runtime, inputs });
    await using pieces = await compile(net, { runtime, inputs, maxBatch: 3 });
    const input = values([8, 3, 9, 7], 5);
    const expected = await whole.run({ input });
    expectClose(await pieces.run({ input }), expected);
    const logits = float32([8, 8], new Float32Array(64));
    await pieces.run({ input }, { outputs: { logits } });
    expectClose({ logits }, expected);
    await expect(pieces.run({ input }, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  });

  test('refuses wrong options and inputs, naming them', async () => {
    const net = filled(new Net());
    const misspelt = { runtime, inputs, maxbatch: 2 };
    await expect(compile(net, misspelt)).rejects.toThrow('unknown option "maxbatch"');
    await using program = await compile(net, { runtime, inputs });
    await expect(program.run({ input: values([1, 4, 9, 7], 1) })).rejects.toThrow(
      'input "input" is float32[N, 3, H, W], float32[1, 4, 9, 7] came',
    );
    await program.dispose();
    await expect(program.run({ input: picture })).rejects.toThrow('disposed');
  });

  test('the cache gives the same session for the same weights, another for others, and stays bounded', async () => {
    const cache = new ProgramCache(1);
    const net = filled(new Net());
    let loads = 0;
    const counting: Runtime = {
      ...runtime,
      load: (source, options) => {
        loads++;
        return runtime.load(source, options);
      },
    };
    const [a, b] = await Promise.all([0, 1].map(() => compile(net, { runtime: counting, inputs, cache })));
    expect(loads).toBe(1);
    await a?.dispose();
    expectClose((await b?.run({ input: picture })) ?? {}, await asTraced(runtime, net));
    net.conv1.weight.value = values(net.conv1.weight.shape, 77);
    const c = await compile(net, { runtime: counting, inputs, cache });
    expect(loads).toBe(2);
    expect(cache.size).toBe(2);
    await b?.dispose();
    await c.dispose();
    expect(cache.size).toBe(1);
    await compile(net, { runtime: counting, inputs, cache }).then((program) => program.dispose());
    expect(loads).toBe(2);
    await cache.clear();
    expect(cache.size).toBe(0);
  });

  test('exports what runs elsewhere: names, dynamic axes, the same numbers', async () => {
    const net = filled(new Net());
    for (const portable of [false, true]) {
      const onnx = exportOnnx(net, { dynamic: ['batch', 'height', 'width'], portable });
      await using session = await runtime.load(onnx);
      expect(session.inputs).toEqual([{ name: 'input', dtype: 'float32', shape: ['batch', 3, 'height', 'width'] }]);
      expect(session.outputs).toEqual([{ name: 'logits', dtype: 'float32', shape: ['batch', 8] }]);
      expectClose(await session.run({ input: picture }), await asTraced(runtime, net));
    }
    await using fixed = await runtime.load(exportOnnx(net, { height: 9, width: 7 }));
    expect(fixed.inputs[0]?.shape).toEqual([1, 3, 9, 7]);
    const wrong = ['depth'] as unknown;
    expect(() => exportOnnx(net, { dynamic: wrong as [] })).toThrow('there is no axis "depth"');
  });
});
