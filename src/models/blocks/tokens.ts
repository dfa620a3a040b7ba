/** The tokens of the block-string notation: what each says, its range, and which blocks take it. */
import type { ActivationName, BlockSpec, BlockType } from './block-spec.ts';

/** A token that is a letter or two and a number, such as `k3`. */
export interface NumberToken {
  readonly field: 'repeats' | 'kernel' | 'stride' | 'dilation' | 'expand' | 'hidden' | 'channels' | 'se';
  /** What the number may be, for people. */
  readonly range: string;
  readonly allows: (value: number) => boolean;
}

const within = (min: number, max: number) => (value: number) => value >= min && value <= max;
const whole = (max: number): Pick<NumberToken, 'range' | 'allows'> => ({
  range: `a whole number from 1 to ${max}`,
  allows: (value) => Number.isInteger(value) && within(1, max)(value),
});

export type NumberTokenName = 'r' | 'k' | 's' | 'd' | 'e' | 'h' | 'c' | 'se';

/** In the order in which they are printed. */
export const numberTokens: Readonly<Record<NumberTokenName, NumberToken>> = {
  r: { field: 'repeats', ...whole(1000) },
  k: { field: 'kernel', range: 'an odd whole number from 1 to 31', allows: (value) => value % 2 === 1 && within(1, 31)(value) },
  s: { field: 'stride', ...whole(8) },
  d: { field: 'dilation', ...whole(64) },
  e: { field: 'expand', range: 'a number from 0.1 to 100', allows: within(0.1, 100) },
  h: { field: 'hidden', ...whole(65536) },
  c: { field: 'channels', ...whole(65536) },
  se: { field: 'se', range: 'a number from 0.001 to 1', allows: within(0.001, 1) },
};

/** Tokens that name the activation of a block. */
export const activationTokens: Readonly<Record<ActivationName, string>> = {
  relu: 'nre',
  relu6: 'nr6',
  hardswish: 'nhs',
  silu: 'nsw',
};

/** Numbers that every block has. */
export const needed: readonly NumberTokenName[] = ['r', 'k', 's', 'c'];

interface BlockTypeRules {
  /** Numbers that it may have besides. */
  readonly takes: readonly NumberTokenName[];
  /** Whether it has hidden channels of its own: then it needs `e` or `h`. */
  readonly expands: boolean;
  /** Whether it has a shortcut unless told otherwise. */
  readonly skip: boolean;
}

export const blockTypes: Readonly<Record<BlockType, BlockTypeRules>> = {
  ir: { takes: ['d', 'e', 'h', 'se'], expands: true, skip: true },
  ds: { takes: ['d', 'se'], expands: false, skip: true },
  er: { takes: ['d', 'e', 'h'], expands: true, skip: true },
  cn: { takes: ['d'], expands: false, skip: false },
};

/** Whether a block adds its input to its output where shapes are the same. */
export function hasSkip({ type, skip }: Pick<BlockSpec, 'type' | 'skip'>): boolean {
  return skip ?? blockTypes[type].skip;
}
