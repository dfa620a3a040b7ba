/**
 * Chains of operators whose values stay in ONNX Runtime's blocked layout between convolutions, against the same graphs in plain
 * layout, gradients included. Each operator in plain layout is held against torch in gradients.test.ts.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/base/tensor.ts';
import { grad } from '../../src/compiler/autodiff/grad.ts';
import { GraphBuilder } from '../../src/compiler/ir/builder.ts';
import type { Graph, Value } from '../../src/compiler/ir/graph.ts';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import * as f from '../../src/compiler/ops/functions.ts';
import { shapeRules } from '../../src/compiler/ops/table.ts';
import { blockedLayout } from '../../src/program/blocked-layout.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { fill } from './fill.ts';
import { opTypes } from './lowerings.ts';
import { runModel } from './run.ts';

/** Adds a named input. */
type Input = (name: string, shape: readonly number[]) => Value;

interface Chain {
  readonly name: string;
  readonly input: readonly number[];
  build(x: Value, input: Input): Value;
  /** Operators that must not be there: values are to stay in blocks. */
  readonly without?: readonly string[];
}

const conv = (x: Value, input: Input, name: string, outputs: number, kernel: number, options: f.ConvOptions = {}): Value => {
  const channels = (x.type.shape[1] as number) / (options.groups ?? 1);
  return f.conv(x, input(`${name}.weight`, [outputs, channels, kernel, kernel]), undefined, { padding: kernel >> 1, ...options });
};

const norm = (x: Value, input: Input, name: string): Value => {
  const channels = x.type.shape[1] as number;
  const [scale, bias] = [input(`${name}.scale`, [channels]), input(`${name}.bias`, [channels])];
  return f.batchNormTrain(x, f.add(scale, 1.5), bias).y;
};

const chains: readonly Chain[] = [
  {
    name: 'residual block',
    input: [4, 16, 16, 16],
    build(x, input) {
      const a = f.relu(norm(conv(x, input, 'a', 32, 3), input, 'na'));
      const b = norm(conv(a, input, 'b', 32, 3), input, 'nb');
      const y = f.relu(f.add(b, a));
      return conv(y, input, 'c', 16, 1);
    },
    without: ['Relu', 'BatchNormalization'],
  },
  {
    name: 'residual block with a strided shortcut',
    input: [4, 32, 32, 32],
    build(x, input) {
      const head = f.relu(norm(conv(x, input, 'h', 32, 3), input, 'nh'));
      const a = f.relu(norm(conv(head, input, 'a', 48, 3, { stride: 2 }), input, 'na'));
      const b = norm(conv(a, input, 'b', 48, 3), input, 'nb');
      const shortcut = norm(conv(head, input, 's', 48, 1, { stride: 2 }), input, 'ns');
      return f.mean(f.relu(f.add(b, shortcut)), [2, 3]);
    },
    without: ['Relu', 'BatchNormalization', 'ConvTranspose'],
  },
  {
    name: 'inverted residual with a gate, channels that do not fill their blocks, stochastic depth',
    input: [4, 24, 14, 14],
    build(x, input) {
      const a = f.silu(norm(conv(x, input, 'a', 72, 1), input, 'na'));
      const b = f.silu(norm(conv(a, input, 'b', 72, 5, { groups: 72 }), input, 'nb'));
      const squeezed = f.silu(conv(f.mean(b, [2, 3], true), input, 'q', 8, 1));
      const gate = f.sigmoid(conv(squeezed, input, 'e', 72, 1));
      const c = norm(conv(f.mul(b, gate), input, 'c', 24, 1), input, 'nc');
      const kept = f.mul(c, input('mask', [4, 1, 1, 1]));
      return conv(f.add(kept, x), input, 'd', 16, 1);
    },
    without: ['BatchNormalization'],
  },
  {
    name: 'relu6, strided depthwise, odd sizes',
    input: [3, 16, 17, 15],
    build(x, input) {
      const a = f.relu6(norm(conv(x, input, 'a', 48, 1), input, 'na'));
      const b = f.relu6(norm(conv(a, input, 'b', 48, 3, { groups: 48, stride: 2 }), input, 'nb'));
      return f.mean(norm(conv(b, input, 'c', 16, 1), input, 'nc'), [2, 3], true);
    },
  },
  {
    name: 'stem of three channels and a max pool',
    input: [4, 3, 32, 32],
    build(x, input) {
      const a = f.relu(norm(conv(x, input, 'a', 16, 7, { stride: 2 }), input, 'na'));
      const b = f.maxPool(a, { kernel: 3, stride: 2, padding: 1 });
      return conv(b, input, 'b', 16, 3);
    },
  },
  {
    name: 'branches side by side',
    input: [4, 32, 16, 16],
    build(x, input) {
      const biased = (from: Value, name: string, outputs: number, kernel: number): Value => {
        const weight = input(`${name}.weight`, [outputs, from.type.shape[1] as number, kernel, kernel]);
        return f.relu(f.conv(from, weight, input(`${name}.bias`, [outputs]), { padding: kernel >> 1 }));
      };
      const squeezed = biased(x, 's', 16, 1);
      const joined = f.concat([biased(squeezed, 'a', 16, 1), biased(squeezed, 'b', 32, 3)], 1);
      return conv(joined, input, 'c', 16, 1);
    },
    without: ['Relu'],
  },
];

