/** Which samples come in which batch. */
import type { BatchRequest } from './batch-maker.ts';
import { type ClipSample, type Dataset, type Sample, type StreamDataset, sampleError } from './dataset.ts';
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

/** Samples asked for at once. */
const AHEAD = 8;

/** The requests with their samples, for threads that cannot make the data set anew. */
export async function* withSamples(
  requests: AsyncGenerator<BatchRequest, void, undefined>,
  dataset: Dataset<Sample | ClipSample>,
): AsyncGenerator<BatchRequest, void, undefined> {
  for await (const request of requests) {
    const { indices } = request;
    const samples: (Sample | ClipSample)[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < indices.length) {
        const at = next++;
        const index = indices[at] as number;
        try {
          samples[at] = await dataset.get(index);
        } catch (error) {
          next = indices.length;
          throw sampleError(dataset, index, error);
        }
      }
    };
    await Promise.all(Array.from({ length: AHEAD }, work));
    yield { ...request, samples };
  }
}
