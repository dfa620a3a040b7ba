/** Training steps in a real Chromium, on WASM and on software WebGPU: Node's and torch's within 5 of torch's own gaps. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { WebRuntimeOptions } from '../../src/runtime/ort-web.ts';
import { GAPS, readGolden, sampleAt } from '../parity/goldens.ts';
import { lenetProgram, type StepsGolden, takeSteps } from '../parity/lenet-steps.ts';
import { type Lab, openLab, whyNoChromium } from './chromium.ts';
import type { StepsResult } from './pages/steps.ts';

if (whyNoChromium) console.log(`browser tests are skipped: ${whyNoChromium}`);

const golden = JSON.parse(readFileSync(new URL('../parity/goldens/steps/lenet5.json', import.meta.url), 'utf8')) as StepsGolden;
const { ranges } = readGolden('lenet5');
const { draw } = golden;

/** The tensors that are off by more than 5 gaps, when each is off by what `errorOf` says. */
function wrong(what: string, errorOf: (name: string, samples: readonly number[]) => number): readonly string[] {
  const errors = Object.entries(golden.tensors).map(
    ([name, [gap, , ...samples]]) => [name, errorOf(name, samples) / (GAPS * gap)] as const,
  );
  const [name, worst] = errors.reduce((a, b) => (b[1] <= a[1] ? a : b));
  console.log(`${what}: ${errors.length} tensors, the worst, ${name}, at ${worst.toFixed(2)} of the tolerance`);
  return errors.filter(([, error]) => !(error <= 1)).map(([key, error]) => `${key}: ${error.toFixed(2)} tolerances`);
}

const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);

const kinds: readonly { readonly name: string; readonly options: WebRuntimeOptions }[] = [
  { name: 'WASM', options: { threads: 2 } },
  { name: 'WASM in a web worker', options: { threads: 1, worker: true } },
  { name: 'WebGPU', options: { backend: 'webgpu' } },
];

describe.skipIf(whyNoChromium !== undefined)('five steps of LeNet-5', () => {
  let node: Readonly<Record<string, Float32Array>>;
  beforeAll(async () => {
    await using runtime = await nodeRuntime();
    await using program = await lenetProgram(runtime, ranges);
    node = await takeSteps(program, draw);
  });

  test("Node's are torch's", () => {
    const errorOf = (name: string, samples: readonly number[]): number => {
      const data = node[name] as Float32Array;
      return largest(samples.map((x, i) => Math.abs((data[sampleAt(i, samples.length, data.length)] as number) - x)));
    };
    expect(wrong('Node and torch', errorOf)).toEqual([]);
  });

  describe.each(kinds)('$name', ({ name, options }) => {
    let lab: Lab;
    let result: StepsResult;
    beforeAll(async () => {
      lab = await openLab(['steps'], { webgpu: options.backend === 'webgpu' });
      const page = await lab.open('steps');
      const call = `trainSteps(${JSON.stringify(options)}, ${JSON.stringify(ranges)}, ${draw})`;
      result = (await page.evaluate(call)) as StepsResult;
    });
    afterAll(() => lab?.close());

    test("are Node's", () => {
      const errorOf = (key: string): number => {
        const data = node[key] as Float32Array;
        const own = result.values[key] ?? [];
        return own.length === data.length ? largest(own.map((x, i) => Math.abs(x - (data[i] as number)))) : Infinity;
      };
      expect(wrong(`${name} and Node`, errorOf)).toEqual([]);
    });

    if (options.backend !== 'webgpu') return;

    test('only pictures and labels go up in a step, only the loss and the logits come down', () => {
      // 4 x 28 x 28 floats; sizes and constants of shaders are small.
      const [smallest, pictures, state] = [512, 12_544, 493_648];
      for (const { up, down } of result.steps) {
        expect(up.filter((bytes) => bytes >= smallest)).toEqual([pictures]);
        expect(up.reduce((a, b) => a + b, 0)).toBeLessThan(state / 10);
        expect(down).toEqual([16, 160]);
      }
    });

    test('reading the state leaves no buffers behind', () => {
      const { down, made } = result.rounds.at(-1) as StepsResult['rounds'][number];
      expect(down.reduce((a, b) => a + b, 0)).toBeGreaterThan(493_648);
      expect(made.filter((bytes) => bytes > 1000)).toEqual([]);
    });
  });
});
