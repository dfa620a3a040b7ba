/** Learning rates over time: pure functions of the step, described by JSON. */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import { check, type ScheduleKind, type ScheduleKinds, type Settings, scheduleKinds } from './kinds.ts';

export interface Warmup {
  /** How many steps it lasts; the schedule proper begins after them, with its step 0. */
  readonly steps: number;
  /** The share of the rate at which it starts, to rise along a line; default 0.01, that of torchvision's recipes. */
  readonly from?: number;
}

/** `{ kind: 'cosine', learningRate: 0.1, steps: 9000, warmup: { steps: 500 } }`: what each kind takes is in `ScheduleKinds`. */
export type ScheduleOptions = {
  readonly [K in ScheduleKind]: {
    readonly kind: K;
    /** From 0; of oneCycle the peak. */
    readonly learningRate: number;
    /** Default none. */
    readonly warmup?: Warmup;
  } & ScheduleKinds[K];
}[ScheduleKind];

export interface Schedule {
  /** The options with all defaults, as JSON: `schedule(description)` makes the same one. */
  readonly description: ScheduleOptions;
  /** The learning rate of a step, counted from 0. @throws usage for a step below 0 */
  at(step: number): number;
}

/**
 * A schedule; its steps are whatever is counted: updates, or epochs. The values are those of torch's schedulers, warm-up those of
 * SequentialLR with LinearLR in front.
 * @throws usage for unknown kinds and options, and for values out of range
 */
export function schedule(options: ScheduleOptions): Schedule {
  const { kind, learningRate, warmup, ...rest } = options;
  if (!Object.hasOwn(scheduleKinds, kind)) {
    throw new OcelliError('usage', `schedule: there is no kind "${kind}"; there are ${Object.keys(scheduleKinds).join(', ')}`);
  }
  const rules = scheduleKinds[kind];
  checkKeys(`schedule: ${kind}`, rest, ['kind', 'learningRate', 'warmup', ...Object.keys(rules.defaults)]);
  check('learningRate', learningRate, learningRate >= 0, 'a rate from 0');
  const settings = { ...rules.defaults, ...rest };
  const missing = Object.entries(settings).find(([, value]) => value === undefined);
  if (missing) throw new OcelliError('usage', `schedule: ${kind} needs ${missing[0]}`);
  // The kind decides which settings there are; the table pairs them.
  const rate = rules.rate({ ...settings, learningRate } as Settings<ScheduleKind> as never);
  const rise = warmup && { from: 0.01, ...warmup };
  if (rise) checkWarmup(rise);
  const description = { kind, learningRate, ...settings, ...(rise ? { warmup: rise } : {}) } as ScheduleOptions;
  return {
    description,
    at(step) {
      if (!(step >= 0)) throw new OcelliError('usage', `schedule: steps are counted from 0, ${step} came`);
      if (!rise || step >= rise.steps) return rate(step - (rise?.steps ?? 0));
      return rate(0) * (rise.from + ((1 - rise.from) * step) / rise.steps);
    },
  };
}

function checkWarmup(warmup: Required<Warmup>): void {
  checkKeys('schedule: warmup', warmup, ['steps', 'from']);
  check('warmup.steps', warmup.steps, warmup.steps >= 0, 'a number from 0');
  check('warmup.from', warmup.from, warmup.from >= 0 && warmup.from <= 1, 'from 0 to 1');
}
