/**
 * The gradient of a convolution with respect to its input: every element of dy goes back through the kernel to the elements
 * it was made of. With stride 1 this is a convolution with the flipped kernel; otherwise a transposed convolution.
 */
import { type Dim, subtractDims } from '../ir/dim.ts';
import { describeType, type TensorType, type Value } from '../ir/graph.ts';
import { lowerSpread } from './conv-spread.ts';
import type { OpRules } from './rules.ts';
import { costOfSeveral, elements, expectFloat, expectInputs, expectSameDtype, fail, staticDim } from './shapes.ts';
import type { ConvAttrs } from './windows.ts';
import { checkWindows, kernelOf, reach, spatialOf, windowCounts, windowSpan } from './windows.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /** Inputs dy [N, K, ...spatial'] and weight [K, C / groups, ...kernel]; output [N, C, ...inputShape]. */
    convInputGrad: ConvAttrs & { readonly inputShape: readonly Dim[] };
  }
}

/** The type of an input's gradient, or of a transposed convolution's output, once dy and weight fit. */
export function spreadType(dy: TensorType, weight: TensorType, attrs: ConvAttrs, spatial: readonly Dim[]): TensorType {
  expectFloat(dy);
  expectSameDtype(dy, weight);
  if (dy.shape.length !== weight.shape.length) {
    fail(
      `takes a value of rank ${weight.shape.length} for a weight of shape [${weight.shape.join(', ')}], ${describeType(dy)} came`,
    );
  }
  checkWindows(attrs, kernelOf(weight), dy.shape.length - 2);
  if (dy.shape[1] !== weight.shape[0]) fail(`input has ${dy.shape[1]} channels, weight expects ${weight.shape[0]}`);
  const [inChannels, perGroup] = [staticDim(weight.shape[0], 'the weight'), staticDim(weight.shape[1], 'the weight')];
  if (inChannels % attrs.groups !== 0) fail(`${inChannels} channels do not fall into ${attrs.groups} groups`);
  return { dtype: dy.dtype, shape: [dy.shape[0] as Dim, perGroup * attrs.groups, ...spatial] };
}

export const convInputGrad: OpRules<'convInputGrad'> = {
  shape(inputs, attrs) {
    const [dy, weight] = expectInputs(inputs, 2) as [TensorType, TensorType];
    const type = spreadType(dy, weight, attrs, attrs.inputShape);
    const counts = windowCounts(attrs.inputShape, kernelOf(weight), attrs);
    if (counts.join() !== spatialOf(dy).join()) {
      fail(`dy of an input [${attrs.inputShape.join(', ')}] has spatial shape [${counts.join(', ')}], ${describeType(dy)} came`);
    }
    return [type];
  },
  // Linear in both inputs: the gradient with respect to dy is the convolution itself.
  gradient(node, [d], wanted, builder) {
    if (!d) return [null, null];
    const [dy, weight] = node.inputs as readonly [Value, Value];
    const { inputShape: _, ...attrs } = node.attrs;
    const kernelShape = kernelOf(weight.type);
    return [
      wanted[0] ? builder.apply('conv', [d, weight], attrs) : null,
      wanted[1] ? builder.apply('convWeightGrad', [d, dy], { ...attrs, kernelShape }) : null,
    ];
  },
  lower(node, to) {
    const [dy, weight] = node.inputs as readonly [Value, Value];
    const { attrs } = node;
    const kernel = kernelOf(weight.type);
    const extra = attrs.inputShape.map((length, i) => {
      const stride = attrs.strides[i] as number;
      const span = windowSpan(dy.type.shape[i + 2] as Dim, stride, reach(kernel[i] as number, attrs.dilations[i] as number));
      const pads = (attrs.padsBegin[i] as number) + (attrs.padsEnd[i] as number);
      return stride === 1
        ? 0
        : staticDim(subtractDims(length, subtractDims(span, pads)), 'the gradient of a strided convolution');
    });
    return [lowerSpread(to, dy, weight, attrs, extra)];
  },
  read: 'none',
  cost(node) {
    const [dy, weight] = node.inputs as readonly [Value, Value];
    return costOfSeveral(node, (elements(dy.type) * elements(weight.type)) / staticDim(weight.type.shape[0], 'the weight'));
  },
};
