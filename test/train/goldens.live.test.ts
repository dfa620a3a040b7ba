/** The recorded goldens are what torch gives today. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { missingModules, python } from '../gradients/python.ts';
import { type Goldens, goldens } from './golden.ts';

const reason = missingModules('torch');
if (reason) console.log(`The goldens of losses, optimizers and schedules are not made again: ${reason}`);

/** All numbers, in order. */
function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return Object.values(value as object).flatMap(numbersOf);
}

describe.skipIf(reason)('torch gives the recorded goldens', () => {
  it.each(['losses', 'optimizers', 'schedules'] as const)('%s', (kind) => {
    const script = fileURLToPath(new URL('goldens.py', import.meta.url));
    const made = JSON.parse(execFileSync(python, [script], { encoding: 'utf8' })) as Goldens;
    const [now, recorded] = [numbersOf(made[kind]), numbersOf(goldens[kind])];
    expect(now.length).toBe(recorded.length);
    recorded.forEach((value, i) => {
      expect(Math.abs((now[i] as number) - value)).toBeLessThanOrEqual(1e-10 * Math.max(1e-6, Math.abs(value)));
    });
  });
});
