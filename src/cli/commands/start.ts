/** `npm start`: what Ocelli does; or the user's pictures through a model, untrained when there are no weights to be had. */

import { relative } from 'node:path';
import { isOcelliError, throwIfAborted } from '../../base/errors.ts';
import type { DownloadProgress } from '../../files/download.ts';
import { modelName } from '../../models/registry.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Classifier } from '../../tasks/classifier.ts';
import { load } from '../../tasks/classify.ts';
import { answerAll, type Decoded, decodeBatch, firstBatch } from '../answers.ts';
import { startRuntime } from '../chosen-model.ts';
import type { Context } from '../context.ts';
import { duration } from '../format.ts';
import { type Outcome, visible } from '../outcome.ts';
import { samplesFolder } from '../package-files.ts';
import { findPictures, type PictureSource } from '../pictures.ts';
import { withProgress } from '../progress.ts';
import { printAnswer } from './classify.ts';

export interface StartOptions {
  readonly model?: string;
  readonly weights?: string;
  readonly numClasses?: number;
  readonly top: number;
}

/** How long the network may take to give its first byte before the model runs untrained, in milliseconds. */
const PATIENCE = 8000;
const BATCH = 8;

/** Failures that leave the model without official weights, though nothing is wrong with the command. */
const unavailable: ReadonlySet<string> = new Set(['network', 'integrity', 'io', 'aborted']);

interface Setting {
  readonly options: StartOptions & { readonly model: string };
  readonly platform: Platform;
  readonly runtime: Runtime;
  readonly context: Context;
}

export async function start(args: readonly string[], options: StartOptions, context: Context): Promise<Outcome> {
  if (args.length === 0 && options.model === undefined && options.weights === undefined) {
    return await (await import('./start-demo.ts')).demo(context);
  }
  const platform = await context.platform();
  const model = modelName(options.model ?? 'efficientnet_b0');
  const samples = samplesFolder();
  const pictures = args.length > 0 ? args : [relative(process.cwd(), samples) || samples];
  const sources = await findPictures(pictures, context);
  const first = firstBatch(sources, BATCH, platform, context.signal);
  await using runtime = await startRuntime(sources.length > 1);
  const setting: Setting = { options: { ...options, model }, platform, runtime, context };
  const trained = await loadTrained(setting);
  if (!trained) return await showUntrained(setting, sources, first);

  await using classifier = trained;
  const begin = platform.now();
  let failed = false;
  for await (const answer of answerAll(sources, first, classifier, platform, {
    top: options.top,
    batch: BATCH,
    signal: context.signal,
  })) {
    failed ||= 'error' in answer;
    printAnswer(answer, context);
  }
  const time = duration(platform.now() - begin);
  const count = sources.length === 1 ? '1 picture' : `${sources.length} pictures`;
  context.print(context.colors.dim(`${model}: ${count} in ${time}, decoding included`));
  return failed ? 1 : 0;
}

/** The classifier, or undefined when official weights cannot be had. Weights that were asked for must be had. */
async function loadTrained({ options, platform, runtime, context }: Setting): Promise<Classifier | undefined> {
  const { model, weights, numClasses } = options;
  if (weights?.toLowerCase() === 'none') return undefined;
  const common = { platform, runtime, ...(numClasses === undefined ? {} : { numClasses }) };
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    return await withProgress(context, (onProgress) =>
      load(model, {
        ...common,
        weights: weights ?? 'DEFAULT',
        signal: weights === undefined ? AbortSignal.any([context.signal, patience.signal]) : context.signal,
        onProgress: (progress: DownloadProgress) => {
          if (progress.received > 0) clearTimeout(timer);
          onProgress(progress);
        },
      }),
    );
  } catch (error) {
    const lacking = isOcelliError(error) && unavailable.has(error.code);
    if (weights !== undefined || context.signal.aborted || !lacking) throw error;
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Says how to get weights and what the untrained model's run takes; its answers mean nothing, so none are shown. */
async function showUntrained(
  { options, platform, runtime, context }: Setting,
  sources: readonly PictureSource[],
  first: Promise<Decoded>,
): Promise<Outcome> {
  const { model, numClasses } = options;
  context.print(
    `No weights for ${model}: connect to the network and run this again, or add --weights FILE, or set OCELLI_WEIGHTS_URL.`,
  );
  await using classifier = await load(model, {
    platform,
    runtime,
    weights: 'none',
    signal: context.signal,
    ...(numClasses === undefined ? {} : { numClasses }),
  });
  context.print(context.colors.bold(`${model}, untrained: it runs, and knows nothing yet`));
  let failed = false;
  for (let at = 0; at < sources.length; at += BATCH) {
    const batch = at === 0 ? await first : await decodeBatch(sources.slice(at, at + BATCH), platform, context.signal);
    throwIfAborted(context.signal, 'classifying');
    for (const { file, image } of batch) {
      if (typeof image === 'string') {
        failed = true;
        printAnswer({ file, error: image }, context);
        continue;
      }
      const begin = platform.now();
      await classifier.classify(image, { top: 1, signal: context.signal });
      context.print(`  ${visible(file)}  ${classifier.numClasses} logits in ${duration(platform.now() - begin)}`);
    }
  }
  return failed ? 1 : 0;
}
