/** Cases of the operations of AutoAugment and its kin, and the comparison of their spaces with torchvision's. */
import { expect } from 'vitest';
import { RandomStream } from '../../src/base/random-stream.ts';
import type { Picture } from '../../src/platform/image.ts';
import { type Operation, operate, type SpaceEntry } from '../../src/transforms/augment/operations.ts';
import { policies } from '../../src/transforms/augment/policies.ts';
import { augMixSpace, autoAugmentSpace, randAugmentSpace, trivialAugmentSpace } from '../../src/transforms/augment/spaces.ts';
import type { AffineInterpolation } from '../../src/transforms/kernels/affine.ts';
import { makePicture, type PictureSpec } from './augment-pictures.ts';

export interface OperationCase {
  /** torchvision's name. */
  readonly operation: string;
  readonly magnitude: number;
  readonly interpolation: AffineInterpolation;
  readonly fill: readonly number[];
  readonly picture: PictureSpec;
}

/** torchvision's name of an operation: ours begins with a small letter. */
const theirName = (operation: string): string => operation.charAt(0).toUpperCase() + operation.slice(1);
const ourName = (operation: string): Operation => (operation.charAt(0).toLowerCase() + operation.slice(1)) as Operation;

const sizes = [
  { width: 32, height: 48 },
  { width: 224, height: 224 },
] as const;

/** Every operation of every space at every level, with both signs, nearest and bilinear, on pictures of several sizes. */
export function operationCases(seed: number): readonly OperationCase[] {
  const random = new RandomStream(seed);
  const entries: readonly SpaceEntry[] = [
    ...Object.values(autoAugmentSpace(sizes[0])),
    ...randAugmentSpace(sizes[0], 31),
    ...trivialAugmentSpace(31),
    ...augMixSpace({ width: 33, height: 29 }, true),
  ];
  const cases: OperationCase[] = [];
  for (const { operation, magnitudes, signed } of entries) {
    for (const magnitude of magnitudes.length > 0 ? magnitudes : [0]) {
      for (const sign of signed ? [1, -1] : [1]) {
        for (const interpolation of ['nearest', 'bilinear'] as const) {
          const channels = random.below(2) === 0 ? 1 : 3;
          const [width, height] = random.below(2) === 0 ? [32, 32] : [5 + random.below(60), 5 + random.below(60)];
          const style = (['noise', 'dull', 'smooth', 'two'] as const)[random.below(4)] as PictureSpec['style'];
          const fill = Array.from({ length: channels }, () => random.below(256));
          const picture: PictureSpec = { key: random.bits(), style, width, height, channels };
          cases.push({ operation: theirName(operation), magnitude: sign * magnitude, interpolation, fill, picture });
        }
      }
    }
  }
  return cases;
}

export function runOperation({ operation, magnitude, interpolation, fill, picture }: OperationCase): Picture {
  return operate(makePicture(picture), ourName(operation), magnitude, { interpolation, fill });
}

interface TheirEntry {
  readonly magnitudes: readonly number[];
  readonly signed: boolean;
}

type TheirSpace = { readonly [operation: string]: TheirEntry };

export interface TheirSpaces {
  readonly autoAugment: readonly TheirSpace[];
  readonly randAugment: readonly TheirSpace[];
  readonly trivialAugment: readonly TheirSpace[];
  readonly augMix: readonly TheirSpace[];
  readonly augMixFew: readonly TheirSpace[];
  readonly policies: { readonly [policy: string]: readonly (readonly [string, number, number | null])[][] };
}

/** Magnitudes agree to one unit in the last place of float32: torch's vector code rounds some of them otherwise. */
function compareEntry(entry: SpaceEntry, theirs: TheirEntry | undefined): void {
  expect(theirs, entry.operation).toBeDefined();
  expect(entry.signed).toBe(theirs?.signed);
  expect(entry.magnitudes.length).toBe(theirs?.magnitudes.length);
  for (const [level, magnitude] of entry.magnitudes.entries()) {
    const expected = theirs?.magnitudes[level] ?? Number.NaN;
    expect(Math.abs(magnitude - expected), `${entry.operation} ${level}`).toBeLessThanOrEqual(Math.abs(expected) * 2 ** -22);
    if (entry.operation.startsWith('translate')) expect(Math.trunc(magnitude)).toBe(Math.trunc(expected));
  }
}

export function compareSpaces(theirs: TheirSpaces): void {
  for (const [index, size] of sizes.entries()) {
    const ordered = [
      [randAugmentSpace(size, 31), theirs.randAugment],
      [trivialAugmentSpace(31), theirs.trivialAugment],
      [augMixSpace(size, true), theirs.augMix],
      [augMixSpace(size, false), theirs.augMixFew],
    ] as const;
    for (const [space, spaces] of ordered) {
      const their = spaces[index] as TheirSpace;
      expect(space.map(({ operation }) => theirName(operation))).toEqual(Object.keys(their));
      for (const entry of space) compareEntry(entry, their[theirName(entry.operation)]);
    }
    const auto = autoAugmentSpace(size);
    for (const [name, entry] of Object.entries(theirs.autoAugment[index] as TheirSpace)) compareEntry(auto[ourName(name)], entry);
  }
  const ours = Object.entries(policies).map(([policy, steps]) => [
    policy,
    steps.map((pair) => pair.map(([operation, p, level]) => [theirName(operation), p, level ?? null])),
  ]);
  expect(Object.fromEntries(ours)).toEqual(theirs.policies);
}
