/** Initializers by kind of layer, for models that have their own rules. */

import { constant, type Initializer } from './init.ts';
import { ConvNd } from './layers/conv.ts';
import { Linear } from './layers/linear.ts';
import { type AnyModule, namedModules } from './module.ts';

export interface LayerInitializers {
  /** For the weights of convolutions; torch's default when left out. */
  readonly conv?: Initializer;
  /** For the weights of linear layers; torch's default when left out. */
  readonly linear?: Initializer;
}

/**
 * Sets the initializers of a model's convolutions and linear layers. Their biases begin at 0; a kind that is left out keeps
 * torch's default for weights and biases. Batch normalization begins with weight 1 and bias 0 in any case.
 */
export function setInitializers(root: AnyModule, rules: LayerInitializers): void {
  for (const [, module] of namedModules(root)) {
    const rule = module instanceof ConvNd ? rules.conv : module instanceof Linear ? rules.linear : undefined;
    if (!rule || !(module instanceof ConvNd || module instanceof Linear)) continue;
    module.weight.init = rule;
    if (module.bias) module.bias.init = constant(0);
  }
}
