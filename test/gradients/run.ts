/** Runs ONNX bytes with onnxruntime-node. */
import * as ort from 'onnxruntime-node';
import type { Tensor } from '../../src/base/tensor.ts';
import type { Actual } from './compare.ts';

/** The outputs by name, from the CPU or from WebGPU. */
export async function runModel(
  model: Uint8Array,
  feeds: ReadonlyMap<string, Tensor>,
  backEnd: 'cpu' | 'webgpu' = 'cpu',
): Promise<ReadonlyMap<string, Actual>> {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [backEnd],
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 3,
  });
  const inputs = Object.fromEntries(
    session.inputNames.map((name) => {
      const tensor = feeds.get(name) as Tensor;
      return [name, new ort.Tensor(tensor.dtype as 'float32', tensor.data as Float32Array, tensor.shape)];
    }),
  );
  const results = await session.run(inputs);
  await session.release();
  return new Map(
    Object.entries(results).map(([name, { dims, data, type }]) => [
      name,
      { shape: dims, data: data as ArrayLike<number | bigint>, floating: type.startsWith('float') },
    ]),
  );
}