/** The chain's output weighed by a seed, and the gradients of all inputs. */
function chainGraph({ input: shape, build }: Chain): { readonly graph: Graph; readonly feeds: ReadonlyMap<string, Tensor> } {
  const builder = new GraphBuilder(shapeRules);
  const feeds = new Map<string, Tensor>();
  const inputs: Value[] = [];
  const input: Input = (name, dims) => {
    const value = fill(name, { shape: dims });
    feeds.set(name, value);
    const made = builder.input(name, value);
    inputs.push(made);
    return made;
  };
  const y = build(input('x', shape), input);
  const seed = input('seed', y.type.shape as readonly number[]);
  const wrt = inputs.slice(0, -1);
  const gradients = grad(y, wrt, { seed });
  const names = [...feeds.keys()];
  const outputs = gradients.map((value, i) => ({ name: `gradient of ${names[i]}`, value }));
  return { graph: builder.build([{ name: 'y', value: y }, ...outputs]), feeds };
}

describe('chains in the blocked layout', () => {
  let runtime: Runtime;
  let nchwcBlock = 0;
  beforeAll(async () => {
    runtime = await nodeRuntime({ worker: false });
    nchwcBlock = await blockedLayout(runtime);
    if (nchwcBlock === 0) console.log('skipped: ONNX Runtime has no blocked layout on this processor');
  });
  afterAll(() => runtime.dispose());

  it.each(chains)('$name', async (chain) => {
    if (nchwcBlock === 0) return;
    const { graph, feeds } = chainGraph(chain);
    const blocked = emitOnnx(graph, { nchwcBlock }).model;
    const operators = opTypes(blocked);
    expect(operators).toContain('com.microsoft.nchwc.Conv');
    for (const operator of chain.without ?? []) expect(operators).not.toContain(operator);
    const [actual, expected] = [
      await runModel(blocked, feeds),
      await runModel(emitOnnx(graph, { target: 'webgpu' }).model, feeds),
    ];
    for (const { name } of graph.outputs) {
      const [a, e] = [actual.get(name), expected.get(name)];
      expect(a?.shape, name).toEqual(e?.shape);
      const [left, right] = [a?.data as Float32Array, e?.data as Float32Array];
      const largest = right.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const off = left.reduce((most, value, i) => Math.max(most, Math.abs(value - (right[i] as number))), 0);
      expect(largest, name).toBeGreaterThan(0);
      expect(off / largest, name).toBeLessThan(1e-4);
    }
  });
});
