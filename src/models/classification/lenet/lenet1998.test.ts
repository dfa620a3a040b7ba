/** LeNet-5 of 1998 has the parameters that its paper counts, layer by layer. */
import { expect, test } from 'vitest';
import type { Tensor } from '../../../base/tensor.ts';
import { type Module, namedParameters } from '../../../nn/module.ts';
import { initialize } from '../../../nn/state-dict.ts';
import { replaceHead } from '../../../nn/surgery.ts';
import { summarize } from '../../../program/summary.ts';
import { lenet5_1998 } from '../lenet.ts';
import { RadialBasis } from './lenet1998.ts';

const inputShape = [1, 1, 32, 32];

const trained = (module: Module): number =>
  [...namedParameters(module)].reduce(
    (sum, [, { shape, trainable }]) => sum + (trainable ? shape.reduce((product, dim) => product * dim, 1) : 0),
    0,
  );

test('60,000 parameters are trained; the rows of the output are not, and are ±1', () => {
  const model = lenet5_1998();
  const layers = [model.c1, model.s2, model.c3, model.s4, model.c5, model.f6, model.output];
  expect(layers.map(trained)).toEqual([156, 12, 1516, 32, 48_120, 10_164, 0]);
  expect(trained(model)).toBe(60_000);
  initialize(model, { seed: 3 });
  expect(new Set(model.output.weight.value?.data as Float32Array)).toEqual(new Set([-1, 1]));
  // Each weight begins within 2.4 over the inputs of its unit: 75 at the first map, 150 at the last.
  const kernels = Array.from((model.c3.weight.value as Tensor).data as Float32Array, Math.abs);
  for (const [from, to, inputs] of [
    [0, 75, 75],
    [1500 - 150, 1500, 150],
  ] as const) {
    const largest = Math.max(...kernels.slice(from, to));
    expect([largest > 2 / inputs, largest <= 2.4 / inputs]).toEqual([true, true]);
  }
});

test('maps have the sizes of the paper', () => {
  const sizes = summarize(lenet5_1998(), { inputShape }).layers.map(({ name, output }) => [name, output.slice(1).join('x')]);
  expect(Object.fromEntries(sizes)).toMatchObject({
    c1: '6x28x28',
    s2: '6x14x14',
    c3: '16x10x10',
    s4: '16x5x5',
    c5: '120x1x1',
    f6: '84',
    output: '10',
  });
});

test('a new head is of radial basis functions too', () => {
  const model = lenet5_1998();
  expect(replaceHead(model, 5)).toBe('output');
  expect(model.output).toBeInstanceOf(RadialBasis);
  expect([model.output.weight.shape, model.output.weight.trainable]).toEqual([[5, 84], false]);
});
