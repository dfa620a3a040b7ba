/** Answers load_training and train, one JSON line each, for a peer that gives a function of one step. */
import { createInterface } from 'node:readline';

/** @param load what readies a step of LeNet-5 on `batch` pictures; the step resolves to its loss when all its work is done */
export async function answer(load) {
  let step;
  const requests = {
    async load_training({ model, batch }) {
      if (model !== 'lenet5') throw new Error(`the peers train lenet5 only, not ${model}`);
      step = await load(batch);
      return {};
    },
    async train({ runs }) {
      const start = performance.now();
      for (let i = 0; i < runs; i++) {
        if (!Number.isFinite(await step())) throw new Error('the loss is not finite');
      }
      return { milliseconds: (performance.now() - start) / runs, peak: process.resourceUsage().maxRSS * 1024 };
    },
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, args] = JSON.parse(line);
    console.log(JSON.stringify(await requests[name](args)));
  }
  process.exit();
}
