/** The block-string notation: read, printed, refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOcelliError } from '../../base/errors.ts';
import { efficientNetB0, efficientNetV2S } from '../classification/efficientnet/tables.ts';
import type { BlockSpec } from './block-spec.ts';
import { parseBlocks, printBlocks } from './block-string.ts';

test('a block string says what it says', () => {
  expect(parseBlocks('ir_r2_k3_s2_e6_c24_se0.25')).toEqual([
    { type: 'ir', repeats: 2, kernel: 3, stride: 2, expand: 6, channels: 24, se: 0.25 },
  ]);
  expect(parseBlocks(' ds_r1_k5_s1_c16_nhs_noskip\n\t cn_r3_k3_s1_c24_nre_skip er_r1_k3_s1_d2_h96_c24 ')).toEqual([
    { type: 'ds', repeats: 1, kernel: 5, stride: 1, channels: 16, activation: 'hardswish', skip: false },
    { type: 'cn', repeats: 3, kernel: 3, stride: 1, channels: 24, activation: 'relu', skip: true },
    { type: 'er', repeats: 1, kernel: 3, stride: 1, dilation: 2, hidden: 96, channels: 24 },
  ]);
});

test('what is printed says nothing twice and in one order', () => {
  const printed = (text: string): string => printBlocks(parseBlocks(text));
  expect(printed('ir_se0.250_c024_e6.0_s2_k3_r2_d1_skip')).toBe('ir_r2_k3_s2_e6_c24_se0.25');
  // As timm writes them.
  expect(printed('ds_r1_k3_s1_e1_c16_se0.25')).toBe('ds_r1_k3_s1_c16_se0.25');
  expect(printed('cn_r2_k3_s1_e1_c24_skip\ncn_r1_k1_s1_c960_noskip')).toBe('cn_r2_k3_s1_c24_skip cn_r1_k1_s1_c960');
  const b0 = efficientNetB0.blocks.trim().split(/\s+/);
  expect(b0).toHaveLength(7);
  for (const { blocks } of [efficientNetB0, efficientNetV2S]) expect(printed(blocks)).toBe(blocks.trim().split(/\s+/).join(' '));
});

const all = 'r, k, s, c, d, e, h, se with a number, nre, nr6, nhs, nsw and noskip';
const refused: readonly (readonly [string, string])[] = [
  ['', 'a block string names at least one block, such as ir_r2_k3_s2_e6_c24_se0.25'],
  ['xx_r1_k3_s1_c8', 'block "xx_r1_k3_s1_c8": unknown type "xx"; a block begins with ir, ds, er, cn, as in'],
  ['r1_k3_s22_e6_i16_o24', 'unknown type "r1"'],
  ['constructor_r1', 'unknown type "constructor"'],
  ['ir_r2_k3_s2_e6_c24_q5', `block "ir_r2_k3_s2_e6_c24_q5": unknown token "q5"; ir takes ${all}`],
  ['ir_r2_k3_s2_e6_c24_nxx', 'unknown token "nxx"'],
  ['ir_r2_k3_s2_e6_c24_se', 'unknown token "se"'],
  ['ir_r2_k3_s2_e6_c-24', 'unknown token "c-24"'],
  ['ir_r2__k3_s2_e6_c24', 'unknown token ""'],
  ['ir_r2_k3_s2_e6_c24_K3', 'unknown token "K3"'],
  ['ir_r2_k3_s2_e6_c1e3', 'unknown token "c1e3"'],
  ['er_r2_k3_s2_e6_c24_se0.25', 'er does not take "se0.25"; it takes r, k, s, c, d, e, h with a number'],
  ['ds_r2_k3_s2_e6_c24', 'ds does not take "e6"; it takes r, k, s, c, d, se with a number'],
  ['cn_r2_k3_s2_h6_c24', 'cn does not take "h6"; it takes r, k, s, c, d with a number, nre, nr6, nhs, nsw and skip'],
  ['ir_r2_k3_s2_e6_c24_k5', '"k3" and "k5" both say its kernel; leave one'],
  ['ir_r2_k3_s2_e6_c24_nre_nsw', '"nre" and "nsw" both say its activation; leave one'],
  ['ir_r2_k3_s2_e6_c24_skip_noskip', '"skip" and "noskip" both say its skip; leave one'],
  ['ir_r2_k3_s2_e6_h96_c24', 'it has two expansions; leave one, e (hidden channels per input channel) or h (hidden channels)'],
  ['ir_r2_k3_s2_c24', 'its expansion is missing; add e (hidden channels per input channel) or h (hidden channels)'],
  ['ir_r2_k4_s2_e6_c24', '"k4" is out of range; k (kernel) is an odd whole number from 1 to 31'],
  ['ir_r0_k3_s2_e6_c24', '"r0" is out of range; r (repeats) is a whole number from 1 to 1000'],
  ['ir_r2_k3_s1.5_e6_c24', '"s1.5" is out of range'],
  ['ir_r2_k3_s1_e0_c24', '"e0" is out of range; e (expand) is a number from 0.1 to 100'],
  ['ir_r2_k3_s1_e6_c24_se1.5', '"se1.5" is out of range; se (squeeze-and-excitation) is a number from 0.001 to 1'],
  ['ir_r2_k3_s1_e6', 'c (channels) is missing; it is a whole number from 1 to 65536, as in ir_r2'],
  ['ir', 'r (repeats) is missing; it is'],
];

test.each(refused)('"%s" is refused', (text, message) => {
  const parse = (): unknown => parseBlocks(text);
  expect(parse).toThrow(message);
  expect(parse).toThrow(expect.objectContaining({ name: 'OcelliError', code: 'usage' }));
});

test('messages quote no more than the beginning of a long word', () => {
  const long = 'x'.repeat(1_000_000);
  for (const text of [long, `ir_${long}`, `ir_k${'9'.repeat(1_000_000)}`, 'ir_'.repeat(1_000_000)]) {
    expect(() => parseBlocks(text)).toThrow(expect.objectContaining({ message: expect.stringMatching(/^.{60,400}$/) }));
  }
});

test('the faulty block among others is named', () => {
  expect(() => parseBlocks('ds_r1_k3_s1_c16 ir_r2_k3_s2_e6')).toThrow('block "ir_r2_k3_s2_e6": c (channels) is missing');
});

test('what no string says is not printed', () => {
  const block = { type: 'ir', repeats: 1, kernel: 3, stride: 1, expand: 6, channels: 16 } as const;
  expect(() => printBlocks([])).toThrow('at least one block');
  expect(() => printBlocks([{ ...block, kernel: 2 }])).toThrow('"k2" is out of range');
  expect(() => printBlocks([{ ...block, expand: Number.NaN }])).toThrow('unknown token "eNaN"');
  expect(() => printBlocks([{ ...block, type: 'ds' }])).toThrow('ds does not take "e6"');
  expect(() => printBlocks([{ ...block, type: 'mb' as 'ir' }])).toThrow('unknown type "mb"');
  expect(() => printBlocks([{ ...block, activation: 'gelu' as 'relu' }])).toThrow('unknown token "gelu"');
  expect(() => printBlocks([{ ...block, seRatio: 0.25 } as typeof block])).toThrow(
    'block: unknown option "seRatio"; it takes type,',
  );
});

/** Blocks as the parser gives them: without what goes without saying. */
const anyBlock: fc.Arbitrary<BlockSpec> = fc
  .record({
    type: fc.constantFrom('ir', 'ds', 'er', 'cn'),
    numbers: fc.record({
      repeats: fc.integer({ min: 1, max: 1000 }),
      kernel: fc.integer({ min: 0, max: 15 }).map((half) => 2 * half + 1),
      stride: fc.integer({ min: 1, max: 8 }),
      channels: fc.integer({ min: 1, max: 65536 }),
    }),
    dilation: fc.option(fc.integer({ min: 2, max: 64 }), { nil: undefined }),
    expansion: fc.oneof(
      fc.record({ expand: fc.double({ min: 0.1, max: 100, noNaN: true }) }),
      fc.record({ hidden: fc.integer({ min: 1, max: 65536 }) }),
    ),
    se: fc.option(fc.double({ min: 0.001, max: 1, noNaN: true }), { nil: undefined }),
    activation: fc.option(fc.constantFrom('relu', 'relu6', 'hardswish', 'silu'), { nil: undefined }),
    told: fc.boolean(),
  })
  .map(({ type, numbers, dilation, expansion, se, activation, told }) => ({
    type,
    ...numbers,
    ...(dilation === undefined ? {} : { dilation }),
    ...(type === 'ir' || type === 'er' ? expansion : {}),
    ...(se === undefined || type === 'er' || type === 'cn' ? {} : { se }),
    ...(activation === undefined ? {} : { activation }),
    ...(told ? { skip: type === 'cn' } : {}),
  }));

