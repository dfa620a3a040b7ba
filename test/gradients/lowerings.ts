/** The ways operators are lowered, and what the models must not contain. */
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from '../../src/compiler/onnx/onnx_pb.ts';

export const lowerings = [
  { label: 'cpu', target: 'cpu', portable: false },
  { label: 'portable', target: 'cpu', portable: true },
  { label: 'webgpu', target: 'webgpu', portable: false },
] as const;

/** Operators that ONNX Runtime's WebGPU back end hands to the CPU. */
export const noWebGpuKernel: ReadonlySet<string> = new Set(['com.microsoft.FusedMatMul', 'Sign', 'LogSoftmax']);

/** The operators of a model, each once. */
export function opTypes(model: Uint8Array): readonly string[] {
  const { graph } = fromBinary(ModelProtoSchema, model);
  return [...new Set(graph?.node.map(({ domain, opType }) => (domain === '' ? opType : `${domain}.${opType}`)))];
}
