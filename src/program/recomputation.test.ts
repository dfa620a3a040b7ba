/** Activations computed twice: the same step, fewer values kept, and the estimate that chooses where. */
import { describe, expect, it } from 'vitest';
import { randomUniform, streamKey } from '../base/random.ts';
import { float32, int64, type Tensor } from '../base/tensor.ts';
import type { Node, Value } from '../compiler/ir/graph.ts';
import { verifyGraph } from '../compiler/ir/verify.ts';
import { shapeRules } from '../compiler/ops/table.ts';
import { cutsOf } from '../compiler/passes/recompute.ts';
import { efficientnet_mini } from '../models/classification/efficientnet.ts';
import { crossEntropy } from '../nn/losses/cross-entropy.ts';
import { initialize } from '../nn/state-dict.ts';
import { nodeRuntime } from '../runtime/ort-node.ts';
import { sgd } from '../train/optimizers/sgd.ts';
import { estimateMemory, executionOrder } from './memory-estimate.ts';
import { compileTraining } from './training.ts';
import { type TrainingGraph, type TrainingStepOptions, traceTrainingStep } from './training-graph.ts';

const BATCH = 8;
const SIZE = 40;

function optionsOf(recompute: boolean): TrainingStepOptions {
  return {
    inputs: { input: { dtype: 'float32', shape: [BATCH, 3, SIZE, SIZE] } },
    targets: { target: { dtype: 'int64', shape: [BATCH] } },
    loss: (output, { target }) => crossEntropy(output, target as Value),
    optimizer: sgd({ momentum: 0.9 }),
    recompute,
  };
}

function traced(recompute: boolean): TrainingGraph {
  return traceTrainingStep(efficientnet_mini(), optionsOf(recompute));
}

/** The state after two steps, masks of dropout and stochastic depth among what they depend on. */
async function twoSteps(recompute: boolean): Promise<Record<string, Tensor>> {
  const model = efficientnet_mini();
  initialize(model, { seed: 3 });
  await using runtime = await nodeRuntime({ threads: 1 });
  await using program = await compileTraining(model, { ...optionsOf(recompute), runtime, portable: true, seed: 5 });
  const key = streamKey(1, 'pictures');
  const pixels = Float32Array.from({ length: BATCH * 3 * SIZE * SIZE }, (_, i) => randomUniform(key, i) - 0.5);
  for (let step = 0; step < 2; step++) {
    await program.step({
      input: float32([BATCH, 3, SIZE, SIZE], pixels),
      target: int64(
        [BATCH],
        Array.from({ length: BATCH }, (_, i) => i),
      ),
      learningRate: float32([], [0.05]),
    });
  }
  return program.read();
}

describe('recomputation', () => {
  it('gives the same bits after two steps, running statistics once updated', async () => {
    const [kept, again] = [await twoSteps(false), await twoSteps(true)];
    expect(Object.keys(again)).toEqual(Object.keys(kept));
    for (const [name, tensor] of Object.entries(kept)) expect([name, again[name]?.data]).toEqual([name, tensor.data]);
  });

  it('makes a well-formed graph of more nodes and the same ports, and tells what was traced', () => {
    const [plain, again] = [traced(false), traced(true)];
    verifyGraph(again.graph, shapeRules);
    expect(again.graph.nodes.length).toBeGreaterThan(plain.graph.nodes.length);
    expect(again.traced.nodes.length).toBe(plain.graph.nodes.length);
    expect(again.graph.inputs.map(({ name }) => name)).toEqual(plain.graph.inputs.map(({ name }) => name));
    expect(again.graph.outputs.map(({ name }) => name)).toEqual(plain.graph.outputs.map(({ name }) => name));
  });

  it('keeps less than half of the bytes by estimate', () => {
    const [plain, again] = [estimateMemory(traced(false)), estimateMemory(traced(true))];
    expect(again.state).toBe(plain.state);
    expect(again.step).toBeLessThan(plain.step / 2);
  });

  it('cuts where one large value crosses, which residual branches keep from being anywhere', () => {
    const { graph } = traced(false);
    const cuts = cutsOf(graph, graph.outputs[0]?.value as Value);
    const inside = cuts.filter(({ at }) => /block\.1/.test(graph.nodes[at - 1]?.scope ?? ''));
    expect(cuts.length).toBeGreaterThan(5);
    // The second block of a stage has a branch beside it; the first has none.
    expect(inside.every(({ at }) => /\.0\.block/.test(graph.nodes[at - 1]?.scope ?? ''))).toBe(true);
  });
});

describe('the memory estimate', () => {
  it('goes through every node once, each after what it needs', () => {
    const { graph } = traced(true);
    const order = executionOrder(graph.nodes);
    const place = new Map<Node, number>(order.map((node, i) => [node, i]));
    expect(place.size).toBe(graph.nodes.length);
    const maker = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
    for (const node of order) {
      for (const input of node.inputs) {
        const before = maker.get(input);
        if (before) expect(place.get(before)).toBeLessThan(place.get(node) as number);
      }
    }
  });

  it('grows with the batch but for the state', () => {
    const of = (batch: number): ReturnType<typeof estimateMemory> =>
      estimateMemory(
        traceTrainingStep(efficientnet_mini(), {
          ...optionsOf(false),
          inputs: { input: { dtype: 'float32', shape: [batch, 3, SIZE, SIZE] } },
          targets: { target: { dtype: 'int64', shape: [batch] } },
        }),
      );
    const [small, large] = [of(4), of(16)];
    expect(large.state).toBe(small.state);
    expect(large.step / small.step).toBeGreaterThan(3.5);
    expect(large.step / small.step).toBeLessThan(4.5);
  });
});
