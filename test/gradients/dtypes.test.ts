/** Gradients of activations in the other floating-point types: what float32 gives, rounded; where ONNX Runtime has kernels. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Tensor } from '../../src/base/tensor.ts';
import { float32 } from '../../src/base/tensor.ts';
import { grad } from '../../src/compiler/autodiff/grad.ts';
import { GraphBuilder } from '../../src/compiler/ir/builder.ts';
import type { Value } from '../../src/compiler/ir/graph.ts';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import * as f from '../../src/compiler/ops/functions.ts';
import { shapeRules } from '../../src/compiler/ops/table.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { castTensor } from '../../src/weights/convert.ts';

type Float = 'float32' | 'float16' | 'float64';
type Activation = (x: Value) => Value;

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime();
});
afterAll(() => runtime.dispose());

const points = float32([6], [-4, -1, -0.25, 0.5, 2, 7]);

async function gradientOf(activation: Activation, dtype: Float, target: 'cpu' | 'webgpu'): Promise<Tensor<'float32'>> {
  const builder = new GraphBuilder(shapeRules);
  const x = builder.input('x', { dtype, shape: [6] });
  const [dx] = grad(f.sum(activation(x)), [x]) as [Value];
  const onnx = emitOnnx(builder.build([{ name: 'dx', value: dx }]), { target, portable: target === 'webgpu' });
  await using session = await runtime.load(onnx);
  const result = await session.run({ x: castTensor(points, dtype) });
  expect(result.dx?.dtype).toBe(dtype);
  return castTensor(result.dx as Tensor, 'float32');
}

const halves: Readonly<Record<string, Activation>> = {
  relu: f.relu,
  relu6: f.relu6,
  hardSigmoid: f.hardSigmoid,
  hardSwish: f.hardSwish,
  silu: f.silu,
  gelu: f.gelu,
  elu: f.elu,
};
const doubles: Readonly<Record<string, Activation>> = { relu: f.relu, relu6: f.relu6, silu: f.silu, leakyRelu: f.leakyRelu };

test.each([
  ['float16', halves, 4e-3],
  ['float64', doubles, 1e-6],
] as const)('%s', async (dtype, activations, tolerance) => {
  for (const [name, activation] of Object.entries(activations)) {
    for (const target of ['cpu', 'webgpu'] as const) {
      const expected = await gradientOf(activation, 'float32', target);
      const actual = await gradientOf(activation, dtype, target);
      expected.data.forEach((value, i) => {
        expect(Math.abs((actual.data[i] ?? Number.NaN) - value), `${name} on ${target}, element ${i}`).toBeLessThan(tolerance);
      });
    }
  }
});
