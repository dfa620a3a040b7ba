/** What the page and its worker say to each other. */
import type { Classification } from 'ocelli';
import type { TrainEvent } from 'ocelli/train';

/** A picture of 64x64, three bytes a pixel. */
export interface Small {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface Settings {
  readonly backend: 'wasm' | 'webgpu';
  /** Width and height that pictures are trained at. */
  readonly side: number;
  /** About how many steps. */
  readonly steps: number;
}

/** A class to be: the number of its box, and what it is called. */
export interface Named {
  readonly box: number;
  readonly name: string;
}

export type ToWorker =
  | { readonly type: 'add'; readonly box: number; readonly file: string; readonly bytes: ArrayBuffer }
  | { readonly type: 'remove'; readonly box: number; readonly picture?: number }
  /** Fills boxes with generated shapes; their names say which. */
  | { readonly type: 'shapes'; readonly boxes: readonly Named[]; readonly each: number }
  | { readonly type: 'train'; readonly boxes: readonly Named[]; readonly settings: Settings }
  | { readonly type: 'stop' }
  | { readonly type: 'classify'; readonly file: string; readonly bytes: ArrayBuffer }
  | { readonly type: 'save'; readonly what: Saved };

/** What can be taken out when training is over. */
export type Saved = 'weights' | 'report';

/** The events of a run that the page shows. The mistakes' pictures are in the report. */
export type Progress = Exclude<TrainEvent, { type: 'checkpoint' | 'end' }>;

export type FromWorker =
  /** Pictures were added; of many, only some are shown. */
  | { readonly type: 'added'; readonly box: number; readonly count: number; readonly shown: readonly Shown[] }
  | { readonly type: 'refused'; readonly box: number; readonly reason: string }
  | { readonly type: 'progress'; readonly event: Progress }
  /** Training is over: whether it was stopped before its end, and whether there is a network to try. */
  | { readonly type: 'over'; readonly stopped: boolean; readonly usable: boolean }
  | { readonly type: 'answers'; readonly picture: Small; readonly answers: readonly Classification[] }
  | { readonly type: 'saved'; readonly what: Saved; readonly bytes: ArrayBuffer }
  | { readonly type: 'failed'; readonly what: 'training' | 'classifying' | 'saving'; readonly reason: string };

export interface Shown {
  readonly picture: number;
  readonly small: Small;
}
