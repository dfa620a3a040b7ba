/** What the largest and the smallest share: where their gradients flow. */
import type { Builder, Node, Value } from '../ir/graph.ts';
import * as f from './functions.ts';
import { withAxes } from './reduce.ts';
import { unbroadcast } from './shapes.ts';

/** Of two operands dy flows to the one that `wins` over the other; where they tie each gets half, as in torch. */
export function flowToWinner(wins: (a: Value, b: Value) => Value) {
  return (
    node: Node<'maximum' | 'minimum'>,
    [dy]: readonly (Value | null)[],
    wanted: readonly boolean[],
    builder: Builder,
  ): readonly (Value | null)[] => {
    if (!dy) return [null, null];
    const [a, b] = node.inputs as [Value, Value];
    const tie = f.equal(a, b);
    const half = f.mul(dy, 0.5);
    const flow = (from: Value, other: Value): Value =>
      unbroadcast(f.where(tie, half, f.where(wins(from, other), dy, 0)), from.type, builder);
    return [wanted[0] ? flow(a, b) : null, wanted[1] ? flow(b, a) : null];
  };
}

/** Of the elements over axes dy flows to the chosen one; where several tie they share it equally, as in torch.amax and amin. */
export function flowToChosen(node: Node<'max' | 'min'>, [dy]: readonly (Value | null)[]): readonly (Value | null)[] {
  if (!dy) return [null];
  const x = node.inputs[0] as Value;
  const chosen = f.cast(f.equal(x, withAxes(node.outputs[0] as Value, node)), x.type.dtype);
  const share = f.div(withAxes(dy, node), f.sum(chosen, node.attrs.axes, true));
  return [f.mul(chosen, share)];
}
