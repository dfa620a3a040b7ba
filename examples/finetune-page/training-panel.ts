/** The panel that begins a training and shows how it goes. */
import { Chart } from './chart.ts';
import { byId, complain } from './element.ts';
import type { Progress, Saved, Settings } from './messages.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const duration = (seconds: number): string =>
  seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;

/** Share of the newest step in the loss that is drawn. */
const NEWEST = 0.15;

export interface TrainingActions {
  begin(settings: Settings): void;
  stop(): void;
  save(what: Saved): void;
}

export class TrainingPanel {
  running = false;
  readonly #train = byId<HTMLButtonElement>('train');
  readonly #stop = byId<HTMLButtonElement>('stop');
  readonly #bar = byId<HTMLProgressElement>('progress');
  readonly #status = byId('status');
  readonly #result = byId('result');
  readonly #loss = new Chart(byId('loss-chart'), { format: (value) => value.toFixed(2) });
  readonly #accuracy = new Chart(byId('accuracy-chart'), { top: 1, format: (value) => `${Math.round(100 * value)} %` });
  #smooth: number | undefined;
  #stepsPerEpoch = 1;
  #heldBack = 0;
  #best: { readonly right: number; readonly epoch: number } | undefined;

  constructor(actions: TrainingActions) {
    const form = byId<HTMLFormElement>('settings');
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const chosen = new FormData(form);
      this.#begin();
      const backend = chosen.get('backend') === 'webgpu' ? 'webgpu' : 'wasm';
      actions.begin({ backend, side: Number(chosen.get('side')), steps: Number(chosen.get('steps')) });
    });
    this.#stop.addEventListener('click', () => {
      this.#stop.disabled = true;
      actions.stop();
    });
    for (const what of ['weights', 'report'] as const) byId(what).addEventListener('click', () => actions.save(what));
  }

  /** Whether a training can begin, and why not. */
  allow(missing: string | undefined): void {
    this.#train.disabled = this.running || missing !== undefined;
    byId('train-hint').textContent = missing ?? '';
  }

  /** Says that there is no WebGPU here. */
  refuseWebGpu(): void {
    const choice = byId('webgpu');
    choice.title = 'This browser offers no WebGPU adapter';
    const input = choice.querySelector('input');
    if (input) input.disabled = true;
  }

  progress(event: Progress): void {
    switch (event.type) {
      case 'start': {
        this.#stepsPerEpoch = event.stepsPerEpoch;
        this.#heldBack = event.validationSamples;
        this.#loss.clear(event.epochs);
        this.#accuracy.clear(event.epochs);
        break;
      }
      case 'step': {
        const { step, steps, epoch, loss, picturesPerSecond, secondsLeft } = event;
        this.#smooth = this.#smooth === undefined ? loss : this.#smooth + NEWEST * (loss - this.#smooth);
        this.#loss.add('train', step / this.#stepsPerEpoch, this.#smooth);
        this.#bar.value = step / steps;
        const left = secondsLeft === undefined ? '' : ` · ${duration(secondsLeft)} left`;
        this.#status.textContent = `Epoch ${epoch} of ${Math.round(steps / this.#stepsPerEpoch)} · step ${step} of ${steps} · ${Math.round(picturesPerSecond)} pictures/s${left}`;
        break;
      }
      case 'validation':
        this.#status.textContent = `Trying it on pictures it has not seen: ${event.done} of ${event.count}`;
        break;
      case 'epoch': {
        this.#accuracy.add('train', event.epoch, event.train.top1);
        if (event.validation) {
          this.#loss.add('held', event.epoch, event.validation.loss);
          this.#accuracy.add('held', event.epoch, event.validation.top1);
        }
        this.#best = { right: (event.validation ?? event.train).top1, epoch: event.epoch };
      }
    }
  }

  /** Training is over. */
  over(stopped: boolean, usable: boolean): void {
    this.#end();
    byId('results').hidden = !usable;
    const { right, epoch } = this.#best ?? { right: 0, epoch: 0 };
    const after = stopped ? `Stopped after epoch ${epoch}. ` : '';
    const of = this.#heldBack > 0 ? `the ${this.#heldBack} pictures held back` : 'the training pictures';
    this.#status.textContent = '';
    this.#result.innerHTML = '';
    if (!usable) this.#result.textContent = 'Stopped before the first epoch was over; there is nothing to try yet.';
    else {
      const strong = document.createElement('strong');
      strong.textContent = percent(right);
      this.#result.append(`${after}It is right about `, strong, ` of ${of}.`);
      if (this.#heldBack === 0)
        this.#result.append(' With five pictures of each class or more, some are held back to measure with.');
    }
  }

  failed(reason: string): void {
    this.#end();
    byId('run').hidden = true;
    complain(byId('train-error'), reason);
  }

  #begin(): void {
    this.running = true;
    this.#smooth = this.#best = undefined;
    this.#train.disabled = true;
    this.#stop.hidden = this.#stop.disabled = false;
    this.#bar.value = 0;
    this.#result.textContent = '';
    this.#status.textContent = 'Building the training step…';
    byId('run').hidden = false;
    byId('results').hidden = true;
    complain(byId('train-error'));
    this.#loss.clear(1);
    this.#accuracy.clear(1);
  }

  #end(): void {
    this.running = false;
    this.#stop.hidden = true;
    this.#train.textContent = 'Train again';
  }
}
