/** The boxes that pictures are dropped into, one for each class. */
import { takeFiles } from './dropping.ts';
import { make, paint } from './element.ts';
import type { Named, Shown, ToWorker } from './messages.ts';

/** Thumbnails and refusals that a box shows; the others are counted. */
const THUMBS = 24;
const REFUSALS = 4;

/** What a training needs to know of the boxes, or why it cannot begin. */
export type Ready = { readonly boxes: readonly Named[] } | { readonly missing: string };

class Box {
  readonly number: number;
  readonly root: HTMLElement;
  count = 0;
  readonly #name: HTMLInputElement;
  readonly #thumbs = make('div', { className: 'thumbs' });
  readonly #empty = make('p', { className: 'empty' }, 'Drop pictures here');
  readonly #counted = make('span');
  readonly #refused = make('ul', { className: 'refused' });
  readonly #boxes: Boxes;

  constructor(number: number, name: string, boxes: Boxes) {
    this.number = number;
    this.#boxes = boxes;
    this.#name = make('input', { type: 'text', value: name, ariaLabel: 'Name of the class', maxLength: 40 });
    this.#name.addEventListener('input', () => boxes.changed());
    const close = make('button', { type: 'button', className: 'close', title: 'Remove this class' }, '×');
    close.addEventListener('click', () => boxes.remove(this));
    const input = make('input', { type: 'file', multiple: true, accept: 'image/*' });
    const choose = make('label', { className: 'button quiet' }, 'Choose files', input);
    this.root = make(
      'div',
      { className: 'box' },
      make('div', { className: 'name' }, this.#name, close),
      this.#empty,
      this.#thumbs,
      this.#refused,
      make('div', { className: 'foot' }, this.#counted, choose),
    );
    this.#refused.setAttribute('role', 'alert');
    takeFiles(this.root, input, (given) => {
      if ('reason' in given) this.refuse(given.reason);
      else boxes.post({ type: 'add', box: number, file: given.file, bytes: given.bytes }, [given.bytes]);
    });
    this.#show();
  }

  get name(): string {
    return this.#name.value.trim();
  }

  add(count: number, shown: readonly Shown[]): void {
    this.count += count;
    for (const { picture, small } of shown) {
      if (this.#thumbs.childElementCount >= THUMBS) break;
      const canvas = make('canvas');
      paint(canvas, small);
      const close = make('button', { type: 'button', className: 'close', title: 'Remove this picture' }, '×');
      const thumb = make('div', { className: 'thumb' }, canvas, close);
      close.addEventListener('click', () => {
        thumb.remove();
        this.count--;
        this.#boxes.post({ type: 'remove', box: this.number, picture });
        this.#show();
      });
      this.#thumbs.append(thumb);
    }
    this.#show();
  }

  refuse(reason: string): void {
    this.#refused.append(make('li', {}, reason));
    while (this.#refused.childElementCount > REFUSALS) this.#refused.firstElementChild?.remove();
  }

  #show(): void {
    this.#empty.hidden = this.count > 0;
    const more = this.count - this.#thumbs.childElementCount;
    this.#counted.textContent = `${this.count} ${this.count === 1 ? 'picture' : 'pictures'}`;
    this.#counted.title = more > 0 ? `${more} of them are not shown` : '';
    this.#boxes.changed();
  }
}

export class Boxes {
  readonly post: (message: ToWorker, transfer?: Transferable[]) => void;
  readonly changed: () => void;
  readonly #root: HTMLElement;
  readonly #boxes = new Map<number, Box>();
  #next = 0;

  constructor(root: HTMLElement, post: (message: ToWorker, transfer?: Transferable[]) => void, changed: () => void) {
    this.#root = root;
    this.post = post;
    this.changed = changed;
  }

  /** A new box; gives its number. */
  add(name: string): number {
    const box = new Box(this.#next++, name, this);
    this.#boxes.set(box.number, box);
    this.#root.append(box.root);
    this.changed();
    return box.number;
  }

  /** A name that no box has yet. */
  addUnnamed(): void {
    const taken = new Set([...this.#boxes.values()].map(({ name }) => name));
    let number = this.#boxes.size + 1;
    while (taken.has(`Class ${number}`)) number++;
    this.add(`Class ${number}`);
  }

  remove(box: Box): void {
    this.#boxes.delete(box.number);
    box.root.remove();
    this.post({ type: 'remove', box: box.number });
    this.changed();
  }

  removeEmpty(): void {
    for (const box of this.#boxes.values()) if (box.count === 0) this.remove(box);
  }

  added(number: number, count: number, shown: readonly Shown[]): void {
    this.#boxes.get(number)?.add(count, shown);
  }

  refused(number: number, reason: string): void {
    this.#boxes.get(number)?.refuse(reason);
  }

  get ready(): Ready {
    const filled = [...this.#boxes.values()].filter(({ count }) => count > 0);
    const names = filled.map(({ name }) => name);
    if (filled.length < 2) return { missing: 'Put pictures into at least two boxes.' };
    if (names.includes('')) return { missing: 'Give every class a name.' };
    const double = names.find((name, i) => names.indexOf(name) !== i);
    if (double !== undefined) return { missing: `Two classes are called “${double}”.` };
    return { boxes: filled.map(({ number, name }) => ({ box: number, name })) };
  }
}
