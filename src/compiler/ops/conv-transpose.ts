/**
 * Transposed convolution: what the gradient of a convolution does to its input, as a layer of its own. Each element of x
 * is spread over a window of y: y[n, k, stride · p + dilation · t − padsBegin] += x[n, c, p] · weight[c, k, t].
 */
import { addDims } from '../ir/dim.ts';
import type { TensorType, Value } from '../ir/graph.ts';
import { spreadType } from './conv-input-grad.ts';
import { lowerSpread } from './conv-spread.ts';
import { readKernel, readSpread } from './read-windows.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { costOf, elements, expectInputs, expectSameDtype, fail, staticDim } from './shapes.ts';
import type { ConvAttrs } from './windows.ts';
import { kernelOf, reach, spatialOf, windowSpan } from './windows.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /**
     * Inputs x [N, C, ...spatial], weight [C, K / groups, ...kernel] and, or not, bias [K]; output [N, K, ...spatial'] with
     * spatial' = (spatial − 1) · stride + reach of the kernel − pads + outputPadding, which is less than the stride.
     */
    convTranspose: ConvAttrs & { readonly outputPadding: readonly number[] };
  }
}

function readConvTranspose(node: OnnxNode): Value {
  const spread = readSpread(node, spatialOf(node.input(0).type), readKernel(node, node.input(1).type));
  return node.builder.apply('convTranspose', node.inputs(), { ...spread, groups: node.int('group', 1) });
}

export const convTranspose: OpRules<'convTranspose'> = {
  shape(inputs, attrs) {
    const [x, weight, bias] = expectInputs(inputs, 2, 3) as [TensorType, TensorType, TensorType?];
    const kernel = kernelOf(weight);
    if (attrs.outputPadding.length !== kernel.length) {
      fail(`takes ${kernel.length} numbers for outputPadding, [${attrs.outputPadding.join(', ')}] came`);
    }
    const spatial = spatialOf(x).map((length, i) => {
      const [stride, more] = [attrs.strides[i] as number, attrs.outputPadding[i] as number];
      if (!Number.isInteger(more) || more < 0 || more >= stride)
        fail(`takes outputPadding from 0 and below the stride ${stride}, ${more} came`);
      const pads = (attrs.padsBegin[i] as number) + (attrs.padsEnd[i] as number);
      const size = addDims(windowSpan(length, stride, reach(kernel[i] as number, attrs.dilations[i] as number)), more - pads);
      return typeof size === 'number' && size < 1 ? fail(`padding leaves ${size} elements of spatial axis ${i}`) : size;
    });
    const type = spreadType(x, weight, attrs, spatial);
    if (bias) {
      expectSameDtype(x, bias);
      if (bias.shape.length !== 1 || bias.shape[0] !== type.shape[1]) {
        fail(`takes a bias of shape [${type.shape[1]}], [${bias.shape.join(', ')}] came`);
      }
    }
    return [type];
  },
  gradient(node, [dy], wanted, builder) {
    if (!dy) return node.inputs.map(() => null);
    const [x, weight, bias] = node.inputs as readonly [Value, Value, Value?];
    const { outputPadding: _, ...attrs } = node.attrs;
    const kernelShape = kernelOf(weight.type);
    const grads = [
      wanted[0] ? builder.apply('conv', [dy, weight], attrs) : null,
      wanted[1] ? builder.apply('convWeightGrad', [dy, x], { ...attrs, kernelShape }) : null,
    ];
    return bias ? [...grads, wanted[2] ? builder.apply('channelSum', [dy], {}) : null] : grads;
  },
  lower(node, to) {
    const [x, weight, bias] = node.inputs as readonly [Value, Value, Value?];
    const y = lowerSpread(to, x, weight, node.attrs, node.attrs.outputPadding);
    if (!bias) return [y];
    const ones = weight.type.shape.slice(2).map(() => 1);
    return [to.emit('Add', [y, to.emit('Reshape', [to.name(bias), to.ints([-1, ...ones])])])];
  },
  read: { ConvTranspose: readConvTranspose },
  cost(node) {
    const [x, weight] = node.inputs as readonly [Value, Value];
    return costOf(node, (elements(x.type) * elements(weight.type)) / staticDim(weight.type.shape[0], 'the weight'));
  },
};
