/** RegNet's stages against torchvision 0.14.1's `BlockParams.from_init_params`. */
import { expect, test } from 'vitest';
import { type RegNetConfig, regNetStages } from './stages.ts';

const config = (depth: number, initialWidth: number, slope: number, step: number, groupWidth: number): RegNetConfig => ({
  depth,
  initialWidth,
  slope,
  step,
  groupWidth,
});

const rows = (of: RegNetConfig): readonly (readonly number[])[] =>
  regNetStages(of).map(({ depth, width, groupWidth }) => [depth, width, groupWidth]);

test('a stage is the blocks whose widths round to one', () => {
  expect(rows(config(22, 24, 24.48, 2.54, 16))).toEqual([
    [1, 32, 16],
    [2, 64, 16],
    [7, 160, 16],
    [12, 400, 16],
  ]);
  expect(rows(config(6, 8, 0, 2.5, 16))).toEqual([[6, 8, 8]]);
});

test('widths half-way between two multiples of 8 fall as in float32', () => {
  expect(rows(config(24, 400, 170.96, 2.13, 8)).map(([, width]) => width)).toEqual([400, 856, 1816, 3864]);
  expect(rows(config(17, 400, 109.14, 2.11, 8)).map(([, width]) => width)).toEqual([400, 840, 1784]);
  expect(rows(config(10, 400, 79.88, 2.49, 8)).map(([, width]) => width)).toEqual([400, 992]);
});

test('numbers out of their range are refused', () => {
  expect(() => regNetStages(config(10, 20, 1, 2, 8))).toThrow('an initial width that 8 divides');
  expect(() => regNetStages(config(10, 24, -1, 2, 8))).toThrow('a slope of 0 or more');
  expect(() => regNetStages(config(10, 24, 1, 1, 8))).toThrow('a step above 1');
});
