/** What a run leaves in its folder: checkpoints, the best weights, the log, and the report. */
import { OcelliError } from '../../base/errors.ts';
import type { Tensor } from '../../base/tensor.ts';
import { stateDict } from '../../nn/state-dict.ts';
import { writeSafetensors } from '../../weights/safetensors-writer.ts';
import type { Evaluation } from '../evaluate.ts';
import type { Settings, Trainable } from '../options.ts';
import { reportHtml } from '../report/page.ts';
import { reportOf } from '../report/report-of.ts';
import { Checkpoints, type LoadedCheckpoint } from './checkpoints.ts';
import { RunLog } from './log.ts';
import type { EpochRecord, Progress } from './progress.ts';
import { writeText } from './text-files.ts';

/** What belongs to a checkpoint besides tensors. */
export interface SavedState {
  readonly progress: Progress;
  /** SHA-256 of all that decides what the run computes; a checkpoint goes on in the same training alone. */
  readonly training: string;
  /** Settings for people, as in the report. */
  readonly settings: Readonly<Record<string, string>>;
}

export class RunFolder {
  readonly path: string;
  readonly log: RunLog;
  readonly #settings: Settings;
  readonly #checkpoints: Checkpoints<SavedState>;
  #training = '';

  private constructor(path: string, settings: Settings) {
    this.path = path;
    this.#settings = settings;
    this.log = new RunLog(path, settings.platform);
    this.#checkpoints = new Checkpoints(path, settings.platform);
  }

  /** @throws usage when the folder holds a run and `resume` is not set */
  static async open(path: string, settings: Settings): Promise<RunFolder> {
    const folder = new RunFolder(path.replace(/[\\/]+$/, ''), settings);
    if (!settings.resume && (await folder.#checkpoints.exist())) {
      throw new OcelliError('usage', `${folder.path} holds a run already: resume it, or take another folder`);
    }
    return folder;
  }

  /** The checkpoint to go on from; undefined when the run begins. @throws integrity when it is damaged */
  async resumed(): Promise<LoadedCheckpoint<SavedState> | undefined> {
    const { resume } = this.#settings;
    if (!resume || !(await this.#checkpoints.exist())) return undefined;
    return this.#checkpoints.load(resume === true ? 'latest' : resume);
  }

  /**
   * Says what the run computes from now on, and begins the log.
   * @throws usage when the checkpoint is of another training
   */
  async begin(step: string, resumed?: LoadedCheckpoint<SavedState>): Promise<void> {
    const first = this.#training === '';
    this.#training = this.#fingerprint(step);
    if (resumed && resumed.state.training !== this.#training) {
      const differ = differences(resumed.state.settings, this.#settingsText(resumed.state.progress));
      const which = differ.length > 0 ? ` (${differ.join('; ')})` : '';
      throw new OcelliError(
        'usage',
        `the checkpoint in ${this.path} is of another training${which}: resume it with the same model, data and settings`,
      );
    }
    if (first) await this.log.begin(resumed?.step);
  }

  #fingerprint(step: string): string {
    const { data, seed, batchSize, scheduled, evaluationTransforms, optimizer, platform } = this.#settings;
    const hash = platform.sha256();
    const plain = {
      seed,
      batchSize,
      schedule: scheduled.description,
      optimizer: optimizer.description,
      mix: data.mix,
      transforms: data.transforms,
    };
    const sets = [data.train, data.validation].map((set) => set && [set.length, set.classes]);
    hash.update(new TextEncoder().encode(`${step}\n${JSON.stringify([plain, evaluationTransforms, sets])}`));
    return hash.digest();
  }

  #settingsText(progress: Progress): Record<string, string> {
    return Object.fromEntries(reportOf(this.#settings, progress, undefined).settings);
  }

  async save(progress: Progress, tensors: Readonly<Record<string, Tensor>>): Promise<void> {
    const settings = this.#settingsText(progress);
    // The log first: what it has beyond a checkpoint is dropped when the run goes on, what it lacks would stay away.
    await this.log.flush();
    await this.#checkpoints.save(progress.step, { progress, training: this.#training, settings }, tensors);
  }

  /** The model's weights as they are: `best.safetensors`. */
  async saveBest(model: Trainable, { epoch, validation, train }: EpochRecord): Promise<void> {
    const sink = await this.#settings.platform.files.create(`${this.path}/best.safetensors`);
    const tensors = [...stateDict(model)].map(([name, tensor]) => ({ name, dtype: tensor.dtype, shape: tensor.shape, tensor }));
    const top1 = (validation ?? train).top1;
    const about = {
      format: 'pt',
      epoch: `${epoch}`,
      top1: `${top1}`,
      classes: JSON.stringify(this.#settings.data.train.classes),
    };
    await writeSafetensors(sink, tensors, new Map(Object.entries(about)));
  }

  /** `report.html`. */
  async report(progress: Progress, evaluation: Evaluation | undefined): Promise<void> {
    const html = reportHtml(reportOf(this.#settings, progress, evaluation));
    await writeText(this.#settings.platform.files, `${this.path}/report.html`, html);
  }
}

/** `epochs: 3 then, 5 now`, for each setting that is not what it was. */
function differences(then: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(then), ...Object.keys(now)])]
    .filter((name) => then[name] !== now[name])
    .map((name) => `${name}: ${then[name] ?? 'none'} then, ${now[name] ?? 'none'} now`);
}
