/** LeNet-5 as published in 1998: trainable subsampling, scaled tanh, a table of which maps see which, and radial basis functions. */
import { checkKeys } from '../../../base/errors.ts';
import { tensor } from '../../../base/tensor.ts';
import type { Dim, Value } from '../../../compiler/ir/graph.ts';
import {
  add,
  avgPool,
  concat,
  constant,
  conv,
  flatten,
  full,
  gather,
  mul,
  neg,
  reshape,
  square,
  sub,
  sum,
  tanh,
} from '../../../nn/functional.ts';
import { fan, type Initializer, uniform } from '../../../nn/init.ts';
import { Conv2d } from '../../../nn/layers/conv.ts';
import { Linear } from '../../../nn/layers/linear.ts';
import { Module } from '../../../nn/module.ts';
import { Parameter } from '../../../nn/parameter.ts';
import { traceOf } from '../../../nn/trace-context.ts';

export interface LeNet1998Options {
  /** Outputs of the classifier; default 10. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 1. */
  readonly inChannels?: number;
}

/** Table I of the paper: the maps of S2 that each map of C3 sees. */
export const c3Connections: readonly (readonly number[])[] = [
  [0, 1, 2],
  [1, 2, 3],
  [2, 3, 4],
  [3, 4, 5],
  [4, 5, 0],
  [5, 0, 1],
  [0, 1, 2, 3],
  [1, 2, 3, 4],
  [2, 3, 4, 5],
  [3, 4, 5, 0],
  [4, 5, 0, 1],
  [5, 0, 1, 2],
  [0, 1, 3, 4],
  [1, 2, 4, 5],
  [0, 2, 3, 5],
  [0, 1, 2, 3, 4, 5],
];

/** The paper's rule for first values: uniform in ±2.4 over the inputs of the unit. */
const byInputs = (inputs: number): Initializer => uniform(-2.4 / inputs, 2.4 / inputs);

/** The same where units differ: equal parts of the tensor belong to units of so many inputs. */
const byEach =
  (inputs: readonly number[]): Initializer =>
  (shape, dtype, key) => {
    const { data } = uniform(-2.4, 2.4)(shape, dtype, key);
    const part = data.length / inputs.length;
    return tensor(
      'float32',
      shape,
      Float32Array.from(data as Float32Array, (value, i) => value / (inputs[Math.floor(i / part)] ?? 1)),
    );
  };

/** A·tanh(S·a) with the paper's A = 1.7159 and S = 2/3, so that f(±1) = ±1. */
const squash = (a: Value): Value => mul(tanh(mul(a, 2 / 3)), 1.7159);

/** The sum of each 2x2 window times a weight plus a bias, one of each for a map: [N, maps, H, W] to [N, maps, H / 2, W / 2]. */
export class Subsampling extends Module {
  /** [maps]. */
  readonly weight: Parameter;
  /** [maps]. */
  readonly bias: Parameter;

  constructor(maps: number) {
    super();
    this.weight = new Parameter([maps], { init: byInputs(4) });
    this.bias = new Parameter([maps], { init: byInputs(4) });
  }

  protected override forward(x: Value): Value {
    const trace = traceOf(x);
    const [weight, bias] = [this.weight, this.bias].map((parameter) => {
      return reshape(trace.of(parameter), [...parameter.shape, 1, 1]);
    }) as [Value, Value];
    return add(mul(mul(avgPool(x, { kernel: 2 }), 4), weight), bias);
  }
}

/** A convolution of 5x5 kernels, one for each connection of a table: [N, inMaps, H, W] to [N, maps, H − 4, W − 4]. */
export class ConnectedConv extends Module {
  /** [connections, 5, 5], in the order of the table. */
  readonly weight: Parameter;
  /** [maps]. */
  readonly bias: Parameter;
  readonly #inMaps: number;
  readonly #table: readonly (readonly number[])[];

