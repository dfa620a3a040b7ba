/** `ocelli evaluate`: how right a model is on labelled pictures. */
import { OcelliError } from '../../base/errors.ts';
import { type Evaluation, evaluate, evaluationPage, type Metrics } from '../../train/index.ts';
import { writeText } from '../../train/run/text-files.ts';
import type { Context } from '../context.ts';
import { percent, table } from '../format.ts';
import type { Outcome } from '../outcome.ts';
import { buildModel } from '../training/build-model.ts';
import { listsOf } from '../training/lists.ts';
import { openData } from '../training/open-data.ts';
import { readRecipe, recipeOf } from '../training/recipe.ts';
import { startRuntime } from './classify.ts';

export interface EvaluateFlags extends Readonly<Record<string, unknown>> {
  readonly split: 'train' | 'test';
  readonly report?: string;
  readonly json?: boolean;
}

/** Classes whose confusions are printed. */
const CONFUSIONS = 5;
const MISTAKES = 48;

export async function evaluateModel(run: string | undefined, flags: EvaluateFlags, context: Context): Promise<Outcome> {
  const { split, report, json = false } = flags;
  const platform = await context.platform();
  const ran = run === undefined ? undefined : await readRecipe(`${run}/recipe.json`);
  const recipe = recipeOf(flags, ran);
  const weights = typeof flags.weights === 'string' ? flags.weights : run === undefined ? 'DEFAULT' : `${run}/best.safetensors`;
  const samples = await openData(recipe, split, platform, context);
  const { net, entry } = await buildModel(
    { model: recipe.model, weights, finetune: false, classes: samples.classes.length, channels: samples.format.channels },
    platform,
    context,
  );
  const { evaluationTransforms } = listsOf(recipe, samples, ran && ran.weights === undefined ? undefined : entry?.preset);
  await using runtime = await startRuntime(true);
  let drawn = 0;
  const result = await evaluate(net, samples, {
    runtime,
    platform,
    transforms: evaluationTransforms,
    workers: 1,
    mistakes: report === undefined ? 0 : MISTAKES,
    signal: context.signal,
    onProgress: (done, count) => {
      const { stderr } = context.io;
      if (!stderr.isTTY || (performance.now() - drawn < 100 && done < count)) return;
      drawn = performance.now();
      stderr.write(`\r${done === count ? '' : `${done} of ${count}`}\u001b[K`);
    },
  });
  if (report !== undefined) {
    if (!/\.html?$/i.test(report)) throw new OcelliError('usage', `"${report}": name the report FILE.html`);
    await writeText(platform.files, report, evaluationPage(result, samples, `${recipe.model} on ${samples.name}`));
  }
  if (json) context.print(JSON.stringify(forJson(result, samples.classes), null, 2));
  else print(result.metrics, samples.classes, samples.name, context);
  return 0;
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
    .slice(0, 20)
    .map((row) => [row.label, percent(row.share), `${row.count}`]);
  const columns = [
    { title: 'class, weakest first', flexible: true },
    { title: 'right', align: 'right' },
    { title: 'pictures', align: 'right' },
  ] as const;
  context.print(table(columns, rows, context.width));
  const wrong = confusion
    .flatMap((row, truth) => row.map((times, answer) => ({ truth, answer, times })))
    .filter(({ truth, answer, times }) => truth !== answer && times > 0)
    .sort((a, b) => b.times - a.times)
    .slice(0, CONFUSIONS);
  for (const { truth, answer, times } of wrong) {
    context.print(context.colors.dim(`${times} times ${classes[truth]} was taken for ${classes[answer]}`));
  }
}
