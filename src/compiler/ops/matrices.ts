/** What products of matrices share. */
import type { Value } from '../ir/graph.ts';
import type { Lowering } from './rules.ts';

/** The ONNX name of x with its last two axes exchanged. */
export function lowerTransposed(x: Value, to: Lowering): string {
  const rank = x.type.shape.length;
  const perm = Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  return to.emit('Transpose', [to.name(x)], { perm });
}
