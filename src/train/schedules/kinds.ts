/**
 * How the learning rate moves, by kind. With L the learning rate, t the step from 0, T the number of steps:
 *
 *   constant      L
 *   step          L · factor^⌊t / every⌋                                                          StepLR
 *   multiStep     L · factor^(milestones up to t)                                                 MultiStepLR
 *   exponential   L · factor^t                                                                    ExponentialLR
 *   cosine        final + (L − final) · (1 + cos(π t / T)) / 2                                    CosineAnnealingLR
 *   polynomial    final + (L − final) · (1 − t / T)^power                                         PolynomialLR, whose final is 0
 *   oneCycle      L / divisor up to L, then down to L / divisor / finalDivisor, each along half a cosine or a line   OneCycleLR
 *
 * (Loshchilov & Hutter 2017, arXiv 1608.03983; Smith & Topin 2017, arXiv 1708.07120.) From T on the last value stays.
 */
import { OcelliError } from '../../base/errors.ts';

/** What each kind takes beside the learning rate. */
export interface ScheduleKinds {
  readonly constant: Readonly<Record<never, never>>;
  readonly step: {
    /** Steps between two drops; not only whole numbers. */
    readonly every: number;
    /** Default 0.1. */
    readonly factor?: number;
  };
  readonly multiStep: {
    /** Steps at which it drops, rising. */
    readonly milestones: readonly number[];
    /** Default 0.1. */
    readonly factor?: number;
  };
  readonly exponential: { readonly factor: number };
  readonly cosine: {
    readonly steps: number;
    /** Default 0. */
    readonly final?: number;
  };
  readonly polynomial: {
    readonly steps: number;
    /** Default 1, a line. */
    readonly power?: number;
    /** Default 0. */
    readonly final?: number;
  };
  /** `learningRate` is the peak. Momentum stays as it is, unlike OneCycleLR's with cycle_momentum. */
  readonly oneCycle: {
    readonly steps: number;
    /** Share of the steps that rise, torch's pct_start; default 0.3. */
    readonly rise?: number;
    /** Peak over the first rate; default 25. */
    readonly divisor?: number;
    /** The first rate over the last; default 1e4. */
    readonly finalDivisor?: number;
    /** Default 'cosine'. */
    readonly anneal?: 'cosine' | 'linear';
    /** Falls to the first rate as fast as it rose before it falls to the last; default false. */
    readonly threePhase?: boolean;
  };
}

export type ScheduleKind = keyof ScheduleKinds;

/** All settings of a kind. */
export type Settings<K extends ScheduleKind> = Required<ScheduleKinds[K]> & { readonly learningRate: number };

interface KindRules<K extends ScheduleKind> {
  /** Every setting, undefined where there is no default. */
  readonly defaults: { readonly [S in keyof Required<ScheduleKinds[K]>]: ScheduleKinds[K][S] | undefined };
  /** @throws usage for settings out of range */
  rate(settings: Settings<K>): (step: number) => number;
}

export const scheduleKinds: { readonly [K in ScheduleKind]: KindRules<K> } = {
  constant: {
    defaults: {},
    rate:
      ({ learningRate }) =>
      () =>
        learningRate,
  },
  step: {
    defaults: { every: undefined, factor: 0.1 },
    rate({ learningRate, every, factor }) {
      check('every', every, every > 0, 'above 0');
      checkFactor(factor);
      return (step) => learningRate * factor ** Math.floor(step / every);
    },
  },
  multiStep: {
    defaults: { milestones: undefined, factor: 0.1 },
    rate({ learningRate, milestones, factor }) {
      const rising = Array.isArray(milestones) && milestones.every((at, i) => at > (i === 0 ? -1 : milestones[i - 1]));
      if (!rising) throw wrong('milestones', milestones, 'a rising list of steps');
      checkFactor(factor);
      return (step) => learningRate * factor ** milestones.filter((at) => at <= step).length;
    },
  },
  exponential: {
    defaults: { factor: undefined },
    rate({ learningRate, factor }) {
      checkFactor(factor);
      return (step) => learningRate * factor ** step;
    },
  },
  cosine: {
    defaults: { steps: undefined, final: 0 },
    rate({ learningRate, steps, final }) {
      checkSteps(steps);
      check('final', final, final >= 0, 'a rate from 0');
      return (step) => between(learningRate, final, Math.min(step / steps, 1), 'cosine');
    },
  },
  polynomial: {
    defaults: { steps: undefined, power: 1, final: 0 },
    rate({ learningRate, steps, power, final }) {
      checkSteps(steps);
      check('power', power, power > 0, 'above 0');
      check('final', final, final >= 0, 'a rate from 0');
      return (step) => final + (learningRate - final) * (1 - Math.min(step / steps, 1)) ** power;
    },
  },
  oneCycle: {
    defaults: { steps: undefined, rise: 0.3, divisor: 25, finalDivisor: 1e4, anneal: 'cosine', threePhase: false },
    rate: oneCycle,
  },
};

function oneCycle(settings: Settings<'oneCycle'>): (step: number) => number {
  const { learningRate, steps, rise, divisor, finalDivisor, anneal, threePhase } = settings;
  checkSteps(steps);
  check('divisor', divisor, divisor > 0, 'above 0');
  check('finalDivisor', finalDivisor, finalDivisor > 0, 'above 0');
  if (anneal !== 'cosine' && anneal !== 'linear') throw wrong('anneal', anneal, "'cosine' or 'linear'");
  const first = learningRate / divisor;
  const peakAt = rise * steps - 1;
  const lastAt = steps - 1;
  // Where each phase ends, and at which rate.
  const phases: (readonly [end: number, rate: number])[] = [[peakAt, learningRate]];
  if (threePhase) phases.push([2 * peakAt, first]);
  phases.push([lastAt, first / finalDivisor]);
  if (!phases.every(([end], i) => end > (phases[i - 1]?.[0] ?? 0))) {
    throw wrong('rise', rise, `a share of the ${steps} steps that leaves a whole step to every phase`);
  }
  return (step) => {
    let [start, from] = [0, first];
    for (const [end, to] of phases) {
      if (step <= end) return between(from, to, (step - start) / (end - start), anneal);
      [start, from] = [end, to];
    }
    return from;
  };
}

/** From `start` at share 0 to `end` at share 1, along half a cosine or a line. */
function between(start: number, end: number, share: number, along: 'cosine' | 'linear'): number {
  return along === 'linear' ? start + (end - start) * share : end + ((start - end) * (1 + Math.cos(Math.PI * share))) / 2;
}

function checkFactor(factor: number): void {
  check('factor', factor, factor > 0, 'above 0');
}

function checkSteps(steps: number): void {
  check('steps', steps, steps > 0, 'above 0');
}

export function check(name: string, value: number, holds: boolean, expected: string): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || !holds) throw wrong(name, value, expected);
}

function wrong(name: string, value: unknown, expected: string): OcelliError {
  return new OcelliError('usage', `schedule: ${name} is ${expected}, ${JSON.stringify(value)} came`);
}
