/** Every operator and its gradient lowers to models of opset 17 that the ONNX checker accepts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import { type Golden, groups, readCases, readGoldens } from './case.ts';
import { lowerings } from './lowerings.ts';
import { caseProgram } from './program.ts';
import { missingModules, runPython } from './python.ts';

const missing = missingModules('onnx');
if (missing !== undefined) console.log(`skipped: models against the ONNX checker: ${missing}`);

interface Verdict {
  readonly checked: number;
  readonly refused: Readonly<Record<string, string>>;
}

describe.skipIf(missing !== undefined)('the ONNX checker', () => {
  it('accepts every case on every lowering, with static and with named dims', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ocelli-checker-'));
    let written = 0;
    for (const group of groups()) {
      const goldens = readGoldens(group);
      for (const test of readCases(group)) {
        for (const named of test.named ? [false, true] : [false]) {
          const { graph } = caseProgram(test, goldens.get(test.name) as Golden, named);
          for (const { label, target, portable } of lowerings) {
            const name = `${test.name} ${label}${named ? ' named' : ''}`.replaceAll(/[^\w-]+/g, '_');
            writeFileSync(join(folder, `${name}.onnx`), emitOnnx(graph, { target, portable }).model);
            written++;
          }
        }
      }
    }
    const verdict = JSON.parse(runPython('check_models.py', folder)) as Verdict;
    rmSync(folder, { recursive: true });
    expect(verdict.refused).toEqual({});
    expect(verdict.checked).toBe(written);
  });
});
