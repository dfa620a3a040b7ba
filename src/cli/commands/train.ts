/** `ocelli train`: a model and data in, a folder with weights, log and report out. */
import { isOcelliError, OcelliError } from '../../base/errors.ts';
import { saveWeights } from '../../tasks/load-weights.ts';
import { crossEntropy, type EndEvent, type Trainable, type TrainOptions, train } from '../../train/index.ts';
import { startRuntime } from '../chosen-model.ts';
import type { Context } from '../context.ts';
import { duration, percent } from '../format.ts';
import { type Outcome, oneLine, Stopped } from '../outcome.ts';
import { buildModel } from '../training/build-model.ts';
import { listsOf, presetOf, sizeOf } from '../training/lists.ts';
import { openTraining } from '../training/open-data.ts';
import { optimizerOf, scheduleOf } from '../training/optimizing.ts';
import { type Recipe, readRecipe, recipeOf } from '../training/recipe.ts';
import { type RunClassifier, writeRunClassifier } from '../training/run-classifier.ts';
import { TrainingDisplay } from '../training/show.ts';
import { writeRecipe } from '../training/write-recipe.ts';

export interface TrainFlags extends Readonly<Record<string, unknown>> {
  readonly output: string;
  readonly config?: string;
  readonly resume?: boolean | 'latest' | 'previous';
}

export async function trainModel(flags: TrainFlags, context: Context): Promise<Outcome> {
  const folder = flags.output;
  const platform = await context.platform();
  const resumed = flags.resume !== undefined && (await platform.files.stat(`${folder}/recipe.json`)) !== undefined;
  const config = flags.config ?? (resumed ? `${folder}/recipe.json` : undefined);
  const asked = recipeOf(flags, config === undefined ? {} : await readRecipe(config));
  const { train: samples, validation } = await openTraining(asked, platform, context);
  if (samples.length < asked.batch) {
    throw new OcelliError(
      'usage',
      `${samples.name} has ${samples.length} pictures, fewer than a batch of ${asked.batch}: give a smaller --batch`,
    );
  }
  const { channels } = samples.format;
  const { net, entry } = await buildModel(
    { ...asked, classes: samples.classes.length, channels, size: sizeOf(asked, samples, undefined) },
    platform,
    context,
  );
  const recipe = { ...normalizationOf(net, channels), ...asked };
  const lists = listsOf(recipe, samples, entry?.preset);
  await using runtime = await startRuntime(true);
  const updates = Math.floor((recipe.epochs * Math.floor(samples.length / recipe.batch)) / recipe.accumulate);
  const options: TrainOptions = {
    runtime,
    platform,
    data: { train: samples, ...lists, ...(validation ? { validation } : {}), ...(recipe.mix ? { mix: recipe.mix } : {}) },
    epochs: recipe.epochs,
    batchSize: recipe.batch,
    optimizer: optimizerOf(recipe, net),
    learningRate: scheduleOf(recipe, updates),
    seed: recipe.seed,
    accumulate: recipe.accumulate,
    recompute: recipe.recompute,
    folder,
    resume: flags.resume ?? false,
    checkpointSeconds: recipe.checkpointSeconds,
    title: `${recipe.model} on ${recipe.data}`,
    notes: notesOf(recipe),
    signal: context.signal,
    // Without smoothing the model's usual loss, which need not be cross-entropy.
    ...(recipe.labelSmoothing > 0
      ? { loss: (logits, target) => crossEntropy(logits, target, { labelSmoothing: recipe.labelSmoothing }) }
      : {}),
    ...(recipe.clip === undefined ? {} : { clipNorm: recipe.clip }),
    ...(recipe.ema === undefined ? {} : { ema: { decay: recipe.ema } }),
    ...(recipe.freezeEpochs === undefined ? {} : { freeze: { epochs: recipe.freezeEpochs } }),
    ...(recipe.patience === undefined ? {} : { patience: recipe.patience }),
    workers: recipe.workers,
  };
  const preset = presetOf(recipe, samples, entry?.preset);
  const classifier = { model: recipe.model, classes: samples.classes, ...(preset ? { preset } : {}) };
  const end = await run(net, options, { recipe, classifier, size: sizeOf(recipe, samples, entry?.preset) }, context);
  await saveWeights(net, `${folder}/model.pth`, { platform });
  report(end, folder, context);
  return 0;
}

/** The mean and deviation that the model's loss needs pictures to have, where none are asked for. */
function normalizationOf(net: Trainable, channels: number): Pick<Recipe, 'mean' | 'std'> {
  const normalize = net.trainingLoss()?.normalize;
  if (!normalize) return {};
  const each = (value: number): number[] => new Array<number>(channels).fill(value);
  return { mean: each(normalize.mean), std: each(normalize.std) };
}

async function run(
  net: Trainable,
  options: TrainOptions,
  { recipe, classifier, size }: { readonly recipe: Recipe; readonly classifier: RunClassifier; readonly size: number },
  context: Context,
): Promise<EndEvent> {
  const display = new TrainingDisplay(context);
  let begun = false;
  try {
    for await (const event of train(net, options)) {
      if (event.type === 'start') {
        await writeRecipe(recipe, options.folder as string, options.platform);
        await writeRunClassifier(options.folder as string, classifier, options.platform);
        begun = true;
      }
      display.show(event);
      if (event.type === 'end') return event;
    }
  } catch (error) {
    display.clear();
    if (begun && context.signal.aborted) {
      throw new Stopped(`stopped; go on with: ocelli train --output ${options.folder} --resume`, { cause: error });
    }
    if (!begun && isOcelliError(error) && error.code === 'shape') {
      const message = `${oneLine(error.message)}; pictures came in ${size} × ${size}, --size sets that`;
      throw new OcelliError('usage', message, { cause: error });
    }
    throw error;
  }
  throw new OcelliError('internal', 'the training ended without an end');
}

function notesOf({ model, weights, finetune, lr, schedule, labelSmoothing, data }: Recipe): Record<string, string> {
  return {
    model,
    data,
    ...(weights === undefined ? {} : { 'starts from': finetune ? `${weights}, with a new head` : weights }),
    ...(lr === undefined ? {} : { 'learning rate': `${lr}` }),
    schedule,
    ...(labelSmoothing > 0 ? { 'label smoothing': `${labelSmoothing}` } : {}),
  };
}

function report({ best, early, seconds, waiting, validation }: EndEvent, folder: string, context: Context): void {
  const { colors } = context;
  if (early && best) context.print(`stopped early: no better than epoch ${best.epoch} since`);
  const accuracy = validation ? `, ${percent(validation.top1)} on validation` : '';
  const first = best && validation ? ` (best: ${percent(best.top1)}, epoch ${best.epoch})` : '';
  context.print(colors.bold(`done in ${duration(seconds * 1000)}${accuracy}${first}`));
  context.print(colors.dim(`waited for data ${percent(waiting)} of the time`));
  context.print(`${folder}/report.html  curves and mistakes\n${folder}/model.pth  the weights, for torch.load too`);
}
