/** CapsuleNet: its sizes, routing by the paper's procedure, the decoder, its loss, a new head, and what its answers are. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomNormal } from '../../base/random.ts';
import { float32, type Tensor, tensor } from '../../base/tensor.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { replaceHead } from '../../nn/index.ts';
import { constant } from '../../nn/init.ts';
import { Module } from '../../nn/module.ts';
import { Parameter } from '../../nn/parameter.ts';
import { countParameters, initialize, stateDictTypes } from '../../nn/state-dict.ts';
import { trace } from '../../nn/trace.ts';
import { traceOf } from '../../nn/trace-context.ts';
import { compile } from '../../program/compile.ts';
import { traceTrainingStep } from '../../program/training-graph.ts';
import { nodeRuntime } from '../../runtime/ort-node.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { createClassifier } from '../../tasks/classifier.ts';
import { lossOf } from '../../train/loss-of.ts';
import { sgd } from '../../train/optimizers/sgd.ts';
import { sizeOption } from '../size-option.ts';
import { route } from './capsnet/routing.ts';
import { capsnet } from './capsnet.ts';

const pictures = (shape: readonly (number | string)[]) => ({ input: { dtype: 'float32', shape } }) as const;

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime();
});
afterAll(() => runtime.dispose());

test('it has as many parameters as the paper says', () => {
  const net = capsnet();
  expect(countParameters(net)).toBe(8_215_568);
  // "8.2M parameters and 6.8M parameters without the reconstruction subnetwork", section 5.
  expect(countParameters(net) - countParameters(net.decoder)).toBe(6_804_224);
});

test('it is built for a size of pictures, and refuses what makes no sense', () => {
  const shapeOf = (options: object): unknown => stateDictTypes(capsnet(options)).get('capsules.weight')?.shape;
  expect(shapeOf({ imageSize: 32, inChannels: 3 })).toEqual([32 * 8 * 8, 8, 10, 16]);
  expect(shapeOf({ imageSize: [17, 34], numClasses: 4 })).toEqual([32 * 1 * 9, 8, 4, 16]);
  expect(() => capsnet({ imageSize: 16 })).toThrow('capsnet: imageSize must be one or 2 integers of at least 17, 16 came');
  expect(() => capsnet({ routingIterations: 0 })).toThrow('capsnet: routingIterations must be an integer of at least 1, 0 came');
  expect(() => capsnet({ dropout: 0.5 } as object)).toThrow('capsnet: unknown option "dropout"');
  expect(() => trace(capsnet(), { inputs: pictures(['N', 1, 32, 32]) })).toThrow(
    'capsnet takes pictures of 28x28, 32x32 came; imageSize sets that',
  );
  expect(() => trace(capsnet(), { inputs: pictures(['N', 1, 'height', 28]) })).toThrow('28x28, heightx28 came');
  expect([sizeOption('capsnet', 32), sizeOption('resnet18', 32), sizeOption('capsnet', undefined)]).toEqual([
    { imageSize: 32 },
    {},
    {},
  ]);
});

test('the decoder is part of a run when its picture is wanted, and then alone', () => {
  const keysOf = (features: readonly string[]): readonly string[] =>
    trace(capsnet({ imageSize: [17, 20] }), { inputs: pictures(['N', 1, 17, 20]), features }).parameters.map(({ name }) => name);
  expect(keysOf(['capsules']).filter((key) => key.startsWith('decoder'))).toEqual([]);
  expect(keysOf(['decoder']).filter((key) => key.startsWith('decoder'))).toHaveLength(6);
  const graph = trace(capsnet({ imageSize: [17, 20] }), {
    inputs: pictures(['N', 1, 17, 20]),
    features: ['capsules', 'decoder'],
  });
  expect(graph.outputs.map(({ name, value }) => [name, value.type.shape])).toEqual([
    ['output', ['N', 10]],
    ['capsules', ['N', 10, 16]],
    ['decoder', ['N', 1, 17, 20]],
  ]);
});

test('its own loss trains all of it, with one capsule for each picture left to the decoder', () => {
  const net = capsnet({ imageSize: 17 });
  const { graph } = traceTrainingStep(net, {
    ...lossOf(net),
    inputs: pictures([2, 1, 17, 17]),
    targets: { target: { dtype: 'int64', shape: [2] } },
    optimizer: sgd(),
  });
  expect(graph.outputs.filter(({ name }) => name.startsWith('next:'))).toHaveLength(11);
});

test('a new head is a new layer of capsules with a new decoder', () => {
  const net = capsnet({ imageSize: 17, routingIterations: 2 });
  const { conv1 } = net;
  expect(replaceHead(net, 3)).toBe('capsules');
  const types = stateDictTypes(net);
  expect(types.get('capsules.weight')?.shape).toEqual([32, 8, 3, 16]);
  expect(types.get('decoder.fc1.weight')?.shape).toEqual([512, 48]);
  expect([net.conv1, net.capsules.iterations]).toEqual([conv1, 2]);
  expect(trace(net, { inputs: pictures(['N', 1, 17, 17]) }).outputs[0]?.value.type.shape).toEqual(['N', 3]);
});

test('lengths of capsules are scores themselves', async () => {
  const net = capsnet({ imageSize: 17, numClasses: 3 });
  initialize(net);
  const preset = { kind: 'classification', resize: 17, crop: 17, interpolation: 'bilinear', channels: 'gray' } as const;
  await using classifier = await createClassifier(net, { runtime, preset: { ...preset, mean: [0], std: [1] } });
  const data = Uint8Array.from({ length: 17 * 17 * 3 }, (_, i) => (i * 37) % 256);
  const answers = await classifier.classify({ width: 17, height: 17, data });
  expect(answers).toHaveLength(3);
  for (const { score, logit } of answers) expect(score).toBe(logit);
  expect(answers.every(({ score }, i) => score > 0 && score < 1 && score <= (answers[i - 1]?.score ?? 1))).toBe(true);
});

/** Procedure 1 of the paper, loop by loop: u [I, A] of one picture, weight [I, A, J, B]. */
function procedure1(u: Float32Array, weight: Float32Array, [I, A, J, B]: readonly number[], iterations: number): number[] {
  const at = <T>(list: ArrayLike<T>, i: number): T => list[i] as T;
  const [nI, nA, nJ, nB] = [I, A, J, B] as [number, number, number, number];
  const votes = Array.from({ length: nI * nJ * nB }, (_, index) => {
    const [i, j, b] = [Math.floor(index / (nJ * nB)), Math.floor(index / nB) % nJ, index % nB];
    let sum = 0;
    for (let a = 0; a < nA; a++) sum += at(u, i * nA + a) * at(weight, ((i * nA + a) * nJ + j) * nB + b);
    return sum;
  });
  const logits = new Float64Array(nI * nJ);
  let v: number[] = [];
  for (let k = 0; k < iterations; k++) {
    v = [];
    for (let j = 0; j < nJ; j++) {
      const s = new Float64Array(nB);
      for (let i = 0; i < nI; i++) {
        let total = 0;
        for (let other = 0; other < nJ; other++) total += Math.exp(at(logits, i * nJ + other));
        const c = Math.exp(at(logits, i * nJ + j)) / total;
        for (let b = 0; b < nB; b++) s[b] = at(s, b) + c * at(votes, (i * nJ + j) * nB + b);
      }
      const length = Math.hypot(...s);
      for (let b = 0; b < nB; b++) v.push((at(s, b) * length) / (1 + length ** 2));
    }
    for (let index = 0; index < votes.length; index++) {
      const [i, j, b] = [Math.floor(index / (nJ * nB)), Math.floor(index / nB) % nJ, index % nB];
      logits[i * nJ + j] = at(logits, i * nJ + j) + at(votes, index) * at(v, j * nB + b);
    }
  }
  return v;
}

