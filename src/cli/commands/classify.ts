/** `ocelli classify`: what is in pictures. */
import { readFile } from 'node:fs/promises';
import { messageOf, OcelliError } from '../../base/errors.ts';
import { type Answer, answerAll, firstBatch } from '../answers.ts';
import { chooseModel, type ModelFlags, openChosen, startRuntime } from '../chosen-model.ts';
import type { Context } from '../context.ts';
import { cut, percent } from '../format.ts';
import { type Outcome, oneLine, visible } from '../outcome.ts';
import { findPictures } from '../pictures.ts';

export interface ClassifyOptions extends ModelFlags {
  readonly labels?: string;
  readonly top: number;
  readonly batch: number;
  readonly json?: boolean;
}

export async function classify(args: readonly string[], options: ClassifyOptions, context: Context): Promise<Outcome> {
  const { top, batch, json = false } = options;
  const platform = await context.platform();
  const chosen = await chooseModel(options, platform);
  const labels = options.labels === undefined ? chosen.classes : await readLabels(options.labels);
  const sources = await findPictures(args, context);
  const first = firstBatch(sources, batch, platform, context.signal);
  await using runtime = await startRuntime(sources.length > 1);
  await using classifier = await openChosen(chosen, { runtime, batch, labels }, context);
  const answers: Answer[] = [];
  let failed = false;
  for await (const answer of answerAll(sources, first, classifier, platform, { top, batch, signal: context.signal })) {
    failed ||= 'error' in answer;
    if (json) answers.push(answer);
    else printAnswer(answer, context);
  }
  if (json) context.print(JSON.stringify(answers.map(forJson), null, 2));
  else if (!failed && chosen.weights === 'none') context.note(`${chosen.model} is untrained: these answers are chance`);
  return failed ? 1 : 0;
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
