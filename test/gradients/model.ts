/** What a written ONNX model contains. */
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from '../../src/compiler/onnx/onnx_pb.ts';

/** Operators that ONNX Runtime's WebGPU back end has no kernel for, or refuses when it runs them. */
export const unsuitableForWebGpu: ReadonlySet<string> = new Set(['com.microsoft.FusedMatMul', 'Sign', 'LogSoftmax']);

/** The operators of a model, each once. */
export function opTypes(model: Uint8Array): readonly string[] {
  const { graph } = fromBinary(ModelProtoSchema, model);
  return [...new Set(graph?.node.map(({ domain, opType }) => (domain === '' ? opType : `${domain}.${opType}`)))];
}
