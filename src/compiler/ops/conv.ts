/**
 * Convolution (cross-correlation) over 1, 2 or 3 spatial axes:
 * y[n, k, p] = bias[k] + Σ_{c, t} x[n, c, stride · p + dilation · t − padsBegin] · weight[k, c, t].
 */
import type { Value } from '../ir/graph.ts';
import { blockSize, canBlock, fromBlocks, toBlocks } from './blocked.ts';
import { wholeVector } from './blocked-channels.ts';
import { blockedDense, blockedDepthwise, blockedWeight, denseFilter } from './blocked-convolutions.ts';
import { denseLayout, fold, foldedWindows, unfold } from './conv-layouts.ts';
import { emitConv } from './conv-node.ts';
import { readKernel, readWindows } from './read-windows.ts';
import type { OpRules } from './rules.ts';
import { costOf, elements, expectFloat, expectInputs, expectSameDtype, fail, staticDim } from './shapes.ts';
import { type ConvAttrs, checkWindows, kernelOf, onnxWindows, spatialOf, windowCounts } from './windows.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /** Inputs x [N, C, ...spatial], weight [K, C / groups, ...kernel] and, or not, bias [K]; output [N, K, ...spatial']. */
    conv: ConvAttrs;
  }
}

export const conv: OpRules<'conv'> = {
  shape(inputs, attrs) {
    const [x, weight, bias] = expectInputs(inputs, 2, 3) as [(typeof inputs)[0], (typeof inputs)[0], (typeof inputs)[0]?];
    expectFloat(x);
    expectSameDtype(x, weight);
    if (x.shape.length !== weight.shape.length) {
      fail(
        `takes an input of rank ${weight.shape.length} for a weight of shape [${weight.shape.join(', ')}], rank ${x.shape.length} came`,
      );
    }
    const kernel = kernelOf(weight);
    checkWindows(attrs, kernel, x.shape.length - 2);
    const channels = staticDim(x.shape[1], 'the channel axis');
    const [outChannels, groupChannels] = [staticDim(weight.shape[0], 'the weight'), staticDim(weight.shape[1], 'the weight')];
    if (groupChannels * attrs.groups !== channels) {
      fail(`input has ${channels} channels, weight expects ${groupChannels * attrs.groups}`);
    }
    if (outChannels % attrs.groups !== 0) fail(`${outChannels} output channels do not fall into ${attrs.groups} groups`);
    if (bias) {
      expectSameDtype(x, bias);
      if (bias.shape.length !== 1 || bias.shape[0] !== outChannels) {
        fail(`takes a bias of shape [${outChannels}], [${bias.shape.join(', ')}] came`);
      }
    }
    const counts = windowCounts(spatialOf(x), kernel, attrs);
    return [{ dtype: x.dtype, shape: [x.shape[0] ?? fail('no batch'), outChannels, ...counts] }];
  },
  gradient(node, [dy], wanted, builder) {
    if (!dy) return node.inputs.map(() => null);
    const [x, weight, bias] = node.inputs as readonly [Value, Value, Value?];
    const attrs = node.attrs;
    const dx = () => builder.apply('convInputGrad', [dy, weight], { ...attrs, inputShape: spatialOf(x.type) });
    const dWeight = () => builder.apply('convWeightGrad', [x, dy], { ...attrs, kernelShape: kernelOf(weight.type) });
    const grads = [wanted[0] ? dx() : null, wanted[1] ? dWeight() : null];
    return bias ? [...grads, wanted[2] ? builder.apply('channelSum', [dy], {}) : null] : grads;
  },
  lower(node, to) {
    const [x, weight, bias] = node.inputs as readonly [Value, Value, Value?];
    const kernel = kernelOf(weight.type);
    const [channels, outChannels] = [
      staticDim(x.type.shape[1], 'the channel axis'),
      staticDim(weight.type.shape[0], 'the weight'),
    ];
    const { groups } = node.attrs;
    if (!bias && groups === channels && outChannels === channels && canBlock(to, channels, kernel.length)) {
      const blocks = blockedDepthwise(
        to,
        toBlocks(to, to.name(x)),
        blockedWeight(to, to.name(weight), channels, kernel),
        channels,
        kernel,
        node.attrs,
      );
      return [fromBlocks(to, blocks, channels)];
    }
    const names = node.inputs.map((input) => to.name(input));
    const y = (node.outputs[0] as Value).type;
    const layout = denseLayout(to, { channels, y, kernel, attrs: node.attrs });
    const [xName, weightName, ...biasName] = names as [string, string, string?];
    if (layout === 'blocked') {
      const blocks = channels < blockSize(to) ? xName : toBlocks(to, xName);
      const filter = denseFilter(to, weightName, [outChannels, channels], kernel);
      const shift = (biasName as string[]).map((name) => wholeVector(to, name, outChannels));
      return [fromBlocks(to, blockedDense(to, [blocks, filter, ...shift], kernel, node.attrs), outChannels)];
    }
    if (layout === 'folded') {
      const shape = x.type.shape as readonly number[];
      const windows = onnxWindows(foldedWindows(node.attrs, shape[0] as number), kernel);
      const folded = to.emit('Conv', [fold(to, xName, shape), weightName, ...(biasName as string[])], windows);
      return [unfold(to, folded, y.shape as readonly number[])];
    }
    return [emitConv(to, names, { channels, outChannels, groups, rank: kernel.length }, onnxWindows(node.attrs, kernel))];
  },
  read: {
    Conv(node) {
      const kernel = readKernel(node, node.input(1).type);
      const windows = readWindows(node, spatialOf(node.input(0).type), kernel);
      return node.builder.apply('conv', node.inputs(), { ...windows, groups: node.int('group', 1) });
    },
  },
  cost(node) {
    const [y, weight] = [node.outputs[0] as Value, node.inputs[1] as Value];
    return costOf(node, (elements(y.type) * elements(weight.type)) / staticDim(weight.type.shape[0], 'the weight'));
  },
};