describe('whatever the blocks', () => {
  const settings = { seed: 4, numRuns: 300 };

  test('what is printed is read as it was, and prints the same', () => {
    fc.assert(
      fc.property(fc.array(anyBlock, { minLength: 1, maxLength: 6 }), (blocks) => {
        const text = printBlocks(blocks);
        expect(parseBlocks(text)).toEqual(blocks);
        expect(printBlocks(parseBlocks(text))).toBe(text);
      }),
      settings,
    );
  });

  test('a damaged string is read or refused in a sentence that names it', () => {
    const damage = fc.record({ at: fc.nat(200), cut: fc.nat(3), put: fc.string({ maxLength: 3 }) });
    fc.assert(
      fc.property(anyBlock, damage, (block, { at, cut, put }) => {
        const whole = printBlocks([block]);
        const from = at % (whole.length + 1);
        const text = whole.slice(0, from) + put + whole.slice(from + cut);
        try {
          const blocks = parseBlocks(text);
          expect(parseBlocks(printBlocks(blocks))).toEqual(blocks);
        } catch (error) {
          if (!isOcelliError(error)) throw error;
          expect(error.code).toBe('usage');
          if (text.trim() !== '') expect(text.split(/\s+/).some((word) => error.message.includes(`block "${word}"`))).toBe(true);
        }
      }),
      settings,
    );
  });
});
