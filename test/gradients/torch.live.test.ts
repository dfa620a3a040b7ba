/** Asks torch for every golden again: what stands in the repository is what it gives now. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GoldenArray, groups, readCases, readGoldens } from './case.ts';
import { missingModules, runPython } from './python.ts';

const missing = missingModules('torch', 'torchvision', 'numpy');
if (missing !== undefined) console.log(`skipped: gradients against torch, live: ${missing}`);

/** Far below float32 rounding, above what another order of summing or another library of functions changes in float64. */
const RELATIVE = 1e-9;

function far(now: GoldenArray | null | undefined, stored: GoldenArray | null | undefined): boolean {
  if (!now || !stored) return (now ?? undefined) !== (stored ?? undefined);
  if (now.shape.join() !== stored.shape.join() || now.values.length !== stored.values.length) return true;
  const numbers = (array: GoldenArray): readonly number[] => [...array.values, array.max ?? 0, array.dot ?? 0];
  const expected = numbers(stored);
  const scale = Math.max(1, ...expected.map(Math.abs));
  return numbers(now).some((value, i) => !(Math.abs(value - (expected[i] ?? Number.NaN)) <= RELATIVE * scale));
}

describe.skipIf(missing !== undefined)('the goldens are what torch gives', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ocelli-gradients-'));
  beforeAll(() => {
    runPython('generate.py', folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(groups())('%s', (group) => {
    const stored = readGoldens(group);
    const now = readGoldens(group, pathToFileURL(`${folder}/`));
    expect([...stored.keys()]).toEqual(readCases(group).map((test) => test.name));
    const moved = [...now].filter(([name, golden]) => {
      const before = stored.get(name);
      const pairs = golden.outputs.map((array, i) => far(array, before?.outputs[i]));
      const gradients = (golden.gradients ?? []).map((array, i) => far(array, before?.gradients?.[i]));
      return [...pairs, ...gradients].includes(true) || golden.gradients?.length !== before?.gradients?.length;
    });
    expect(moved.map(([name]) => name)).toEqual([]);
  });
});
