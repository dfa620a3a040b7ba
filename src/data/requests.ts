/** Which samples come in which batch. */
import type { BatchRequest } from './batch-maker.ts';
import type { ClipSample, Sample, StreamDataset } from './dataset.ts';
import { epochOrder } from './order.ts';

export interface EpochPlan {
  readonly batchSize: number;
  readonly seed: number;
  readonly shuffle: boolean;
  readonly lastBatch: 'keep' | 'drop';
  readonly epoch: number;
  readonly startAt: number;
}

/** An epoch's batches from number `startAt` on. */
export async function* requestsOf(length: number, plan: EpochPlan): AsyncGenerator<BatchRequest, void, undefined> {
  const { batchSize, seed, shuffle, lastBatch, epoch, startAt } = plan;
  const order = epochOrder(length, shuffle, seed, epoch);
  for (let index = startAt; index * batchSize < length; index++) {
    const indices = order.slice(index * batchSize, (index + 1) * batchSize);
    if (indices.length < batchSize && lastBatch === 'drop') return;
    yield { epoch, index, indices };
  }
}

/** A stream's batches; those before `startAt` are read and left out. */
export async function* streamRequests(
  stream: StreamDataset<Sample | ClipSample>,
  plan: EpochPlan,
): AsyncGenerator<BatchRequest, void, undefined> {
  const { batchSize, lastBatch, epoch, startAt } = plan;
  let samples: (Sample | ClipSample)[] = [];
  let index = 0;
  const request = (): BatchRequest => {
    const indices = Uint32Array.from(samples, (_, i) => index * batchSize + i);
    return { epoch, index, indices, samples };
  };
  for await (const sample of stream.samples()) {
    samples.push(sample);
    if (samples.length < batchSize) continue;
    if (index >= startAt) yield request();
    samples = [];
    index++;
  }
  if (samples.length > 0 && lastBatch === 'keep' && index >= startAt) yield request();
}
