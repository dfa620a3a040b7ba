/** ONNX's number of each element type, as its Cast operator takes it. */
import { type DType, dtypes, isDType } from '../../base/dtype.ts';
import type { OnnxNode } from './reading.ts';

export const onnxDType: { readonly [D in DType]: number } = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
};

/** The element type of ONNX's number, or undefined for one that Ocelli does not have (text, complex numbers, 8-bit floats). */
export function dtypeOfOnnx(number: number): DType | undefined {
  return Object.keys(dtypes).find((dtype): dtype is DType => isDType(dtype) && onnxDType[dtype] === number);
}

/** The same where a node asks for it. */
export function dtypeOf(node: OnnxNode, number: number): DType {
  return dtypeOfOnnx(number) ?? node.refuse(`asks for ONNX's element type ${number}, which is not supported`);
}
