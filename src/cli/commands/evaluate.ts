/** `ocelli evaluate`: how right a model is on labelled pictures. */
import { OcelliError } from '../../base/errors.ts';
import type { Dataset } from '../../data/index.ts';
import type { WeightsEntry } from '../../models/weights-entry.ts';
import type { Platform } from '../../platform/platform.ts';
import { findEntry } from '../../tasks/weights-source.ts';
import { type Evaluation, evaluate, evaluationPage, type Metrics } from '../../train/index.ts';
import { writeText } from '../../train/run/text-files.ts';
import type { ClassificationPreset } from '../../transforms/preset.ts';
import { startRuntime } from '../chosen-model.ts';
import type { Context } from '../context.ts';
import { percent, table } from '../format.ts';
import type { Outcome } from '../outcome.ts';
import { counter } from '../progress.ts';
import { buildModel } from '../training/build-model.ts';
import { listsOf, sizeOf } from '../training/lists.ts';
import { hasParts, openData, openTraining } from '../training/open-data.ts';
import { type Recipe, readRecipe, recipeOf } from '../training/recipe.ts';

export interface EvaluateFlags extends Readonly<Record<string, unknown>> {
  readonly split: 'train' | 'test';
  readonly report?: string;
  readonly json?: boolean;
}

/** Classes whose confusions are printed. */
const CONFUSIONS = 5;
const MISTAKES = 48;
/** Classes that are printed. */
const WEAKEST = 20;

export async function evaluateModel(run: string | undefined, flags: EvaluateFlags, context: Context): Promise<Outcome> {
  const { split, report, json = false } = flags;
  if (report !== undefined && !/\.html?$/i.test(report)) throw new OcelliError('usage', `"${report}": name the report FILE.html`);
  const platform = await context.platform();
  const ran = run === undefined ? undefined : await readRecipe(`${run}/recipe.json`);
  const recipe = recipeOf(flags, ran);
  const weights = typeof flags.weights === 'string' ? flags.weights : run === undefined ? 'DEFAULT' : `${run}/best.safetensors`;
  const samples = await open(recipe, split, ran, { platform, context });
  const { classes, format } = samples;
  const otherwise = 'evaluate them on data of the same classes';
  const size = sizeOf(recipe, samples, undefined);
  const { net, entry, named } = await buildModel(
    { model: recipe.model, weights, finetune: false, otherwise, classes: classes.length, channels: format.channels, size },
    platform,
    context,
  );
  checkNames(named, classes);
  const { evaluationTransforms } = listsOf(recipe, samples, await presetOf(recipe.model, ran, entry, platform));
  await using runtime = await startRuntime(true);
  const result = await evaluate(net, samples, {
    runtime,
    platform,
    transforms: evaluationTransforms,
    workers: 1,
    mistakes: report === undefined ? 0 : MISTAKES,
    signal: context.signal,
    onProgress: counter(context),
  });
  if (report !== undefined) {
    await writeText(platform.files, report, evaluationPage(result, samples, `${recipe.model} on ${recipe.data}`));
  }
  if (json) context.print(JSON.stringify(forJson(result, samples.classes), null, 2));
  else print(result.metrics, samples.classes, samples.name, context);
  return 0;
}

/**
 * The data, and of data that a run was trained on without a test part what the run held back: the rest it knows by heart.
 * @throws usage when the run held nothing back
 */
async function open(
  recipe: Recipe,
  split: EvaluateFlags['split'],
  ran: Partial<Recipe> | undefined,
  { platform, context }: { readonly platform: Platform; readonly context: Context },
): Promise<Dataset> {
  if (split === 'train' || ran?.data !== recipe.data || (await hasParts(recipe.data, platform))) {
    return openData(recipe, split, platform, context);
  }
  const { validation } = await openTraining(recipe, platform, context);
  if (validation) return validation;
  throw new OcelliError('usage', `the run was trained on all of ${recipe.data}: name other pictures with --data`);
}

/** The preprocessing that the model was trained with: for a run that of the weights it began with, if any. */
async function presetOf(
  model: string,
  ran: Partial<Recipe> | undefined,
  entry: WeightsEntry | undefined,
  platform: Platform,
): Promise<ClassificationPreset | undefined> {
  if (!ran) return entry?.preset;
  const { weights } = ran;
  if (weights === undefined || weights.toLowerCase() === 'none') return undefined;
  return ((await findEntry(weights, { platform, model }).catch(() => undefined)) ?? entry)?.preset;
}

/** @throws usage when the weights' classes are not the data's: their answers would be counted as something else */
function checkNames(named: readonly string[] | undefined, classes: readonly string[]): void {
  const at = classes.findIndex((name, i) => named !== undefined && named[i] !== name);
  if (at < 0) return;
  throw new OcelliError(
    'usage',
    `class ${at} of the data is "${classes[at]}", of the weights "${named?.[at]}": evaluate them on data of the same classes`,
  );
}

function forJson({ metrics }: Evaluation, classes: readonly string[]): object {
  const { count, loss, top1, top5, perClass, confusion } = metrics;
  return { count, loss, top1, top5, perClass: classes.map((label, i) => ({ label, accuracy: perClass[i] })), confusion };
}

function print(metrics: Metrics, classes: readonly string[], name: string, context: Context): void {
  const { count, loss, top1, top5, perClass, confusion } = metrics;
  context.print(
    context.colors.bold(
      `${name}: top-1 ${(100 * top1).toFixed(2)} %, top-5 ${(100 * top5).toFixed(2)} %, loss ${loss.toFixed(4)}, ${count} pictures`,
    ),
  );
  const counts = confusion.map((row) => row.reduce((sum, n) => sum + n, 0));
  const rows = classes
    .map((label, i) => ({ label, share: perClass[i] as number, count: counts[i] as number }))
    .filter((row) => row.count > 0)
    .sort((a, b) => a.share - b.share)
    .map((row) => [row.label, percent(row.share), `${row.count}`]);
  const columns = [
    { title: 'class, weakest first', flexible: true },
    { title: 'right', align: 'right' },
    { title: 'pictures', align: 'right' },
  ] as const;
  context.print(table(columns, rows.slice(0, WEAKEST), context.width));
  if (rows.length > WEAKEST) context.print(context.colors.dim(`and ${rows.length - WEAKEST} classes more, at least as good`));
  const wrong = confusion
    .flatMap((row, truth) => row.map((times, answer) => ({ truth, answer, times })))
    .filter(({ truth, answer, times }) => truth !== answer && times > 0)
    .sort((a, b) => b.times - a.times)
    .slice(0, CONFUSIONS);
  for (const { truth, answer, times } of wrong) {
    context.print(context.colors.dim(`${times} times ${classes[truth]} was taken for ${classes[answer]}`));
  }
}
