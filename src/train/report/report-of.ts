/** What the report of a run says. */
import type { Evaluation } from '../evaluate.ts';
import type { Settings } from '../options.ts';
import type { Progress } from '../run/progress.ts';
import type { Mistake, Report } from './page.ts';
import { smallPicture } from './small-picture.ts';

const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;

/** Hours, minutes and seconds. */
export function timeText(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return [h > 0 ? `${h} h` : '', h > 0 || m > 0 ? `${m} min` : '', h > 0 ? '' : `${s} s`].filter(Boolean).join(' ');
}

export function reportOf(settings: Settings, progress: Progress, evaluation: Evaluation | undefined): Report {
  const { data, title = 'Training', epochs, notes = {}, runtime } = settings;
  const { history, losses, best, step, seconds } = progress;
  const last = history.at(-1);
  const tiles: [string, string][] = [];
  if (last?.validation) tiles.push(['validation accuracy', percent(last.validation.top1)]);
  if (best) tiles.push([`best, epoch ${best.epoch}`, percent(best.top1)]);
  if (last) tiles.push(['training accuracy', percent(last.train.top1)]);
  tiles.push(['epochs', `${history.length} of ${epochs}`], ['steps', `${step}`], ['time', timeText(seconds)]);
  return {
    title,
    subtitle: `${data.train.name}: ${data.train.length} pictures, ${data.train.classes.length} classes`,
    tiles,
    epochs: history,
    losses,
    classes: data.train.classes,
    ...(evaluation && data.validation
      ? { evaluation: { of: data.validation.name, metrics: evaluation.metrics, mistakes: evaluation.mistakes.map(shown) } }
      : {}),
    settings: [
      ...Object.entries(notes),
      ...settingsText(settings),
      ['back end', `${runtime.name}, ONNX Runtime ${runtime.info.version}`],
    ],
  };
}

function settingsText({
  optimizer,
  epochs,
  batchSize,
  accumulate,
  clipNorm,
  ema,
  freeze,
  seed,
  data,
}: Settings): [string, string][] {
  const pairs: [string, string | undefined][] = [
    ['epochs', `${epochs}`],
    ['batch size', `${batchSize}`],
    ['optimizer', JSON.stringify(optimizer.description)],
    ['accumulation', accumulate > 1 ? `${accumulate} steps` : undefined],
    ['gradient norm at most', clipNorm === undefined ? undefined : `${clipNorm}`],
    ['averaged weights', ema ? `decay ${ema.decay}` : undefined],
    ['head alone', freeze ? (freeze.epochs === undefined ? 'in all epochs' : `for ${freeze.epochs} epochs`) : undefined],
    ['augmentation', JSON.stringify(data.transforms)],
    ['mixing', data.mix ? JSON.stringify(data.mix) : undefined],
    ['seed', `${seed}`],
  ];
  return pairs.filter((pair): pair is [string, string] => pair[1] !== undefined);
}

function shown(mistake: Mistake): Mistake {
  return { ...mistake, picture: smallPicture(mistake.picture) };
}
