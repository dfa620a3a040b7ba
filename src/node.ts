/** The package in Node: everything of index.ts, and the verbs over files, pictures and the native back end. */
import {
  type Bound,
  type BoundEvaluateOptions,
  type BoundLoadOptions,
  type BoundTrainOptions,
  bind,
  startedOnce,
} from './bound.ts';
import type { Dataset } from './data/dataset.ts';
import { fetchBytes } from './files/fetch-bytes.ts';
import type { AnyModule } from './nn/module.ts';
import { pathOfFileUrl } from './platform/file-url.ts';
import type { RgbImage } from './platform/image.ts';
import { nodePlatform } from './platform/node.ts';
import type { ExportOptions } from './program/export-onnx.ts';
import type { Model } from './program/inference-graph.ts';
import { nodeRuntime } from './runtime/ort-node.ts';
import type { Runtime } from './runtime/runtime.ts';
import type { Classifier } from './tasks/classifier.ts';
import type { LoadedWeights, LoadWeightsOptions } from './tasks/load-weights.ts';
import type { WeightsSource } from './tasks/weights-source.ts';
import type { Evaluation } from './train/evaluate.ts';
import type { TrainEvent } from './train/events.ts';
import type { Trainable } from './train/options.ts';

export * from './index.ts';
export { nodePlatform } from './platform/node.ts';
export { type NodeRuntimeOptions, nodeRuntime } from './runtime/ort-node.ts';
export type { BoundEvaluateOptions, BoundLoadOptions, BoundTrainOptions };

const runtime: () => Promise<Runtime> = startedOnce(() => nodeRuntime());
const threadRuntime: () => Promise<Runtime> = startedOnce(() => nodeRuntime({ worker: true }));

/** Settings such as OCELLI_CACHE are read at every call. */
function bound(): Bound {
  return bind(nodePlatform(), runtime, threadRuntime);
}

/**
 * A model of the zoo with its weights, ready to answer pictures. Official weights are downloaded once, verified and cached.
 *
 * Runs happen in this thread and block it while they last, some milliseconds for a picture; a server passes
 * `runtime: await nodeRuntime({ worker: true })`.
 * @throws usage for an unknown model, entry or option
 * @throws network when official weights are neither cached nor reachable
 * @throws state-dict when a file does not fit the model
 *
 * @example
 * const classifier = await load('efficientnet_b0');
 * const [best] = await classifier.classify(await loadImage('cat.jpg'));
 */
export function load(name: string, options?: BoundLoadOptions): Promise<Classifier> {
  return bound().load(name, options);
}

/**
 * Decodes a picture from a path, an http(s) address or bytes: what Pillow's `convert('RGB')` gives.
 * @throws format when it is no picture or a damaged one
 * @throws io or network when it cannot be read
 */
export async function loadImage(source: string | URL | Uint8Array): Promise<RgbImage> {
  const platform = nodePlatform();
  if (source instanceof Uint8Array) return platform.decodeImage(source);
  const text = source instanceof URL ? source.href : source;
  if (/^https?:/i.test(text)) return platform.decodeImage(await fetchBytes(text, platform));
  const file = await platform.files.open(/^file:/i.test(text) ? pathOfFileUrl(new URL(text)) : text);
  try {
    return await platform.decodeImage(await file.read(0, file.size));
  } finally {
    await file.close();
  }
}

/**
 * Loads weights into a model: a path, an address, bytes, or an entry's name beside `model`.
 * @throws state-dict with all missing, unexpected and mis-shaped keys, in PyTorch's words; nothing is loaded then
 */
export function loadWeights(
  model: AnyModule,
  weights: WeightsSource,
  options?: Omit<LoadWeightsOptions, 'platform'>,
): Promise<LoadedWeights> {
  return bound().loadWeights(model, weights, options);
}

/** Writes a model's weights, `.safetensors` or `.pth` by the file's name; `torch.load` reads the latter. @throws io */
export function saveWeights(model: AnyModule, file: string): Promise<void> {
  return bound().saveWeights(model, file);
}

/** Writes a model as ONNX: input `input`, output `logits`. Weights beyond 1 GB go to `<file>.data`. @throws io */
export function exportOnnx(model: Model, file: string, options?: Omit<ExportOptions, 'externalFile'>): Promise<void> {
  return bound().exportOnnx(model, file, options);
}

/**
 * Trains a model: the `train` of `ocelli/train` with this platform's files and back end. It runs in a worker thread,
 * so that timers, signals and other work go on.
 * @throws what `train` of `ocelli/train` throws
 *
 * @example
 * for await (const event of train(net, { data, epochs: 20, optimizer: adamw(), learningRate: 1e-3, folder: 'run' })) {
 *   if (event.type === 'epoch') console.log(event.epoch, event.validation?.top1);
 * }
 */
export function train(model: Trainable, options: BoundTrainOptions): AsyncGenerator<TrainEvent, void, undefined> {
  return bound().train(model, options);
}

/** Tries a classifier on a labelled data set: the `evaluate` of `ocelli/train` with this platform's back end. */
export function evaluate(model: Model, dataset: Dataset, options: BoundEvaluateOptions): Promise<Evaluation> {
  return bound().evaluate(model, dataset, options);
}
