/** The page: boxes of pictures, a training, a network to try; the work is done in worker.ts. */
import { Boxes } from './boxes.ts';
import { keepPage } from './dropping.ts';
import { byId, complain } from './element.ts';
import type { FromWorker, Saved, ToWorker } from './messages.ts';
import { TrainingPanel } from './training-panel.ts';
import { TryingPanel } from './trying-panel.ts';

/** The classes of the shapes set that are used here, and how many pictures of each. */
const SHAPES = ['circle', 'cross', 'ring'] as const;
const EACH = 360;

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
const post = (message: ToWorker, transfer: Transferable[] = []): void => worker.postMessage(message, transfer);

const boxes: Boxes = new Boxes(byId('boxes'), post, () => allowTraining());
const trying = new TryingPanel(({ file, bytes }) => post({ type: 'classify', file, bytes }, [bytes]));
const training = new TrainingPanel({
  begin(settings) {
    const { ready } = boxes;
    trying.allow(false);
    if ('boxes' in ready) post({ type: 'train', boxes: ready.boxes, settings });
  },
  stop: () => post({ type: 'stop' }),
  save: (what) => post({ type: 'save', what }),
});

function allowTraining(): void {
  const { ready } = boxes;
  training.allow('missing' in ready ? ready.missing : undefined);
}

function download(what: Saved, bytes: ArrayBuffer): void {
  const [name, type] = what === 'weights' ? ['finetuned.pth', 'application/octet-stream'] : ['report.html', 'text/html'];
  const href = URL.createObjectURL(new Blob([bytes], { type }));
  Object.assign(document.createElement('a'), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
  switch (data.type) {
    case 'added':
      boxes.added(data.box, data.count, data.shown);
      break;
    case 'refused':
      boxes.refused(data.box, data.reason);
      break;
    case 'progress':
      training.progress(data.event);
      break;
    case 'over':
      training.over(data.stopped, data.usable);
      trying.allow(data.usable);
      allowTraining();
      break;
    case 'answers':
      trying.show(data.picture, data.answers);
      break;
    case 'saved':
      download(data.what, data.bytes);
      break;
    case 'failed':
      if (data.what === 'training') training.failed(data.reason);
      else if (data.what === 'classifying') trying.failed(data.reason);
      else complain(byId('train-error'), data.reason);
      allowTraining();
  }
});
worker.addEventListener('error', ({ message }) => training.failed(`the page's worker failed: ${message}`));

byId('add-class').addEventListener('click', () => boxes.addUnnamed());
byId('use-shapes').addEventListener('click', () => {
  boxes.removeEmpty();
  post({ type: 'shapes', boxes: SHAPES.map((name) => ({ box: boxes.add(name), name })), each: EACH });
});

async function findWebGpu(): Promise<void> {
  const { gpu } = navigator as { readonly gpu?: { requestAdapter(): Promise<object | null> } };
  if (!(await gpu?.requestAdapter().catch(() => null))) training.refuseWebGpu();
}

keepPage();
void findWebGpu();
boxes.addUnnamed();
boxes.addUnnamed();