class Routing extends Module {
  readonly weight: Parameter;
  readonly iterations: number;

  constructor(shape: readonly number[], iterations: number) {
    super();
    this.weight = new Parameter(shape, { init: constant(0) });
    this.iterations = iterations;
  }

  protected override forward(u: Value): Value {
    return route(u, traceOf(u).of(this.weight), this.iterations);
  }
}

const drawn = (shape: readonly number[], key: number): Tensor<'float32'> => {
  const values = tensor('float32', shape);
  for (let i = 0; i < values.data.length; i++) values.data[i] = 0.5 * randomNormal(key, i);
  return values;
};

describe('routing is the paper’s procedure', () => {
  const sizes = [
    { n: 1, shape: [7, 3, 2, 5] },
    { n: 3, shape: [19, 8, 5, 16] },
    { n: 2, shape: [1, 1, 1, 1] },
  ];
  const cases = sizes.flatMap((size) => [1, 2, 3, 5].map((iterations) => ({ ...size, iterations })));
  test.each(cases)('$n pictures, $shape, $iterations iterations', async ({ n, shape, iterations }) => {
    const [I, A] = shape as [number, number, number, number];
    const net = new Routing(shape, iterations);
    const [u, weight] = [drawn([n, I, A], 1), drawn(shape, 2)];
    net.weight.value = weight;
    await using program = await compile(net, { runtime, inputs: pictures(['N', I, A]), output: 'v' });
    const { v } = await program.run({ input: float32([n, I, A], u.data) });
    const expected = Array.from({ length: n }, (_, i) =>
      procedure1(u.data.subarray(i * I * A, (i + 1) * I * A), weight.data, shape, iterations),
    ).flat();
    const worst = Math.max(...expected.map((value, i) => Math.abs(value - (v?.data[i] as number))));
    expect(worst).toBeLessThan(1e-5);
  });
});
