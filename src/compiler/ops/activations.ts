/** What activations and their gradient operators share. */
import type { DType } from '../../base/dtype.ts';
import { describeType, type TensorType } from '../ir/graph.ts';
import { onnxDType } from './onnx-dtype.ts';
import type { Lowering } from './rules.ts';
import { expectFloat, expectInputs, fail } from './shapes.ts';

/** `count` floating-point inputs of one type; the result has that type. */
export function sameFloatRule(count: number): (inputs: readonly TensorType[]) => readonly TensorType[] {
  return (inputs) => {
    const [first, ...rest] = expectInputs(inputs, count) as [TensorType, ...TensorType[]];
    expectFloat(first);
    for (const other of rest) {
      if (describeType(other) !== describeType(first)) {
        fail(`takes ${count} values of one type, ${describeType(first)} and ${describeType(other)} came`);
      }
    }
    return [first];
  };
}

/** 1 where the condition holds, 0 elsewhere, as an ONNX value of that element type. */
export function indicator(to: Lowering, condition: string, dtype: DType): string {
  return to.emit('Cast', [condition], { to: onnxDType[dtype] });
}

/** The condition low < x < high. */
export function between(to: Lowering, x: string, low: number, high: number, dtype: DType): string {
  return to.emit('And', [to.emit('Greater', [x, to.scalar(low, dtype)]), to.emit('Less', [x, to.scalar(high, dtype)])]);
}
