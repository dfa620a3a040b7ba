/** The panel where the trained network answers pictures. */
import type { Classification } from 'ocelli';
import { type Given, takeFiles } from './dropping.ts';
import { byId, complain, make, paint } from './element.ts';
import type { Small } from './messages.ts';

export class TryingPanel {
  readonly #error = byId('try-error');
  #usable = false;

  constructor(classify: (given: Extract<Given, { bytes: ArrayBuffer }>) => void) {
    takeFiles(byId('try-drop'), byId<HTMLInputElement>('try-file'), (given) => {
      if ('reason' in given) complain(this.#error, given.reason);
      else if (this.#usable) classify(given);
    });
  }

  /** Whether there is a network to try. */
  allow(usable: boolean): void {
    this.#usable = usable;
    byId('trying').classList.toggle('waiting', !usable);
    byId('try-choose').hidden = !usable;
    byId('try-hint').textContent = usable ? 'Drop a picture here' : 'Train first, then drop a picture here';
    byId('try-hint').hidden = false;
    byId('try-picture').hidden = true;
    byId('answers').replaceChildren();
    complain(this.#error);
  }

  show(picture: Small, answers: readonly Classification[]): void {
    complain(this.#error);
    byId('try-hint').hidden = true;
    const canvas = byId<HTMLCanvasElement>('try-picture');
    paint(canvas, picture);
    canvas.hidden = false;
    const items = answers.map(({ label, score }) => {
      const bar = make('div', { className: 'filled' });
      bar.style.width = `${100 * score}%`;
      return make(
        'li',
        { className: 'answer' },
        make('span', {}, label),
        make('span', { className: 'share' }, `${(100 * score).toFixed(1)} %`),
        make('div', { className: 'meter' }, bar),
      );
    });
    byId('answers').replaceChildren(...items);
  }

  failed(reason: string): void {
    complain(this.#error, reason);
  }
}
