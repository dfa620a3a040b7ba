/** What a model is made of and what one run of it costs, layer by layer, counted on its graph. */
import { checkKeys } from '../base/errors.ts';
import type { Dim, Node, Value } from '../compiler/ir/graph.ts';
import { bytesOfType } from '../compiler/ops/shapes.ts';
import { rulesOf } from '../compiler/ops/table.ts';
import { type AnyModule, type Module, namedModules } from '../nn/module.ts';
import { countParameters } from '../nn/state-dict.ts';
import { trace } from '../nn/trace.ts';
import { receptiveField } from './receptive-field.ts';

export interface SummaryOptions {
  /** The input, all dims numbers: [N, C, H, W] for pictures. Multiply-adds and bytes are for all N of it. */
  readonly inputShape: readonly number[];
}

/** A module that computes something itself; what its parts compute is counted under their own names. */
export interface LayerSummary {
  /** Its path, such as `layer1.0.conv1`; '' is the model. */
  readonly name: string;
  /** The name of its class. */
  readonly type: string;
  /** The shape of what it gives; for a module that runs several times, the last time. */
  readonly output: readonly Dim[];
  /** Elements of its own parameters, buffers not counted. */
  readonly params: number;
  readonly multiplyAdds: number;
}

export interface ModelSummary {
  /** Elements of all parameters, buffers not counted. */
  readonly params: number;
  /** Multiply-adds of the convolutions and matrix products of one inference run. */
  readonly multiplyAdds: number;
  /**
   * Bytes of everything that one inference run computes and no operator fuses away: the outputs of all nodes of the traced
   * graph (batch normalization and activations each with their own), without the input, the parameters, constants, and what
   * only renames memory such as `reshape`. A runtime that frees and fuses needs less at any one moment; a training step that
   * keeps every activation for its backward pass needs about this much.
   */
  readonly activationBytes: number;
  /**
   * What one position of the last feature map sees of the picture, [height, width] in its elements, as `receptiveField` tells;
   * null for a model without feature maps.
   */
  readonly receptiveField: readonly number[] | null;
  /** In the order in which they first compute something. */
  readonly layers: readonly LayerSummary[];
}

function activationBytesOf(node: Node): number {
  if (node.inputs.length === 0 || rulesOf(node).cost(node).bytesMoved === 0) return 0;
  return node.outputs.reduce((sum, { type }) => sum + bytesOfType(type), 0);
}

/** Elements of the parameters in a module's own fields. */
function ownParameters(module: AnyModule | undefined): number {
  let count = 0;
  for (const [, parameter] of module?.ownParameters() ?? []) {
    if (parameter.kind === 'parameter') count += parameter.shape.reduce((product, dim) => product * dim, 1);
  }
  return count;
}

/**
 * Counts parameters, multiply-adds, activations and the receptive field of a model in inference mode. It takes no values: nothing is allocated.
 * @throws shape when the input does not fit the model
 *
 * @example
 * summarize(resnet18(), { inputShape: [1, 3, 224, 224] }).multiplyAdds; // 1814073344
 */
export function summarize(model: Module, options: SummaryOptions): ModelSummary {
  checkKeys('summarize', options, ['inputShape']);
  const graph = trace(model, { inputs: { input: { dtype: 'float32', shape: options.inputShape } } });
  const modules = new Map<string, AnyModule>(namedModules(model));
  const rows = new Map<string, { output: readonly Dim[]; multiplyAdds: number }>();
  let activationBytes = 0;
  for (const node of graph.nodes) {
    activationBytes += activationBytesOf(node);
    const row = rows.get(node.scope) ?? { output: [], multiplyAdds: 0 };
    rows.set(node.scope, row);
    row.output = (node.outputs[0] as Value).type.shape;
    row.multiplyAdds += rulesOf(node).cost(node).multiplyAdds;
  }
  const layers = [...rows].map(([name, row]): LayerSummary => {
    const module = modules.get(name);
    return { name, type: module?.constructor.name ?? '', ...row, params: ownParameters(module) };
  });
  return {
    params: countParameters(model),
    multiplyAdds: layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
    activationBytes,
    receptiveField: receptiveField(graph) ?? null,
    layers,
  };
}
