/** `ocelli export`: a model as ONNX. */
import { basename, dirname, join } from 'node:path';
import { OcelliError } from '../../base/errors.ts';
import { getModel, getModelWeights, modelName } from '../../models/registry.ts';
import { initialize } from '../../nn/state-dict.ts';
import { type DynamicAxis, exportOnnx, writeOnnx } from '../../program/export-onnx.ts';
import type { Model } from '../../program/inference-graph.ts';
import { loadWeights } from '../../tasks/load-weights.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format.ts';
import type { Outcome } from '../outcome.ts';
import { withProgress } from '../progress.ts';

export interface ExportOptions {
  readonly model: string;
  readonly output: string;
  readonly weights?: string;
  readonly numClasses?: number;
  readonly size?: number;
  readonly batch: number;
  readonly dynamic?: readonly DynamicAxis[];
  readonly portable?: boolean;
}

export async function exportModel(options: ExportOptions, context: Context): Promise<Outcome> {
  const { output, numClasses, batch, dynamic = [], portable = false } = options;
  if (!/\.onnx$/i.test(output)) throw new OcelliError('usage', `"${output}": name the output FILE.onnx`);
  const model = modelName(options.model);
  const platform = await context.platform();
  const net = (await getModel(model, numClasses === undefined ? {} : { numClasses })) as Model;
  const entries = await getModelWeights(model);
  let entry = entries.find((candidate) => candidate.default);
  if (options.weights === undefined || options.weights.toLowerCase() === 'none') {
    initialize(net);
    context.note(`${model} is exported untrained; --weights DEFAULT takes the official weights`);
  } else {
    const weights = options.weights;
    const loaded = await withProgress(context, (onProgress) =>
      loadWeights(net, weights, { platform, model, onProgress, signal: context.signal }),
    );
    entry = loaded.entry ?? entry;
  }
  const size = options.size ?? entry?.preset.crop ?? 224;
  const externalFile = `${basename(output)}.data`;
  const onnx = exportOnnx(net, { height: size, width: size, batch, dynamic, portable, externalFile });
  const sink = await platform.files.create(output);
  await writeOnnx(onnx, sink, (file) => platform.files.create(join(dirname(output), file)));
  const extra = onnx.external ? `, and ${externalFile}, ${bytes(onnx.external.size)}` : '';
  context.print(`${output}  ${bytes(onnx.model.length)}${extra}`);
  return 0;
}
