/** The page's worker: keeps the pictures, trains, answers. So the page itself stays free for its reader. */
import {
  type Classifier,
  createClassifier,
  isOcelliError,
  loadImage,
  type Runtime,
  saveWeights,
  webPlatform,
  webRuntime,
} from 'ocelli';
import { type ShapeName, shapes } from 'ocelli/data';
import type { Trainable } from 'ocelli/train';
import { Collection, small } from './collection.ts';
import { fineTune, prepare } from './fine-tuning.ts';
import type { FromWorker, Named, Saved, Settings, Shown, ToWorker } from './messages.ts';

/** Of many pictures only so many are shown. */
const SHOWN = 24;
/** In the origin's private files: the checkpoints and the report of the last run. */
const FOLDER = 'finetune-page';

const platform = webPlatform();
const collection = new Collection();
const runtimes = new Map<Settings['backend'], Promise<Runtime>>();
let classifier: Classifier | undefined;
let trained: Trainable | undefined;
let stopping = false;

function tell(message: FromWorker, transfer: Transferable[] = []): void {
  globalThis.postMessage(message, { transfer });
}

/** What went wrong, for people: errors of the package already are sentences. */
function reasonOf(error: unknown): string {
  return isOcelliError(error) ? error.message : `something unexpected went wrong: ${String(error)}`;
}

function runtimeOf(backend: Settings['backend']): Promise<Runtime> {
  const known = runtimes.get(backend);
  if (known) return known;
  // ONNX Runtime's files lie beside the page; this script is one folder deeper.
  const started = webRuntime({ backend, wasmBase: new URL('../ort/', location.href).href });
  runtimes.set(backend, started);
  started.catch(() => runtimes.delete(backend));
  return started;
}

async function add(box: number, file: string, bytes: ArrayBuffer): Promise<void> {
  try {
    const picture = small(await loadImage(new Uint8Array(bytes)));
    tell({ type: 'added', box, count: 1, shown: [{ picture: collection.add(box, picture), small: picture }] });
  } catch (error) {
    tell({ type: 'refused', box, reason: `${file}: ${reasonOf(error)}` });
  }
}

function addShapes(boxes: readonly Named[], each: number): void {
  const set = shapes({ shapes: boxes.map(({ name }) => name as ShapeName), length: each * boxes.length, size: 64 });
  const shown = boxes.map((): Shown[] => []);
  for (let i = 0; i < set.length; i++) {
    const { picture, label } = set.get(i);
    const number = collection.add(boxes[label]?.box ?? 0, picture);
    if ((shown[label]?.length ?? SHOWN) < SHOWN) shown[label]?.push({ picture: number, small: picture });
  }
  boxes.forEach(({ box }, label) => {
    tell({ type: 'added', box, count: each, shown: shown[label] ?? [] });
  });
}

/** The run before leaves nothing behind. */
async function emptyFolder(): Promise<void> {
  const { files } = platform;
  if (!(await files.stat(FOLDER))) return;
  for (const { name } of await files.list(FOLDER)) await files.remove(`${FOLDER}/${name}`);
}

async function train(boxes: readonly Named[], settings: Settings): Promise<void> {
  stopping = false;
  await classifier?.dispose();
  classifier = trained = undefined;
  await emptyFolder();
  const runtime = await runtimeOf(settings.backend);
  const prepared = await prepare(boxes.length, settings.side);
  let epochs = 0;
  for await (const event of fineTune(prepared, collection.datasets(boxes), settings, { runtime, folder: FOLDER })) {
    if (event.type === 'epoch') epochs = event.epoch;
    if (event.type !== 'end' && event.type !== 'checkpoint') tell({ type: 'progress', event });
    if (stopping) break;
  }
  // What is tried and saved is the network as the last whole epoch left it.
  if (epochs > 0) {
    const labels = boxes.map(({ name }) => name);
    classifier = await createClassifier(prepared.net, { runtime, preset: prepared.preset, labels });
    trained = prepared.net;
  }
  tell({ type: 'over', stopped: stopping, usable: epochs > 0 });
}

async function classify(bytes: ArrayBuffer): Promise<void> {
  if (!classifier) return;
  const picture = small(await loadImage(new Uint8Array(bytes)));
  tell({ type: 'answers', picture, answers: await classifier.classify(picture) });
}

async function save(what: Saved): Promise<void> {
  const path = what === 'weights' ? `${FOLDER}/finetuned.pth` : `${FOLDER}/report.html`;
  if (what === 'weights' && trained) await saveWeights(trained, path);
  const file = await platform.files.open(path);
  const { buffer: bytes } = new Uint8Array(await file.read(0, file.size));
  await file.close();
  tell({ type: 'saved', what, bytes }, [bytes]);
}

/** One thing after the other; pictures are taken in beside it, and the wish to stop is heard at once. */
let last: Promise<void> = Promise.resolve();
let adding: Promise<void> = Promise.resolve();

function enqueue(what: Extract<FromWorker, { type: 'failed' }>['what'], prefix: string, body: () => Promise<void>): void {
  last = last.then(body).catch((error: unknown) => tell({ type: 'failed', what, reason: prefix + reasonOf(error) }));
}

globalThis.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case 'add':
      adding = adding.then(() => add(data.box, data.file, data.bytes));
      break;
    case 'remove':
      collection.remove(data.box, data.picture);
      break;
    case 'shapes':
      addShapes(data.boxes, data.each);
      break;
    case 'train':
      enqueue('training', '', () => adding.then(() => train(data.boxes, data.settings)));
      break;
    case 'stop':
      stopping = true;
      break;
    case 'classify':
      enqueue('classifying', `${data.file}: `, () => classify(data.bytes));
      break;
    case 'save':
      enqueue('saving', '', () => save(data.what));
      break;
  }
});
