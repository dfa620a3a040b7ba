/** How gradients are wired: fan-out, values the loss does not depend on, seeds, and what is refused. */
import { expect, test } from 'vitest';
import { GraphBuilder } from '../ir/builder.ts';
import type { Value } from '../ir/graph.ts';
import { printGraph } from '../ir/print.ts';
import * as f from '../ops/functions.ts';
import { shapeRules } from '../ops/table.ts';
import { grad } from './grad.ts';

function input(builder: GraphBuilder, name: string, shape: readonly (number | string)[] = [2]): Value {
  return builder.input(name, { dtype: 'float32', shape });
}

test('where a value is used several times its gradients are added', () => {
  const builder = new GraphBuilder(shapeRules);
  const x = input(builder, 'x');
  const seed = input(builder, 'seed');
  const [dx] = grad(f.add(f.neg(x), x), [x], { seed }) as [Value];
  expect(printGraph(builder.build([{ name: 'dx', value: dx }]))).toContain('= add(%1, %4) : float32[2]');
});

test('the loss itself has its seed, an intermediate value its own gradient, an unused value zeros', () => {
  const builder = new GraphBuilder(shapeRules);
  const x = input(builder, 'x', ['N', 3]);
  const unused = input(builder, 'unused', ['N', 1]);
  const seed = input(builder, 'seed', ['N', 3]);
  const hidden = f.neg(x);
  const loss = f.neg(hidden);
  const [ofLoss, ofHidden, ofUnused] = grad(loss, [loss, hidden, unused], { seed }) as [Value, Value, Value];
  expect(ofLoss).toBe(seed);
  expect(ofHidden.type).toEqual(hidden.type);
  expect(ofUnused.type).toEqual(unused.type);
});

test('what goes through an operator without gradient is refused only when it is wanted', () => {
  const builder = new GraphBuilder(shapeRules);
  const x = input(builder, 'x');
  const y = input(builder, 'y');
  const loss = f.add(builder.apply('floor', [x], {}), y);
  expect(grad(loss, [y])).toHaveLength(1);
  expect(() => grad(f.add(builder.apply('batchNormTrainGrad', batch(builder, x), { epsilon: 0 }), 1), [x])).toThrow(
    'grad: batchNormTrainGrad has no gradient, but the loss depends on a wanted value through it',
  );
});

function batch(builder: GraphBuilder, x: Value): readonly Value[] {
  const wide = f.reshape(x, [2, 1, 1]);
  const vector = input(builder, 'vector', [1]);
  return [wide, wide, vector, vector, vector];
}

test('seeds of another type and values of another graph are refused', () => {
  const builder = new GraphBuilder(shapeRules);
  const x = input(builder, 'x');
  const loss = f.sum(x);
  expect(() => grad(loss, [x], { seed: x })).toThrow("grad: the seed must be of the loss' type float32[], float32[2] came");
  const other = input(new GraphBuilder(shapeRules), 'x');
  expect(() => grad(loss, [other])).toThrow('must be values of one graph');
});
