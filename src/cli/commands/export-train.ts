/** `ocelli export --train`: a training step as one ONNX file, with its description and first state beside it. */
import { OcelliError } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { getPreset } from '../../models/presets.ts';
import { crossEntropy } from '../../nn/losses/cross-entropy.ts';
import type { AnyModule } from '../../nn/module.ts';
import { exportTraining } from '../../program/export-training.ts';
import { lossOf } from '../../train/loss-of.ts';
import { writeTrainingStep } from '../../train/write-step.ts';
import { presetChannels } from '../../transforms/preset.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format.ts';
import type { Outcome } from '../outcome.ts';
import { buildModel } from '../training/build-model.ts';
import { optimizerOf } from '../training/optimizing.ts';
import { defaults } from '../training/recipe.ts';
import { type ExportOptions, modelToExport } from './export.ts';

/** Pictures of a step when no number is given: batch norms want more than one. */
const DEFAULT_BATCH = 32;

export async function exportStep(options: ExportOptions, context: Context): Promise<Outcome> {
  const { batch = DEFAULT_BATCH, portable = false, labelSmoothing = defaults.labelSmoothing } = options;
  if (options.preprocess || options.dynamic) {
    throw new OcelliError('usage', '--train takes batches of one size: leave out --preprocess and --dynamic');
  }
  const { net, size, channels } = options.finetune ? await withNewHead(options, context) : await asItIs(options, context);
  const exported = exportTraining(net, {
    inputs: { input: { dtype: 'float32', shape: [batch, channels, size, size] } },
    targets: { target: { dtype: 'int64', shape: [batch] } },
    ...lossOf(net, labelSmoothing > 0 ? (logits, target) => crossEntropy(logits, target, { labelSmoothing }) : undefined),
    optimizer: optimizerOf({ ...defaults, ...chosen(options) }, net),
    portable,
  });
  const platform = await context.platform();
  const files = await writeTrainingStep(exported, options.output, { platform });
  for (const file of [files.model, files.description, files.state]) {
    context.print(`${file}  ${bytes((await platform.files.stat(file))?.size ?? 0)}`);
  }
  return 0;
}

/** The settings of the optimizer that were given. */
function chosen({ optimizer, momentum, weightDecay, decayNorms }: ExportOptions): Partial<typeof defaults> {
  const given = { optimizer, momentum, weightDecay, decayNorms };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

interface Trained {
  readonly net: { call(...inputs: readonly Value[]): Value } & AnyModule;
  readonly size: number;
  readonly channels: number;
}

async function asItIs(options: ExportOptions, context: Context): Promise<Trained> {
  const { net, preset, inChannels } = await modelToExport(options, context);
  return { net: net as Trained['net'], size: options.size ?? preset.crop, channels: inChannels };
}

async function withNewHead(options: ExportOptions, context: Context): Promise<Trained> {
  const { model, weights, numClasses } = options;
  if (weights === undefined || numClasses === undefined) {
    throw new OcelliError('usage', '--finetune gives weights a new head: name --weights and --num-classes');
  }
  const usual = await getPreset(model);
  const channels = options.inChannels ?? presetChannels(usual);
  const choice = { model, weights, finetune: true, classes: numClasses, channels: channels === 1 ? 1 : 3 } as const;
  const { net, entry } = await buildModel(choice, await context.platform(), context);
  return { net, size: options.size ?? (entry?.preset ?? usual).crop, channels };
}
