/** The package in a browser: everything of index.ts, and the verbs over the origin's private files, pictures and WASM or WebGPU. */
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
import type { RgbImage } from './platform/image.ts';
import { webPlatform } from './platform/web.ts';
import type { ExportOptions } from './program/export-onnx.ts';
import type { Model } from './program/inference-graph.ts';
import { webRuntime } from './runtime/ort-web.ts';
import type { Runtime } from './runtime/runtime.ts';
import type { Classifier } from './tasks/classifier.ts';
import type { LoadedWeights, LoadWeightsOptions } from './tasks/load-weights.ts';
import type { WeightsSource } from './tasks/weights-source.ts';
import type { Evaluation } from './train/evaluate.ts';
import type { TrainEvent } from './train/events.ts';
import type { Trainable } from './train/options.ts';

export * from './index.ts';
export { webPlatform } from './platform/web.ts';
export { type WebRuntimeOptions, webRuntime } from './runtime/ort-web.ts';
export type { BoundEvaluateOptions, BoundLoadOptions, BoundTrainOptions };

const runtime: () => Promise<Runtime> = startedOnce(() => webRuntime());

function bound(): Bound {
  return bind(webPlatform(), runtime);
}

/**
 * A model of the zoo with its weights, ready to answer pictures. Official weights are downloaded once, verified, and kept
 * in the origin's private files.
 *
 * Runs on WASM unless a runtime is given: `runtime: await webRuntime({ backend: 'webgpu' })`.
 * @throws usage for an unknown model, entry or option
 * @throws network when the weights cannot be fetched
 * @throws state-dict when a file does not fit the model
 */
export function load(name: string, options?: BoundLoadOptions): Promise<Classifier> {
  return bound().load(name, options);
}

/**
 * Decodes a picture from an address, a Blob or bytes: what Pillow's `convert('RGB')` gives.
 * @throws format when it is no picture or a damaged one
 * @throws network when it cannot be fetched
 */
export async function loadImage(source: string | URL | Blob | Uint8Array): Promise<RgbImage> {
  const platform = webPlatform();
  if (source instanceof Uint8Array) return platform.decodeImage(source);
  if (source instanceof Blob) return platform.decodeImage(new Uint8Array(await source.arrayBuffer()));
  return platform.decodeImage(await fetchBytes(source instanceof URL ? source.href : source, platform));
}

/**
 * Loads weights into a model: an address, bytes, a path in the origin's private files, or an entry's name beside `model`.
 * @throws state-dict with all missing, unexpected and mis-shaped keys, in PyTorch's words; nothing is loaded then
 */
export function loadWeights(
  model: AnyModule,
  weights: WeightsSource,
  options?: Omit<LoadWeightsOptions, 'platform'>,
): Promise<LoadedWeights> {
  return bound().loadWeights(model, weights, options);
}

/** Writes a model's weights into the origin's private files, `.safetensors` or `.pth` by the file's name. @throws io */
export function saveWeights(model: AnyModule, file: string): Promise<void> {
  return bound().saveWeights(model, file);
}

/** Writes a model as ONNX into the origin's private files: input `input`, output `logits`. @throws io */
export function exportOnnx(model: Model, file: string, options?: Omit<ExportOptions, 'externalFile'>): Promise<void> {
  return bound().exportOnnx(model, file, options);
}

/**
 * Trains a model: the `train` of `ocelli/train` with this platform's files and back end. Steps block the page for as
 * long as each takes; call it in a web worker of your own, or give `runtime: await webRuntime({ worker: true })`.
 * @throws what `train` of `ocelli/train` throws
 *
 * @example
 * for await (const event of train(net, { data, epochs: 20, optimizer: adamw(), learningRate: 1e-3 })) {
 *   if (event.type === 'step') bar.value = event.step / event.steps;
 * }
 */
export function train(model: Trainable, options: BoundTrainOptions): AsyncGenerator<TrainEvent, void, undefined> {
  return bound().train(model, options);
}

/** Tries a classifier on a labelled data set: the `evaluate` of `ocelli/train` with this platform's back end. */
export function evaluate(model: Model, dataset: Dataset, options: BoundEvaluateOptions): Promise<Evaluation> {
  return bound().evaluate(model, dataset, options);
}
