/** What `ocelli classify --run FOLDER` reads of a run: model, class names and preprocessing, in its `classifier.json`. */
import { isOcelliError, messageOf, OcelliError } from '../../base/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { readText, writeText } from '../../train/run/text-files.ts';
import { type ClassificationPreset, checkPreset } from '../../transforms/preset.ts';

export interface RunClassifier {
  readonly model: string;
  readonly classes: readonly string[];
  /** Absent where the run had lists of transforms of its own. */
  readonly preset?: ClassificationPreset;
}

const pathIn = (run: string): string => `${run}/classifier.json`;

/** @throws io */
export async function writeRunClassifier(run: string, classifier: RunClassifier, platform: Platform): Promise<void> {
  await writeText(platform.files, pathIn(run), `${JSON.stringify(classifier, null, 2)}\n`);
}

/**
 * The classifier of a run and its weights: the best epoch's, or the last ones where there are no others.
 * @throws io when the folder is no run
 * @throws usage when its `classifier.json` makes no sense
 */
export async function readRunClassifier(run: string, platform: Platform): Promise<RunClassifier & { readonly weights: string }> {
  const path = pathIn(run);
  if (!(await platform.files.stat(path)))
    throw new OcelliError('io', `${run} is no folder of a training: it has no classifier.json`);
  const value = parsed(await readText(platform.files, path), path);
  const best = `${run}/best.safetensors`;
  return { ...value, weights: (await platform.files.stat(best)) ? best : `${run}/model.pth` };
}

function parsed(text: string, path: string): RunClassifier {
  try {
    const value = JSON.parse(text) as Partial<RunClassifier>;
    const { model, classes, preset } = value;
    const named = Array.isArray(classes) && classes.every((name) => typeof name === 'string');
    if (typeof model !== 'string' || !named) throw new OcelliError('usage', 'it names no model or classes');
    if (preset) checkPreset(preset);
    return value as RunClassifier;
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isOcelliError(error) && !(error instanceof TypeError)) throw error;
    throw new OcelliError('usage', `${path} makes no sense: ${messageOf(error)}`, { cause: error });
  }
}
