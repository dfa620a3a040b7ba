/**
 * The gradient of a convolution with respect to its weight: each kernel element is the product, over pictures and positions,
 * of dy and the input elements that it met: dW[k, c, t] = Σ_{n, p} dy[n, k, p] · x[n, c, stride · p + dilation · t − padsBegin].
 */
import type { Dim } from '../ir/dim.ts';
import { describeType, type TensorType, type Value } from '../ir/graph.ts';
import { canBlock } from './blocked.ts';
import { asBlockedConvolution, asConvolution, asOneConvolution, partsOfOneConvolution } from './conv-weight-convolutions.ts';
import { atOnce, byPicture, fewPositions } from './conv-weight-products.ts';
import { sizesOf } from './conv-weight-sizes.ts';
import type { OpRules } from './rules.ts';
import { costOfSeveral, elements, expectFloat, expectInputs, expectSameDtype, fail, staticDim } from './shapes.ts';
import type { ConvAttrs } from './windows.ts';
import { checkWindows, spatialOf, windowCounts } from './windows.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /** Inputs x [N, C, ...spatial] and dy [N, K, ...spatial']; output [K, C / groups, ...kernelShape]. Static shapes alone. */
    convWeightGrad: ConvAttrs & { readonly kernelShape: readonly number[] };
  }
}

export const convWeightGrad: OpRules<'convWeightGrad'> = {
  shape(inputs, attrs) {
    const [x, dy] = expectInputs(inputs, 2) as [TensorType, TensorType];
    expectFloat(x);
    expectSameDtype(x, dy);
    const { kernelShape, groups } = attrs;
    checkWindows(attrs, kernelShape, x.shape.length - 2);
    const [C, K] = [staticDim(x.shape[1], 'the channel axis'), staticDim(dy.shape[1], 'the channel axis')];
    if (C % groups !== 0 || K % groups !== 0) fail(`${C} and ${K} channels do not fall into ${groups} groups`);
    const expected: readonly Dim[] = [x.shape[0] as Dim, K, ...windowCounts(spatialOf(x), kernelShape, attrs)];
    if (expected.join() !== dy.shape.join()) fail(`takes dy of shape [${expected.join(', ')}], ${describeType(dy)} came`);
    return [{ dtype: x.dtype, shape: [K, C / groups, ...kernelShape] }];
  },
  // Linear in both inputs.
  gradient(node, [dWeight], wanted, builder) {
    if (!dWeight) return [null, null];
    const [x, dy] = node.inputs as readonly [Value, Value];
    const { kernelShape: _, ...attrs } = node.attrs;
    return [
      wanted[0] ? builder.apply('convInputGrad', [dy, dWeight], { ...attrs, inputShape: spatialOf(x.type) }) : null,
      wanted[1] ? builder.apply('conv', [x, dWeight], attrs) : null,
    ];
  },
  lower(node, to) {
    const [x, dy] = node.inputs.map((input) => to.name(input)) as [string, string];
    const sizes = sizesOf(node);
    const { C, K, groups } = sizes;
    if (groups === C && K === C && canBlock(to, C, sizes.kernel.length))
      return [asBlockedConvolution(to, x, dy, sizes, node.attrs)];
    if (groups === C && groups > 1 && sizes.kernel.length < 3) return [asConvolution(to, x, dy, sizes, node.attrs)];
    const parts = to.target === 'cpu' ? partsOfOneConvolution(sizes, node.attrs) : 0;
    if (parts > 0) return [asOneConvolution(to, x, dy, sizes, node.attrs, parts as 1 | 2)];
    const product = fewPositions(sizes) ? atOnce : byPicture;
    return [product(to, x, dy, sizes, node.attrs)];
  },
  read: 'none',
  cost(node) {
    const dy = node.inputs[1] as Value;
    const weight = node.outputs[0] as Value;
    return costOfSeveral(node, (elements(dy.type) * elements(weight.type)) / staticDim(weight.type.shape[0], 'the weight'));
  },
};