  constructor(inMaps: number, table: readonly (readonly number[])[]) {
    super();
    this.#inMaps = inMaps;
    this.#table = table;
    const connections = table.reduce((sum, row) => sum + row.length, 0);
    const inputs = table.map((row) => 25 * row.length);
    this.weight = new Parameter([connections, 5, 5], {
      init: byEach(table.flatMap((row, map) => row.map(() => inputs[map] ?? 1))),
    });
    this.bias = new Parameter([table.length], { init: byEach(inputs) });
  }

  /** [maps, inMaps]: the place of each connection's kernel, and of the zero kernel behind them where there is no connection. */
  #places(): Int32Array {
    const places = new Int32Array(this.#table.length * this.#inMaps).fill(this.weight.shape[0] ?? 0);
    let kernel = 0;
    this.#table.forEach((row, map) => {
      for (const from of row) places[map * this.#inMaps + from] = kernel++;
    });
    return places;
  }

  protected override forward(x: Value): Value {
    const trace = traceOf(x);
    const weight = trace.of(this.weight);
    const kernels = concat([weight, full(weight, [1, 5, 5], 0)], 0);
    const places = constant(x.builder, tensor('int32', [this.#table.length, this.#inMaps], this.#places()));
    return conv(x, gather(kernels, places, 0), trace.of(this.bias));
  }
}

/** ±1 with equal probabilities. */
const signs: Initializer = (shape, dtype, key) => {
  const { data } = uniform(-1, 1)(shape, dtype, key);
  return tensor(
    'float32',
    shape,
    Float32Array.from(data as Float32Array, (value) => (value < 0 ? -1 : 1)),
  );
};

/**
 * Euclidean radial basis functions: −Σ (x − row)² for each row of the weight, [N, inFeatures] to [N, outFeatures], at most 0 and larger
 * the nearer x is. The rows are ±1 and, as in the paper, not trained.
 */
export class RadialBasis extends Linear {
  constructor(inFeatures: number, outFeatures: number) {
    super(inFeatures, outFeatures, { bias: false });
    this.weight.init = signs;
    this.weight.trainable = false;
  }

  override withOutputs(outFeatures: number): RadialBasis {
    return new RadialBasis(this.inFeatures, outFeatures);
  }

  protected override forward(x: Value): Value {
    const apart = sub(reshape(x, [x.type.shape[0] as Dim, 1, this.inFeatures]), traceOf(x).of(this.weight));
    return neg(sum(square(apart), [2]));
  }
}

/** LeNet-5 of 1998 by the paper's layer names: [N, inChannels, 32, 32] to logits [N, numClasses]. */
export class LeNet1998 extends Module {
  readonly c1: Conv2d;
  readonly s2: Subsampling;
  readonly c3: ConnectedConv;
  readonly s4: Subsampling;
  readonly c5: Conv2d;
  readonly f6: Linear;
  readonly output: RadialBasis;

  constructor(options: LeNet1998Options = {}) {
    super();
    checkKeys('lenet5_1998', options, ['numClasses', 'inChannels']);
    const { numClasses = 10, inChannels = 1 } = options;
    this.c1 = new Conv2d(inChannels, 6, 5);
    this.s2 = new Subsampling(6);
    this.c3 = new ConnectedConv(6, c3Connections);
    this.s4 = new Subsampling(16);
    this.c5 = new Conv2d(16, 120, 5);
    this.f6 = new Linear(120, 84);
    this.output = new RadialBasis(84, numClasses);
    for (const { weight, bias } of [this.c1, this.c5, this.f6]) {
      const init = byInputs(fan(weight.shape, 'fanIn'));
      weight.init = init;
      if (bias) bias.init = init;
    }
  }

  protected override forward(x: Value): Value {
    const low = squash(this.s2.call(squash(this.c1.call(x))));
    const high = squash(this.s4.call(squash(this.c3.call(low))));
    return this.output.call(squash(this.f6.call(flatten(squash(this.c5.call(high)), 1))));
  }
}
