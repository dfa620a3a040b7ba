/** The model of a recipe, with the weights it starts from and a head for the data's classes. */
import { OcelliError } from '../../base/errors.ts';
import { getModel, getModelWeights, modelName } from '../../models/registry.ts';
import { sizeOption } from '../../models/size-option.ts';
import type { WeightsEntry } from '../../models/weights-entry.ts';
import { type FoundHead, headOf, replaceHead } from '../../nn/surgery.ts';
import type { Platform } from '../../platform/platform.ts';
import { loadWeights } from '../../tasks/load-weights.ts';
import { openWeights } from '../../tasks/weights-source.ts';
import type { Trainable } from '../../train/index.ts';
import { openCheckpoint } from '../../weights/open.ts';
import { stateDictOf } from '../../weights/state-dict.ts';
import type { Context } from '../context.ts';
import { withProgress } from '../progress.ts';

export interface ModelChoice {
  readonly model: string;
  readonly weights?: string;
  readonly finetune: boolean;
  /** What a command that has no `--finetune` says instead of naming it. */
  readonly otherwise?: string;
  readonly dropout?: number;
  readonly stochasticDepth?: number;
  /** Of the data. */
  readonly classes: number;
  readonly channels: 1 | 3;
  /** Height and width of the pictures, for models that are built for one size; default the model's own. */
  readonly size?: number;
}

export interface Built {
  readonly net: Trainable;
  /** The published weights it starts from, where it does. */
  readonly entry: WeightsEntry | undefined;
  /** The classes' names where the file has them, as those that `ocelli train` writes do. */
  readonly named: readonly string[] | undefined;
}

/**
 * @throws usage when weights have other classes than the data and `finetune` is not set
 * @throws as loading weights does
 */
export async function buildModel(choice: ModelChoice, platform: Platform, context: Context): Promise<Built> {
  const { weights, finetune, classes, channels, otherwise = 'add --finetune to give the model a new head' } = choice;
  const model = modelName(choice.model);
  const options = {
    inChannels: channels,
    ...sizeOption(model, choice.size),
    ...(choice.dropout === undefined ? {} : { dropout: choice.dropout }),
    ...(choice.stochasticDepth === undefined ? {} : { stochasticDepthProb: choice.stochasticDepth }),
  };
  const make = async (numClasses: number): Promise<Trainable> => (await getModel(model, { ...options, numClasses })) as Trainable;
  if (weights === undefined || weights.toLowerCase() === 'none')
    return { net: await make(classes), entry: undefined, named: undefined };
  return withProgress(context, async (onProgress) => {
    const opening = { platform, model, onProgress, signal: context.signal };
    const { count: given, named } = await classesOf(weights, headOf(await make(classes)), opening);
    if (given !== classes && !finetune) {
      throw new OcelliError('usage', `the weights have ${given} classes, the data has ${classes}: ${otherwise}`);
    }
    const net = await make(given);
    const { entry } = await loadWeights(net, weights, opening);
    if (finetune) replaceHead(net, classes);
    return { net, entry: entry ?? (await getModelWeights(model)).find((one) => one.default), named };
  });
}

/** How many classes the weights' head has, and their names where the file tells. @throws state-dict when there is no head in them */
async function classesOf(
  weights: string,
  { path, classAxis }: FoundHead,
  opening: Parameters<typeof openWeights>[1],
): Promise<{ readonly count: number; readonly named: readonly string[] | undefined }> {
  const { source } = await openWeights(weights, opening);
  const checkpoint = await openCheckpoint(source);
  try {
    const key = `${path}.weight`;
    const found = stateDictOf(checkpoint).entries.find(({ name }) => name === key);
    const classes = found?.shape[classAxis];
    if (classes === undefined)
      throw new OcelliError('state-dict', `${checkpoint.name} has no "${key}", so it is of another model`);
    return { count: classes, named: namesIn(checkpoint.metadata.get('classes')) };
  } finally {
    await checkpoint.close();
  }
}

function namesIn(classes: unknown): readonly string[] | undefined {
  if (typeof classes !== 'string') return undefined;
  try {
    const names: unknown = JSON.parse(classes);
    return Array.isArray(names) ? names.map(String) : undefined;
  } catch {
    return undefined;
  }
}
