/** A page that takes training steps, and on WebGPU counts what crosses to and from the GPU. */
import { type WebRuntimeOptions, webRuntime } from '../../../src/runtime/ort-web.ts';
import type { Range } from '../../parity/fill.ts';
import { feedsOf, lenetProgram, takeSteps } from '../../parity/lenet-steps.ts';
import { countTraffic, type Traffic } from '../gpu-traffic.ts';

export interface StepsResult {
  readonly values: Readonly<Record<string, readonly number[]>>;
  /** Of each of two further steps. */
  readonly steps: readonly Traffic[];
  /** Of further rounds of a step and the reading of all state. */
  readonly rounds: readonly Traffic[];
}

async function trainSteps(options: WebRuntimeOptions, ranges: readonly Range[], draw: number): Promise<StepsResult> {
  const traffic = countTraffic();
  const runtime = await webRuntime({ ...options, wasmBase: '/ort/' });
  const program = await lenetProgram(runtime, ranges);
  const results = await takeSteps(program, draw);
  const values = Object.fromEntries(Object.entries(results).map(([name, data]) => [name, Array.from(data)]));
  const count = async (times: number, body: () => Promise<unknown>): Promise<Traffic[]> => {
    const counted: Traffic[] = [];
    for (let i = 0; i < times; i++) {
      traffic();
      await body();
      counted.push(traffic());
    }
    return counted;
  };
  const step = () => program.step({ ...feedsOf(draw, 0) });
  // The first step after a reading brings the state back to the GPU.
  await step();
  const steps = await count(2, step);
  const rounds = await count(3, async () => {
    await step();
    await program.read();
  });
  await program.dispose();
  return { values, steps, rounds };
}

Object.assign(globalThis, { trainSteps });
