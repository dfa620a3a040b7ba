/** `ocelli export`: a model as ONNX. */
import { basename, dirname, join } from 'node:path';
import { OcelliError } from '../../base/errors.ts';
import { getPreset } from '../../models/presets.ts';
import { getModel, modelName } from '../../models/registry.ts';
import { initialize } from '../../nn/state-dict.ts';
import { type DynamicAxis, exportOnnx, writeOnnx } from '../../program/export-onnx.ts';
import type { Model } from '../../program/inference-graph.ts';
import { loadWeights } from '../../tasks/load-weights.ts';
import { findEntry } from '../../tasks/weights-source.ts';
import { presetChannels } from '../../transforms/preset.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format.ts';
import type { Outcome } from '../outcome.ts';
import { withProgress } from '../progress.ts';

export interface ExportOptions {
  readonly model: string;
  readonly output: string;
  readonly weights?: string;
  readonly numClasses?: number;
  readonly inChannels?: number;
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
  const weights = options.weights?.toLowerCase() === 'none' ? undefined : options.weights;
  const entry = weights === undefined ? undefined : await findEntry(weights, { platform, model });
  const preset = entry?.preset ?? (await getPreset(model));
  const { size = preset.crop, inChannels = presetChannels(preset) } = options;
  const net = (await getModel(model, { inChannels, ...(numClasses === undefined ? {} : { numClasses }) })) as Model;
  if (weights === undefined) {
    initialize(net);
    context.note(`${model} is exported untrained; --weights DEFAULT takes published weights, --weights FILE your own`);
  } else {
    await withProgress(context, (onProgress) =>
      loadWeights(net, weights, { platform, model, onProgress, signal: context.signal }),
    );
  }
  const externalFile = `${basename(output)}.data`;
  const onnx = exportOnnx(net, { channels: inChannels, height: size, width: size, batch, dynamic, portable, externalFile });
  const sink = await platform.files.create(output);
  await writeOnnx(onnx, sink, (file) => platform.files.create(join(dirname(output), file)));
  const extra = onnx.external ? `, and ${externalFile}, ${bytes(onnx.external.size)}` : '';
  context.print(`${output}  ${bytes(onnx.model.length)}${extra}`);
  return 0;
}
