/** A model as an ONNX file for other tools. */
import { dtypes } from '../base/dtype.ts';
import { checkKeys, OcelliError } from '../base/errors.ts';
import { elementCount, type Tensor } from '../base/tensor.ts';
import type { Dim, Value } from '../compiler/ir/graph.ts';
import { emitOnnx, type OnnxModel } from '../compiler/onnx/emit.ts';
import type { ClassificationPreset } from '../transforms/preset.ts';
import { foldWeights, type InferenceGraphOptions, inferenceGraph, type Model } from './inference-graph.ts';
import { preprocessed } from './preprocess.ts';

/** The axes of the input [batch, channels, height, width] that can be left open. */
export const dynamicAxes = ['batch', 'height', 'width'] as const;
export type DynamicAxis = (typeof dynamicAxes)[number];

export interface ExportOptions {
  /** Input channels; default 3. */
  readonly channels?: number;
  /** Height and width of the input where they are not dynamic; default 224. */
  readonly height?: number;
  readonly width?: number;
  /** Batch size where it is not dynamic; default 1. */
  readonly batch?: number;
  /** Axes known only at run time; default none. */
  readonly dynamic?: readonly DynamicAxis[];
  /**
   * Bakes preprocessing in: the input becomes pictures, uint8 [batch, H, W, 3] in red, green and blue, of any height and width
   * (those of a batch alike). Resizing by bilinear, bicubic or box interpolation; `channels`, `height`, `width` and their dynamic
   * axes are then the preset's affair. Default none.
   */
  readonly preprocess?: ClassificationPreset;
  /** Only operators of the ONNX standard, so that any tool can run it; default false: some of Microsoft's, which ONNX Runtime has. */
  readonly portable?: boolean;
  /** Module paths whose results become further outputs, under those paths as names. */
  readonly features?: readonly string[];
  /** The name of the second file that weights of more than 1 GB go to; default 'model.onnx.data'. */
  readonly externalFile?: string;
}

const optionKeys = [
  ...['channels', 'height', 'width', 'batch', 'dynamic', 'preprocess', 'portable', 'features', 'externalFile'],
] as const;

/** Weights beyond this many bytes go to a second file: protobuf ends at 2 GB, and readers copy what is inside it. */
export const INLINE_LIMIT = 1e9;

/** Bytes of all these tensors. */
export function weightBytes(tensors: Iterable<Pick<Tensor, 'dtype' | 'shape'>>): number {
  let size = 0;
  for (const { dtype, shape } of tensors) size += elementCount(shape) * dtypes[dtype].size;
  return size;
}

/**
 * The model as ONNX of opset 17: input `input`, float32 [batch, channels, height, width], or pictures when preprocessing is baked
 * in; output `logits`, or the names of the model's outputs when there are several. Batch norms are folded into convolutions.
 * @throws usage for an unknown axis or option; unsupported for an interpolation that cannot be baked in
 */
export function exportOnnx(model: Model, options: ExportOptions = {}): OnnxModel {
  checkKeys('exportOnnx', options, optionKeys);
  const { dynamic = [], portable = false, features = [] } = options;
  for (const axis of dynamic) {
    if (!dynamicAxes.includes(axis)) {
      throw new OcelliError('usage', `exportOnnx: there is no axis "${axis}"; dynamic takes ${dynamicAxes.join(', ')}`);
    }
  }
  const graph = inferenceGraph(model, { ...inputOf(options), features });
  const folded = foldWeights(model, graph);
  const size = weightBytes(folded.parameters.values());
  return emitOnnx(folded.graph, {
    portable,
    parameters: folded.parameters,
    ...(size > INLINE_LIMIT ? { externalFile: options.externalFile ?? 'model.onnx.data' } : {}),
  });
}

/** The input, and what the network is given of it. */
function inputOf(options: ExportOptions): Pick<InferenceGraphOptions, 'inputs' | 'prepare'> {
  const { channels = 3, height = 224, width = 224, batch = 1, dynamic = [], preprocess } = options;
  const dim = (axis: DynamicAxis, size: number): Dim => (dynamic.includes(axis) ? axis : size);
  if (!preprocess) {
    const shape = [dim('batch', batch), channels, dim('height', height), dim('width', width)];
    return { inputs: { input: { dtype: 'float32', shape } } };
  }
  const wrong = (['channels', 'height', 'width'] as const).find((key) => options[key] !== undefined);
  if (wrong) throw new OcelliError('usage', `exportOnnx: preprocess says what ${wrong} is; leave one of the two out`);
  return {
    inputs: { input: { dtype: 'uint8', shape: [dim('batch', batch), 'height', 'width', 3] } },
    prepare: ([pictures]) => [preprocessed(pictures as Value, preprocess)],
  };
}

/** Where the bytes of one file go; the platform's `files.create` gives one. */
export interface ModelSink {
  write(bytes: Uint8Array): Promise<void>;
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/** Writes an exported model to its files; `createExternal` is called when there is a second one, with its name. */
export async function writeOnnx(
  onnx: OnnxModel,
  sink: ModelSink,
  createExternal: (file: string) => Promise<ModelSink>,
): Promise<void> {
  if (onnx.external) {
    try {
      await writeAll(await createExternal(onnx.external.file), onnx.external.parts());
    } catch (error) {
      await sink.discard();
      throw error;
    }
  }
  await writeAll(sink, [onnx.model]);
}

async function writeAll(sink: ModelSink, parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const part of parts) await sink.write(part);
    await sink.commit();
  } catch (error) {
    await sink.discard();
    throw error;
  }
}
