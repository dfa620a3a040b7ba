/** Schedules against torch's schedulers on their steps; what comes after the last one; refusals. */
import { describe, expect, it } from 'vitest';
import { type ScheduleOptions, schedule } from '../../src/train/index.ts';
import { cases, goldens, paired } from './golden.ts';

const named = paired(cases.schedules, goldens.schedules, ({ options }) => JSON.stringify(options));

describe('schedules equal torch', () => {
  it.each(named)('%s', (_, { options }, rates) => {
    const { at } = schedule(options);
    // torch multiplies its way from step to step, so its own rounding grows.
    rates.forEach((rate, step) => {
      expect(Math.abs(at(step) - rate), `step ${step}`).toBeLessThan(1e-11);
    });
  });
});

describe('a schedule', () => {
  it.each(named)('%s is made again from its description', (_, { options }) => {
    const first = schedule(options);
    const again = schedule(JSON.parse(JSON.stringify(first.description)) as ScheduleOptions);
    expect(again.description).toEqual(first.description);
    for (const step of [0, 1, 5.5, 30]) expect(again.at(step)).toBe(first.at(step));
  });

  it('shows its defaults', () => {
    expect(schedule({ kind: 'cosine', learningRate: 0.1, steps: 9, warmup: { steps: 3 } }).description).toEqual({
      kind: 'cosine',
      learningRate: 0.1,
      steps: 9,
      final: 0,
      warmup: { steps: 3, from: 0.01 },
    });
  });

  it.each([
    [{ kind: 'cosine', learningRate: 0.1, steps: 10, final: 0.02 }, 0.02],
    [{ kind: 'polynomial', learningRate: 0.1, steps: 10, power: 2, final: 0.02 }, 0.02],
    [{ kind: 'oneCycle', learningRate: 0.1, steps: 10 }, 0.1 / 25 / 1e4],
  ] as const)('%j stays at its last value', (options, last) => {
    const { at } = schedule(options);
    expect(at(options.steps)).toBeCloseTo(last, 12);
    expect(at(1e6)).toBe(at(options.steps));
  });

  it('falls to a final rate along a power', () => {
    expect(schedule({ kind: 'polynomial', learningRate: 0.5, steps: 4, power: 2, final: 0.1 }).at(2)).toBeCloseTo(0.2, 12);
  });

  it('drops at steps that are no whole numbers', () => {
    const { at } = schedule({ kind: 'step', learningRate: 1, every: 2.4, factor: 0.97 });
    expect([0, 2, 3, 4, 5].map(at)).toEqual([1, 1, 0.97, 0.97, 0.97 ** 2]);
  });

  it.each([
    [{ kind: 'linear', learningRate: 1 }, 'there is no kind "linear"; there are constant, step,'],
    [{ kind: 'toString', learningRate: 1 }, 'there is no kind "toString"'],
    [{ kind: 'constant' }, 'learningRate is a rate from 0, undefined came'],
    [{ kind: 'constant', learningRate: -1 }, 'learningRate is a rate from 0, -1 came'],
    [{ kind: 'constant', learningRate: '1' }, 'learningRate is a rate from 0, "1" came'],
    [{ kind: 'cosine', learningRate: 1 }, 'cosine needs steps'],
    [{ kind: 'cosine', learningRate: 1, steps: 0 }, 'steps is above 0, 0 came'],
    [{ kind: 'cosine', learningRate: 1, steps: 5, final: -1 }, 'final is a rate from 0, -1 came'],
    [{ kind: 'cosine', learningRate: 1, steps: 5, power: 2 }, 'unknown option "power"'],
    [{ kind: 'step', learningRate: 1, every: 0 }, 'every is above 0, 0 came'],
    [{ kind: 'step', learningRate: 1, every: 3, factor: 0 }, 'factor is above 0, 0 came'],
    [{ kind: 'exponential', learningRate: 1, factor: Number.NaN }, 'factor is above 0, null came'],
    [{ kind: 'multiStep', learningRate: 1, milestones: [3, 3] }, 'milestones is a rising list of steps, [3,3] came'],
    [{ kind: 'multiStep', learningRate: 1, milestones: 3 }, 'milestones is a rising list of steps, 3 came'],
    [{ kind: 'polynomial', learningRate: 1, steps: 5, power: 0 }, 'power is above 0, 0 came'],
    [{ kind: 'oneCycle', learningRate: 1, steps: 5, rise: 0.1 }, 'rise is a share of the 5 steps'],
    [{ kind: 'oneCycle', learningRate: 1, steps: 9, rise: 1 }, 'rise is a share of the 9 steps'],
    [{ kind: 'oneCycle', learningRate: 1, steps: 9, rise: 0.6, threePhase: true }, 'rise is a share of the 9 steps'],
    [{ kind: 'oneCycle', learningRate: 1, steps: 9, anneal: 'cos' }, "anneal is 'cosine' or 'linear', \"cos\" came"],
    [{ kind: 'oneCycle', learningRate: 1, steps: 9, divisor: 0 }, 'divisor is above 0, 0 came'],
    [{ kind: 'constant', learningRate: 1, warmup: { steps: -1 } }, 'warmup.steps is a number from 0, -1 came'],
    [{ kind: 'constant', learningRate: 1, warmup: { steps: 1, from: 2 } }, 'warmup.from is from 0 to 1, 2 came'],
    [{ kind: 'constant', learningRate: 1, warmup: { epochs: 1 } }, 'unknown option "epochs"'],
  ] as const)('is refused: %j', (options, message) => {
    expect(() => schedule(options as unknown as ScheduleOptions)).toThrow(message);
  });

  it('has no steps before 0', () => {
    expect(() => schedule({ kind: 'constant', learningRate: 1 }).at(-1)).toThrow('steps are counted from 0, -1 came');
  });
});
