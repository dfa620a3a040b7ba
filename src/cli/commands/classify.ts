/** `ocelli classify`: what is in pictures. */
import { readFile } from 'node:fs/promises';
import { messageOf, OcelliError } from '../../base/errors.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { load } from '../../tasks/classify.ts';
import type { ClassificationPreset } from '../../transforms/preset.ts';
import { type Answer, answerAll, firstBatch } from '../answers.ts';
import type { Context } from '../context.ts';
import { cut, percent } from '../format.ts';
import { type Outcome, oneLine, visible } from '../outcome.ts';
import { findPictures } from '../pictures.ts';
import { withProgress } from '../progress.ts';
import { readRunClassifier } from '../training/run-classifier.ts';

export interface ClassifyOptions extends Omit<Partial<ClassificationPreset>, 'kind'> {
  readonly model?: string;
  readonly run?: string;
  readonly weights?: string;
  readonly numClasses?: number;
  readonly labels?: string;
  readonly top: number;
  readonly batch: number;
  readonly json?: boolean;
}

export async function classify(args: readonly string[], options: ClassifyOptions, context: Context): Promise<Outcome> {
  const { top, batch, json = false } = options;
  const platform = await context.platform();
  const run = options.run === undefined ? undefined : await readRunClassifier(options.run, platform);
  const model = options.model ?? run?.model;
  if (model === undefined) {
    throw new OcelliError('usage', 'name the model, --model NAME (`ocelli models` lists them), or a training, --run FOLDER');
  }
  const weights = options.weights ?? run?.weights;
  const numClasses = options.numClasses ?? run?.classes.length;
  const labels = options.labels === undefined ? run?.classes : await readLabels(options.labels);
  const sources = await findPictures(args, context);
  const first = firstBatch(sources, batch, platform, context.signal);
  await using runtime = await startRuntime(sources.length > 1);
  await using classifier = await withProgress(context, (onProgress) =>
    load(model, {
      platform,
      runtime,
      onProgress,
      signal: context.signal,
      preset: { ...run?.preset, ...presetOf(options) } as Partial<ClassificationPreset>,
      maxBatch: batch,
      ...(weights === undefined ? {} : { weights: weights.toLowerCase() === 'none' ? 'none' : weights }),
      ...(numClasses === undefined ? {} : { numClasses }),
      ...(labels ? { labels } : {}),
    }),
  );
  const answers: Answer[] = [];
  let failed = false;
  for await (const answer of answerAll(sources, first, classifier, platform, { top, batch, signal: context.signal })) {
    failed ||= 'error' in answer;
    if (json) answers.push(answer);
    else printAnswer(answer, context);
  }
  if (json) context.print(JSON.stringify(answers.map(forJson), null, 2));
  else if (!failed && weights?.toLowerCase() === 'none') context.note(`${model} is untrained: these answers are chance`);
  return failed ? 1 : 0;
}

/** A single picture runs here; several run in a worker thread, so that decoding and Ctrl-C go on meanwhile. */
export async function startRuntime(worker: boolean): Promise<Runtime> {
  const { nodeRuntime } = await import('../../runtime/ort-node.ts');
  return await nodeRuntime({ worker });
}

function presetOf({ resize, crop, interpolation, mean, std, range, channels }: ClassifyOptions): Partial<ClassificationPreset> {
  const given = { resize, crop, interpolation, mean, std, range, channels };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** One name a line; empty lines at the end do not count. */
async function readLabels(file: string): Promise<string[]> {
  try {
    return (await readFile(file, 'utf8')).trimEnd().split(/\r?\n/);
  } catch (error) {
    throw new OcelliError('io', `cannot read the labels in ${file} (${messageOf(error)})`, { cause: error });
  }
}

/** The contract's fields in their order. */
function forJson(answer: Answer): object {
  if ('error' in answer) return { file: answer.file, error: oneLine(answer.error) };
  const { file, top } = answer;
  return { file, top: top.map(({ index, label, score, logit }) => ({ index, label, score, logit })) };
}

/** The file's name and its answers on standard output; a picture that cannot be read on standard error. */
export function printAnswer(answer: Answer, context: Context): void {
  if ('error' in answer) {
    const named = answer.file !== '' && answer.error.includes(answer.file);
    context.note(`ocelli: ${visible(named ? '' : `${answer.file}: `)}${oneLine(answer.error)}`);
    return;
  }
  const { colors, width } = context;
  context.print(colors.bold(cut(visible(answer.file), width)));
  answer.top.forEach((one, i) => {
    const text = `  ${percent(one.score).padStart(7)}  ${cut(one.label, width - 11)}`;
    context.print(i === 0 ? colors.green(text) : text);
  });
}
