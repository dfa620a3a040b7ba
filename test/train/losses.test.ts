/** Losses and their gradients against torch's; refusals. */
import { describe, expect, it } from 'vitest';
import { float32, int64, type Tensor } from '../../src/base/tensor.ts';
import { grad } from '../../src/compiler/autodiff/grad.ts';
import { GraphBuilder } from '../../src/compiler/ir/builder.ts';
import type { Value } from '../../src/compiler/ir/graph.ts';
import { verifyGraph } from '../../src/compiler/ir/verify.ts';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import { shapeRules } from '../../src/compiler/ops/table.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import { binaryCrossEntropy, crossEntropy, marginLoss, mse } from '../../src/train/index.ts';
import { fill } from '../parity/fill.ts';
import { cases, errorOf, goldens, type LossCase, paired } from './golden.ts';

type Loss = (output: Value, target: Value, options?: object) => Value;
const losses: Readonly<Record<LossCase['loss'], Loss>> = { crossEntropy, binaryCrossEntropy, mse, marginLoss };

function operandsOf({ name, loss, output: shape, range = [-3, 3], classes }: LossCase): Record<'output' | 'target', Tensor> {
  const output = fill(`${name}:output`, shape, range);
  if (classes) return { output, target: int64([classes.length], classes) };
  const target = fill(`${name}:target`, shape, [0, 1]);
  return { output, target: loss === 'marginLoss' ? float32(shape, target.data.map(Math.round)) : target };
}

async function lossAndGradient(
  loss: (output: Value, target: Value) => Value,
  operands: Record<'output' | 'target', Tensor>,
): Promise<{ readonly loss: number; readonly gradient: Float32Array }> {
  const builder = new GraphBuilder(shapeRules);
  const output = builder.input('output', operands.output);
  const value = loss(output, builder.input('target', operands.target));
  expect(value.type).toEqual({ dtype: 'float32', shape: [] });
  const [gradient] = grad(value, [output]) as [Value];
  const graph = builder.build([
    { name: 'loss', value },
    { name: 'gradient', value: gradient },
  ]);
  verifyGraph(graph, shapeRules);
  await using runtime = await nodeRuntime();
  await using session = await runtime.load(emitOnnx(graph), { optimize: false });
  const results = await session.run(operands);
  return { loss: Number(results.loss?.data[0]), gradient: results.gradient?.data as Float32Array };
}

describe('losses and gradients equal torch', () => {
  it.each(paired(cases.losses, goldens.losses, ({ name }) => name))('%s', async (_, one, golden) => {
    const result = await lossAndGradient((output, target) => losses[one.loss](output, target, one.options), operandsOf(one));
    expect(errorOf([result.loss], [golden.loss])).toBeLessThan(1e-6);
    expect(errorOf(result.gradient, golden.gradient)).toBeLessThan(1e-6);
  });
});

describe('a class that does not exist', () => {
  const output = fill('logits', [2, 3], [-1, 1]);

  it.each([3, -1, 1e9])('%d makes the loss NaN', async (wrong) => {
    const target = int64([2], [0, wrong]);
    expect((await lossAndGradient(crossEntropy, { output, target })).loss).toBeNaN();
    const some = (logits: Value, classes: Value): Value =>
      crossEntropy(logits, classes, { ignoreIndex: 2, classWeights: [1, 2, 3] });
    expect((await lossAndGradient(some, { output, target })).loss).toBeNaN();
  });

  it('as do ignored pictures alone', async () => {
    const all = (logits: Value, classes: Value): Value => crossEntropy(logits, classes, { ignoreIndex: 2 });
    expect((await lossAndGradient(all, { output, target: int64([2], [2, 2]) })).loss).toBeNaN();
  });
});

describe('losses refuse', () => {
  const builder = new GraphBuilder(shapeRules);
  let inputs = 0;
  const float = (...shape: number[]): Value => builder.input(`x${inputs++}`, { dtype: 'float32', shape });
  const classes = (...shape: number[]): Value => builder.input(`x${inputs++}`, { dtype: 'int64', shape });

  it.each([
    [() => crossEntropy(float(4, 3), classes(5)), /takes logits \[N, classes\] .* float32\[4, 3\] and int64\[5\] came/],
    [() => crossEntropy(float(4, 3), float(4)), /float32\[4\] came/],
    [() => crossEntropy(float(4, 3), float(4, 2)), /float32\[4, 2\] came/],
    [() => crossEntropy(float(4, 3), classes(4, 3)), /int64\[4, 3\] came/],
    [() => crossEntropy(float(4, 3, 2), classes(4)), /float32\[4, 3, 2\]/],
    [() => crossEntropy(float(4, 3), classes(4), { labelSmoothing: 1.5 }), /labelSmoothing is from 0 to 1, 1.5 came/],
    [() => crossEntropy(float(4, 3), classes(4), { labelSmoothing: Number.NaN }), /labelSmoothing is from 0 to 1/],
    [() => crossEntropy(float(4, 3), classes(4), { classWeights: [1, 2] }), /takes 3 classWeights, one for each class, 2 came/],
    [() => crossEntropy(float(4, 3), classes(4), { classWeights: [1, 2, -1] }), /classWeights are 0 or more, -1 came/],
    [() => crossEntropy(float(4, 3), classes(4), { ignoreIndex: 0.5 }), /ignoreIndex is a whole number, 0.5 came/],
    [() => crossEntropy(float(4, 3), float(4, 3), { ignoreIndex: 1 }), /ignoreIndex needs class targets/],
    [() => crossEntropy(float(4, 3), classes(4), { smoothing: 0.1 } as object), /unknown option "smoothing"/],
    [() => binaryCrossEntropy(float(4, 3), float(4, 1)), /takes logits and targets of one type/],
    [() => binaryCrossEntropy(float(4, 3), classes(4, 3)), /int64\[4, 3\] came/],
    [() => binaryCrossEntropy(float(4, 3), float(4, 3), { posWeight: [1, 2] }), /takes 3 posWeights/],
    [() => binaryCrossEntropy(float(), float(), { posWeight: [1] }), /takes no list of posWeights/],
    [() => binaryCrossEntropy(float(4, 3), float(4, 3), { posWeight: -1 }), /posWeight is 0 or more, -1 came/],
    [() => binaryCrossEntropy(float(4, 3), float(4, 3), { weight: 1 } as object), /unknown option "weight"/],
    [() => mse(float(4, 3), float(4)), /takes outputs and targets of one type, float32\[4, 3\] and float32\[4\] came/],
    [() => marginLoss(float(4, 3), classes(3)), /takes lengths \[N, classes\]/],
    [() => marginLoss(float(4, 3), classes(4), { absentWeight: -1 }), /the weight 0 or more/],
    [() => marginLoss(float(4, 3), classes(4), { margin: 1 } as object), /unknown option "margin"/],
  ] as const)('%s', (make, message) => {
    expect(make).toThrow(message);
  });
});
