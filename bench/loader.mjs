/** Pictures a second that come out of the loader, augmented and batched, against torch's DataLoader. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machine, publish, table } from './report.mjs';
import { interleave, median } from './rounds.mjs';
import { here, python, Worker } from './worker.mjs';

const debian = '/usr/share/datasets/fashion-mnist';
const archive = here('../../shared/data/cifar10/test_jpeg.tar.gz');

const torchLoader = () => new Worker(python, [here('torch_loader.py')]);

/** Unpacks the JPEG files; gives the folder of classes. */
function unpack(folder) {
  execFileSync('tar', ['xzf', archive, '-C', folder]);
  return join(folder, 'test');
}

const cases = [
  { name: 'Fashion-MNIST, IDX', kind: 'fashion', pictures: 60_000 },
  { name: 'CIFAR-10, JPEG files', kind: 'jpeg', pictures: 5000 },
  { name: 'CIFAR-10, JPEG decoded once', kind: 'decoded', torch: 'jpeg', pictures: 5000 },
];

/** Pictures a second of every round, for one case and number of workers. */
async function measure({ kind, torch = kind, pictures }, folder, workers, rounds) {
  const rivals = { torch: torchLoader(), ocelli: new Worker(process.execPath, [here('loader-worker.mjs')]) };
  try {
    await rivals.torch.ask('info');
    await rivals.torch.ask('open', { kind: torch, folder, pictures, workers });
    await rivals.ocelli.ask('open', { kind, folder, pictures, workers });
    const turns = Object.entries(rivals).map(([name, rival]) => {
      const turn = async () => {
        const { milliseconds, pictures: seen } = await rival.ask('epoch', { workers });
        if (seen !== pictures) throw new Error(`${name} gave ${seen} pictures of ${pictures}`);
        return milliseconds;
      };
      return [name, turn];
    });
    return await interleave(Object.fromEntries(turns), rounds);
  } finally {
    for (const rival of Object.values(rivals)) rival.close();
  }
}

export async function loader({ rounds = 5, only, write }) {
  const asked = torchLoader();
  const versions = await asked.ask('info');
  asked.close();
  const folder = mkdtempSync(join(tmpdir(), 'ocelli-bench-'));
  const rows = [];
  try {
    const jpeg = unpack(folder);
    for (const each of cases.filter(({ kind }) => !only || only.includes(kind))) {
      for (const workers of [1, 2]) {
        const times = await measure(each, each.kind === 'fashion' ? debian : jpeg, workers, rounds);
        const rate = (name) => (each.pictures / median(times[name])) * 1000;
        const faster = median(times.torch.map((time, round) => time / times.ocelli[round]));
        rows.push([each.name, workers, rate('torch').toFixed(0), rate('ocelli').toFixed(0), faster.toFixed(1)]);
        console.log(rows.at(-1).join('  '));
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const head = ['pictures a second', 'workers', 'torch', 'Ocelli', 'Ocelli / torch'];
  const text = [
    '## Loader',
    `\`npm run bench -- loader\`, ${new Date().toISOString().slice(0, 10)}. ${machine(versions)}.`,
    'Padding by 4, random crop, random flip, normalising, batches of 128, shuffled; torch is its DataLoader over torchvision ' +
      `with as many worker processes, which start once. Medians of ${rounds} epochs in which the two take turns. Pictures decoded ` +
      'once lie in memory (`inMemory`); torch decodes its files every epoch.',
    table(head, rows),
  ].join('\n\n');
  publish('loader', text, write);
}
