/** A page that takes the first training step of a model and gives samples of everything the step changes. */
import { webRuntime } from '../../../src/runtime/ort-web.ts';
import type { Range } from '../../parity/fill.ts';
import { takeStep, trainingProgram } from '../../parity/training.ts';

/** @param kept how many samples of every wanted tensor */
async function firstStep(
  name: string,
  ranges: readonly Range[],
  kept: Readonly<Record<string, number>>,
): Promise<Record<string, number[]>> {
  const runtime = await webRuntime({ threads: 2, wasmBase: '/ort/' });
  const program = await trainingProgram(name, ranges, { runtime, portable: false });
  const results = await takeStep(program);
  await program.dispose();
  return Object.fromEntries(
    Object.entries(kept).map(([key, count]) => {
      const data = results.get(key)?.data as Float32Array | undefined;
      if (!data) throw new Error(`${key}: the step did not give it`);
      // The places that goldens.ts takes samples at.
      return [
        key,
        Array.from({ length: count }, (_, i) => data[Math.floor(((2 * i + 1) * data.length) / (2 * count))] as number),
      ];
    }),
  );
}

Object.assign(globalThis, { firstStep });
