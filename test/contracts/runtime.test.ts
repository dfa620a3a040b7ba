/** The contract of runtimes, kept by those that run in Node: native, native in a worker thread, WASM. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { float32 } from '../../src/base/tensor.ts';
import { type NodeRuntimeOptions, nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { longModel } from './long-model.ts';
import { runtimeCases } from './runtime.contract.ts';
import { bundleWorkerEntry } from './worker-entry.ts';

const kinds: readonly { readonly name: string; options(): Promise<NodeRuntimeOptions> }[] = [
  { name: 'native', options: async () => ({}) },
  { name: 'native in a worker', options: async () => ({ worker: true, workerEntry: await bundleWorkerEntry() }) },
  { name: 'WASM', options: async () => ({ backend: 'wasm', threads: 1 }) },
  {
    name: 'WASM in a worker',
    options: async () => ({ backend: 'wasm', threads: 1, worker: true, workerEntry: await bundleWorkerEntry() }),
  },
];

for (const { name, options } of kinds) {
  describe(name, () => {
    let runtime: Runtime;
    beforeAll(async () => {
      runtime = await nodeRuntime(await options());
    });
    afterAll(() => runtime.dispose());

    for (const { name: what, run } of runtimeCases) test(what, () => run(runtime));
  });
}

describe('a worker', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await nodeRuntime({ worker: true, workerEntry: await bundleWorkerEntry() });
  });
  afterAll(() => runtime.dispose());

  test('leaves the event loop alive during a long run, which a run in this thread does not', async () => {
    const ticksDuring = async (where: Runtime): Promise<{ ticks: number; ms: number }> => {
      const session = await where.load(longModel());
      let ticks = 0;
      const timer = setInterval(() => ticks++, 5);
      const start = performance.now();
      await session.run({ x: float32([1, 1], [1]) });
      const ms = performance.now() - start;
      clearInterval(timer);
      await session.dispose();
      return { ticks, ms };
    };
    const inWorker = await ticksDuring(runtime);
    const here = await ticksDuring(await nodeRuntime());
    expect(inWorker.ms).toBeGreaterThan(100);
    // A quarter of what an idle machine would give.
    expect(inWorker.ticks).toBeGreaterThan(inWorker.ms / 20);
    expect(here.ticks).toBeLessThanOrEqual(1);
  });

  test('takes the feeds it is given and gives results that can be fed again', async () => {
    const session = await runtime.load(longModel(2, 64));
    const x = float32([1, 1], [1]);
    const { y } = await session.run({ x });
    expect(x.data.length).toBe(0);
    await expect(session.run({ x })).rejects.toThrow(/moved to a worker/);
    expect(y?.shape).toEqual([1, 1]);
    await session.run({ x: y as typeof x });
    await session.dispose();
  });

  test('ends: what is asked afterwards fails with a clear error', async () => {
    const other = await nodeRuntime({ worker: true, workerEntry: await bundleWorkerEntry() });
    const session = await other.load(longModel(2, 64));
    await other.dispose();
    await expect(session.run({ x: float32([1, 1], [1]) })).rejects.toThrow(/disposed/);
  });

  test('a script that does not start is a clear error', async () => {
    const workerEntry = new URL('./no-such-entry.mjs', import.meta.url);
    await expect(nodeRuntime({ worker: true, workerEntry })).rejects.toThrow(/worker thread failed/);
  });
});
