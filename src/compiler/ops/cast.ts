/** Another element type; floats become integers towards zero. dy is cast back; none flows into integers. */
import { type DType, dtypes } from '../../base/dtype.ts';
import type { Value } from '../ir/graph.ts';
import { dtypeOf, onnxDType } from './onnx-dtype.ts';
import type { OpRules } from './rules.ts';
import { costOf, onlyInput } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    cast: { readonly to: DType };
  }
}

export const cast: OpRules<'cast'> = {
  shape: (inputs, { to }) => [{ dtype: to, shape: onlyInput(inputs).shape }],
  gradient(node, [dy], _wanted, builder) {
    const { dtype } = (node.inputs[0] as Value).type;
    return [dy && dtypes[dtype].floating ? builder.apply('cast', [dy], { to: dtype }) : null];
  },
  lower: (node, to) => [to.emit('Cast', [to.name(node.inputs[0] as Value)], { to: onnxDType[node.attrs.to] })],
  read: {
    Cast: (node) => node.builder.apply('cast', [node.input(0)], { to: dtypeOf(node, node.int('to')) }),
    CastLike: (node) => node.builder.apply('cast', [node.input(0)], { to: node.input(1).type.dtype }),
  },
  cost: costOf,
};
