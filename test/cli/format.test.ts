/** Times as the terminal shows them. */
import { expect, it } from 'vitest';
import { duration } from '../../src/cli/format.ts';

it.each([
  [7.31, '7.3 ms'],
  [850, '850 ms'],
  [59_940, '59.9 s'],
  [59_960, '1 min 0 s'],
  [119_600, '2 min 0 s'],
  [250_000, '4 min 10 s'],
  [7_500_000, '2 h 5 min'],
])('%d ms are %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});
