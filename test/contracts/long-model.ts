/** A model whose only purpose is to take a while. */
import { float32, tensor } from '../../src/base/tensor.ts';
import { GraphBuilder } from '../../src/compiler/ir/builder.ts';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import { shapeRules } from '../../src/compiler/ops/table.ts';
import type { ModelSource } from '../../src/runtime/runtime.ts';

/** `count` products of [size, size] matrices, filled with the input x [1, 1]; y [1, 1] is the mean of the last. */
export function longModel(count = 24, size = 1024): ModelSource {
  const builder = new GraphBuilder(shapeRules);
  const x = builder.input('x', { dtype: 'float32', shape: [1, 1] });
  const matrix = builder.parameter('m', { dtype: 'float32', shape: [size, size] });
  let y = builder.apply('add', [builder.apply('expand', [x], { shape: [size, size] }), matrix], {});
  for (let i = 0; i < count; i++) {
    const scale = builder.apply('constant', [], { value: float32([], [1 / size]) });
    y = builder.apply('mul', [builder.apply('matmul', [y, y], { transA: false, transB: false }), scale], {});
  }
  const mean = builder.apply('mean', [y], { axes: [0, 1], keepDims: true });
  return emitOnnx(builder.build([{ name: 'y', value: mean }]), { parameters: new Map([['m', tensor('float32', [size, size])]]) });
}
