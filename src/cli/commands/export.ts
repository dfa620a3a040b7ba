/** `ocelli export`: a model, or a step that trains it, as ONNX. */
import { basename, dirname, join } from 'node:path';
import { OcelliError } from '../../base/errors.ts';
import { getPreset } from '../../models/presets.ts';
import { getModel, modelName } from '../../models/registry.ts';
import { sizeOption } from '../../models/size-option.ts';
import { initialize } from '../../nn/state-dict.ts';
import { type DynamicAxis, exportOnnx, writeOnnx } from '../../program/export-onnx.ts';
import type { Model } from '../../program/inference-graph.ts';
import { loadWeights } from '../../tasks/load-weights.ts';
import { findEntry } from '../../tasks/weights-source.ts';
import { type ClassificationPreset, describePreset, presetChannels } from '../../transforms/preset.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format.ts';
import type { Outcome } from '../outcome.ts';
import { withProgress } from '../progress.ts';
import type { Recipe } from '../training/recipe.ts';

/** What shapes a training step and means nothing without one. */
export type StepSettings = Partial<
  Pick<Recipe, 'finetune' | 'optimizer' | 'momentum' | 'weightDecay' | 'decayNorms' | 'labelSmoothing'>
>;

export interface ExportOptions extends StepSettings {
  readonly model: string;
  readonly output: string;
  readonly weights?: string;
  readonly numClasses?: number;
  readonly inChannels?: number;
  readonly size?: number;
  readonly batch?: number;
  readonly dynamic?: readonly DynamicAxis[];
  readonly preprocess?: boolean;
  readonly portable?: boolean;
  readonly train?: boolean;
}

const stepKeys = ['finetune', 'optimizer', 'momentum', 'weightDecay', 'decayNorms', 'labelSmoothing'] as const;

export async function exportModel(options: ExportOptions, context: Context): Promise<Outcome> {
  const { output, batch = 1, dynamic = [], portable = false } = options;
  if (!/\.onnx$/i.test(output)) throw new OcelliError('usage', `"${output}": name the output FILE.onnx`);
  if (options.train) return (await import('./export-train.ts')).exportStep(options, context);
  const stray = stepKeys.find((key) => options[key] !== undefined);
  if (stray) throw new OcelliError('usage', `${flagOf(stray)} is for --train; add that, or leave it out`);
  const { net, preset, inChannels } = await modelToExport(options, context);
  const size = options.size ?? preset.crop;
  const externalFile = `${basename(output)}.data`;
  const onnx = exportOnnx(net, {
    ...(options.preprocess
      ? { preprocess: bakedPreset(options, preset) }
      : { channels: inChannels, height: size, width: size, dynamic }),
    ...(dynamic.length > 0 ? { dynamic } : {}),
    batch,
    portable,
    externalFile,
  });
  const platform = await context.platform();
  const sink = await platform.files.create(output);
  await writeOnnx(onnx, sink, (file) => platform.files.create(join(dirname(output), file)));
  const extra = onnx.external ? `, and ${externalFile}, ${bytes(onnx.external.size)}` : '';
  context.print(`${output}  ${bytes(onnx.model.length)}${extra}`);
  if (options.preprocess) context.note(`it takes pictures as uint8 [N, H, W, 3]: ${describePreset(preset)}`);
  return 0;
}

/** `--weight-decay` of `weightDecay`. */
function flagOf(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** @throws usage for options that say of the input what the preset says */
function bakedPreset({ size, inChannels, dynamic = [] }: ExportOptions, preset: ClassificationPreset): ClassificationPreset {
  if (size !== undefined || inChannels !== undefined || dynamic.some((axis) => axis !== 'batch')) {
    throw new OcelliError(
      'usage',
      '--preprocess takes pictures of any size: leave out --size, --in-channels and dynamic height and width',
    );
  }
  return preset;
}

export interface ModelToExport {
  readonly net: Model;
  readonly preset: ClassificationPreset;
  readonly inChannels: number;
}

/** The model with its weights, which are a note's matter when there are none. */
export async function modelToExport(options: ExportOptions, context: Context): Promise<ModelToExport> {
  const { numClasses } = options;
  const model = modelName(options.model);
  const platform = await context.platform();
  const weights = options.weights?.toLowerCase() === 'none' ? undefined : options.weights;
  const entry = weights === undefined ? undefined : await findEntry(weights, { platform, model });
  const preset = entry?.preset ?? (await getPreset(model));
  const { inChannels = presetChannels(preset) } = options;
  const size = sizeOption(model, options.size ?? preset.crop);
  const net = (await getModel(model, { inChannels, ...size, ...(numClasses === undefined ? {} : { numClasses }) })) as Model;
  if (weights === undefined) {
    initialize(net);
    context.note(`${model} is exported untrained; --weights DEFAULT takes published weights, --weights FILE your own`);
  } else {
    await withProgress(context, (onProgress) =>
      loadWeights(net, weights, { platform, model, onProgress, signal: context.signal }),
    );
  }
  return { net, preset, inChannels };
}
