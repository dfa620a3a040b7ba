/** Convolutions in training that leave out dead kernel elements, and max pools that change places with relu, against the traces that do not. */
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/base/tensor.ts';
import { grad } from '../../src/compiler/autodiff/grad.ts';
import type { Value } from '../../src/compiler/ir/graph.ts';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import { deadCode } from '../../src/compiler/passes/dead-code.ts';
import { Conv2d, MaxPool2d, type Module, ReLU, Sequential } from '../../src/nn/index.ts';
import { pathsOf } from '../../src/nn/trace.ts';
import { type Mode, Trace } from '../../src/nn/trace-context.ts';
import type { Actual } from './compare.ts';
import { fill } from './fill.ts';
import { runModel } from './run.ts';

interface Case {
  readonly name: string;
  readonly module: () => Module<[Value], Value>;
  readonly input: readonly number[];
  /** Operators of the training graph that the other one lacks, with their counts. */
  readonly more: Readonly<Record<string, number>>;
}

const cases: readonly Case[] = [
  { name: '3x3 on one element', module: () => new Conv2d(4, 6, 3, { padding: 1 }), input: [3, 4, 1, 1], more: { matmul: 2 } },
  {
    name: '3x3 of stride 2 on two by two',
    module: () => new Conv2d(4, 6, 3, { padding: 1, stride: 2, bias: false }),
    input: [3, 4, 2, 2],
    more: { matmul: 2 },
  },
  {
    name: '5x5, groups, one row',
    module: () => new Conv2d(4, 4, 5, { padding: 2, groups: 2 }),
    input: [2, 4, 1, 6],
    more: { matmul: 2 },
  },
  {
    name: 'dilation beyond the picture',
    module: () => new Conv2d(3, 5, 3, { padding: 4, dilation: 4 }),
    input: [2, 3, 3, 3],
    more: { matmul: 2 },
  },
  { name: 'all elements alive', module: () => new Conv2d(4, 6, 3, { padding: 1 }), input: [3, 4, 2, 2], more: {} },
  {
    name: 'relu before a max pool, with zeros side by side',
    module: () => new Sequential(new Conv2d(3, 4, 3), new ReLU(), new MaxPool2d(3, { stride: 2, padding: 1 })),
    input: [2, 3, 9, 8],
    more: {},
  },
];

/** The gradients of the input and of all parameters, and the output. */
async function resultsIn(mode: Mode, { module: make, input }: Case) {
  const module = make();
  const trace = new Trace(pathsOf(module), mode);
  const feeds = new Map<string, Tensor>();
  const feed = (name: string, shape: readonly number[]): void => void feeds.set(name, fill(name, { shape }));
  const x = trace.input('x', { dtype: 'float32', shape: input });
  feed('x', input);
  const y = module.call(x);
  feed('seed', y.type.shape as readonly number[]);
  const seed = trace.input('seed', y.type);
  const parameters = [...trace.usedParameters].map(([parameter, value]) => ({ name: trace.pathOf(parameter), value }));
  for (const { name, value } of parameters) feed(name, value.type.shape as readonly number[]);
  const gradients = grad(y, [x, ...parameters.map(({ value }) => value)], { seed });
  const names = ['x', ...parameters.map(({ name }) => name)];
  const outputs = gradients.map((value, i) => ({ name: `gradient of ${names[i]}`, value }));
  const graph = deadCode(trace.build([{ name: 'y', value: y }, ...outputs]));
  const operators = graph.nodes.map(({ op }): string => op);
  return { results: await runModel(emitOnnx(graph).model, feeds), operators };
}

describe('training leaves out what is dead', () => {
  it.each(cases)('$name', async (test) => {
    const [training, inference] = [await resultsIn('training', test), await resultsIn('inference', test)];
    const count = (operators: readonly string[], op: string): number => operators.filter((other) => other === op).length;
    for (const op of ['matmul', 'conv', 'maxPool', 'relu']) {
      expect(count(training.operators, op), op).toBe(count(inference.operators, op) + (test.more[op] ?? 0));
    }
    for (const [name, { data, shape }] of inference.results) {
      const actual = training.results.get(name) as Actual;
      expect(actual.shape, name).toEqual(shape);
      Array.from(data as Float32Array).forEach((expected, i) => {
        expect(Math.abs((actual.data[i] as number) - expected), `${name}[${i}]`).toBeLessThan(1e-5);
      });
    }
  });
});
