/** What the live tests of training steps share: torch's answers taken apart, and results held against them. */
import { expect } from 'vitest';
import type { Tensor } from '../../src/base/tensor.ts';
import type { TrainingProgram } from '../../src/program/training.ts';
import { sidesOf, type Undecided } from './kinks.ts';
import { compare, type Torch, type TorchTensor } from './python.ts';

export type Answer = ReadonlyMap<string, TorchTensor>;

export function numberOf(answer: Answer, name: string): number {
  return Number(answer.get(name)?.value.data[0]);
}

/** The tensors that an answer gives as state. */
export function stateOf(answer: Answer): Record<string, Tensor> {
  const states = [...answer].filter(([name]) => name.startsWith('state:'));
  return Object.fromEntries(states.map(([name, { value }]) => [name.slice('state:'.length), value]));
}

/** What rounding decides at each kink of torch's. */
function undecidedOf(answer: Answer): readonly Undecided[] {
  const kinks = [...answer].filter(([name]) => name.startsWith('kink:'));
  return kinks.map(([name, { value }]) => ({
    shape: name.slice(name.lastIndexOf(':') + 1),
    positions: Array.from<number | bigint, number>(value.data, Number),
  }));
}

function groupOf(name: string): string {
  if (name === 'loss') return 'loss';
  if (name.includes(':')) return name.slice(0, name.indexOf(':'));
  return /running|num_batches/.test(name) ? 'statistics' : 'weights';
}

/** The loss, the gradients and the state after a step, by torch's names. */
function resultsOf(outputs: Readonly<Record<string, Tensor>>, state: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const given = Object.entries(outputs).filter(([name]) => name === 'loss' || name.startsWith('grad:'));
  return { ...state, ...Object.fromEntries(given) };
}

/**
 * Takes the step that torch has taken and compares all it gives with what float64 gives for the same sides at kinks.
 * @param asked torch's answer about the step
 */
export async function compareStep(
  title: string,
  program: TrainingProgram,
  feeds: Readonly<Record<string, Tensor>>,
  asked: Answer,
  torch: Torch,
): Promise<void> {
  const { outputs } = await program.step(feeds);
  const sides = sidesOf(program.training.graph, outputs, undecidedOf(asked));
  const expected = await torch.ask({ sides });
  const { text, wrong } = judge(resultsOf(outputs, await program.read()), expected);
  const undecided = sides.reduce((sum, { length }) => sum + length, 0);
  console.log(
    `${title}: worst errors in tolerances: ${text}; ` +
      `sides: ${undecided} undecided, ${numberOf(expected, 'differ')} other than torch's float32`,
  );
  expect(wrong).toEqual([]);
}

/** The worst error of each group of results, and what is beyond the tolerance. */
function judge(results: Readonly<Record<string, Tensor>>, expected: Answer): { readonly text: string; readonly wrong: string[] } {
  const worst = new Map<string, number>();
  const wrong: string[] = [];
  const compared = [...expected].filter(([name]) => name !== 'differ' && !/^(reach|state):/.test(name));
  expect(compared.map(([name]) => name).sort()).toEqual(Object.keys(results).sort());
  for (const [name, torchs] of compared) {
    const reach = expected.get(`reach:${name}`);
    const result = results[name] as Tensor;
    const error = reach ? errorInReach(result, torchs.value, reach.value) : compare(result, torchs).error;
    worst.set(groupOf(name), Math.max(worst.get(groupOf(name)) ?? 0, error));
    if (!(error <= 1)) wrong.push(`${name}: ${error.toFixed(2)} tolerances`);
  }
  return { text: [...worst].map(([group, error]) => `${group} ${error.toFixed(2)}`).join(', '), wrong };
}

/** The largest difference in units of how far each element may be off. */
function errorInReach(result: Tensor, expected: Tensor, reach: Tensor): number {
  if (result.shape.join() !== expected.shape.join()) return Number.POSITIVE_INFINITY;
  const [a, b, limits] = [result.data, expected.data, reach.data] as [Float32Array, Float64Array, Float64Array];
  let worst = 0;
  for (let i = 0; i < b.length; i++) {
    const difference = Math.abs((a[i] as number) - (b[i] as number));
    if (difference === 0) continue;
    const error = difference / (limits[i] as number);
    if (!(error <= worst)) worst = error;
  }
  return worst;
}
