/** The activations that networks of blocks name, as layers. */
import { Hardswish } from '../../nn/layers/hardswish.ts';
import { ReLU } from '../../nn/layers/relu.ts';
import { ReLU6 } from '../../nn/layers/relu6.ts';
import { SiLU } from '../../nn/layers/silu.ts';
import type { Module } from '../../nn/module.ts';
import type { ActivationName } from './block-spec.ts';

const layers: Readonly<Record<ActivationName, () => Module>> = {
  relu: () => new ReLU(),
  relu6: () => new ReLU6(),
  hardswish: () => new Hardswish(),
  silu: () => new SiLU(),
};

/** What makes layers of an activation. */
export function activationLayer(name: ActivationName): () => Module {
  return layers[name];
}
