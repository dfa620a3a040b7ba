/** Arithmetic on named dims, and what may be a dim. */
import { expect, test } from 'vitest';
import { shapeRules } from '../ops/table.ts';
import { GraphBuilder } from './builder.ts';
import { addDims, evaluateDim, floorDivideDim, isDim, multiplyDims, subtractDims } from './dim.ts';

test('floored quotients are right for every size and leave no minus inside the floor', () => {
  const expressions = [multiplyDims(-1, 'N'), subtractDims(7, multiplyDims(3, 'N')), subtractDims('M', 'N'), addDims('N', -3)];
  for (const expression of expressions) {
    for (const divisor of [2, 3, 5]) {
      const quotient = floorDivideDim(expression, divisor);
      expect(String(quotient)).not.toMatch(/floor\([^)]*-/);
      for (const n of [0, 1, 2, 5, 11]) {
        const names = new Map([
          ['N', n],
          ['M', 4],
        ]);
        // + 0, for -0 is 0.
        expect(evaluateDim(quotient, names) + 0).toBe(Math.floor(evaluateDim(expression, names) / divisor) + 0);
      }
    }
  }
});

test('dims are sizes, names and expressions in canonical form', () => {
  const span = addDims(floorDivideDim(addDims('H', 1), 2), multiplyDims('A', 'B'));
  for (const dim of [0, 7, 'N', '_batch2', span, multiplyDims(span, 2)]) expect(isDim(dim), String(dim)).toBe(true);
  for (const dim of [-1, 1.5, Number.NaN, '', 'H - 1', 'H+0', '2N', 'N/2', 'batch size'])
    expect(isDim(dim), String(dim)).toBe(false);
});

test('inputs refuse what is no dim', () => {
  const builder = new GraphBuilder(shapeRules);
  expect(() => builder.input('x', { dtype: 'float32', shape: ['batch size', 3] })).toThrow(
    'input "x": dim "batch size" is neither a whole number nor a name',
  );
  expect(() => builder.input('x', { dtype: 'float32', shape: [-1, 3] })).toThrow('dim "-1"');
});

test('operators that would give no shape are refused with the module path', () => {
  const builder = new GraphBuilder(shapeRules);
  const x = builder.input('x', { dtype: 'float32', shape: [1, 2, 4, 4] });
  const attrs = { size: [2.5, 4], mode: 'nearest', coordinates: 'asymmetric' } as const;
  expect(() => builder.inScope('neck', () => builder.apply('resize', [x], attrs))).toThrow(
    'resize (neck): gives float32[1, 2, 2.5, 4]; sizes are whole numbers from 0',
  );
  const labels = builder.input('labels', { dtype: 'int64', shape: [3] });
  expect(() => builder.apply('oneHot', [labels], { depth: -1 })).toThrow('oneHot: gives bool[3, -1]');
});
