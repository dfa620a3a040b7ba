/** A picture's labels from a cold process: `ocelli classify` against the shortest Python script that does the same. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machine, publish, table, threads } from './report.mjs';
import { interleave, median, ratio } from './rounds.mjs';
import { here, python, torchWorker } from './worker.mjs';

const MODEL = 'efficientnet_b0';

/** Wall time in milliseconds and peak memory in bytes of a command. */
function launch(command) {
  const result = JSON.parse(execFileSync(python, [here('measure_process.py'), ...command], { encoding: 'utf8' }));
  if (result.status !== 0) throw new Error(`${command.join(' ')} ended with status ${result.status}: ${result.error}`);
  return result;
}

export async function coldStart({ rounds = 7, write }) {
  const folder = mkdtempSync(join(tmpdir(), 'ocelli-bench-'));
  const torch = torchWorker();
  try {
    const versions = await torch.ask('info', { threads });
    const weights = join(folder, `${MODEL}.pth`);
    await torch.ask('save', { name: MODEL, path: weights });
    const picture = here('../samples/balloon.jpg');
    const commands = {
      ocelli: [process.execPath, here('../dist/bin/ocelli.js'), 'classify', picture, '--model', MODEL, '--weights', weights],
      torch: [python, here('classify.py'), picture, weights],
    };
    const peaks = { ocelli: [], torch: [] };
    const rivals = Object.fromEntries(
      Object.entries(commands).map(([name, command]) => [
        name,
        async () => {
          const { milliseconds, peak } = launch(command);
          peaks[name].push(peak);
          return milliseconds;
        },
      ]),
    );
    const times = await interleave(rivals, rounds);
    const memory = Object.fromEntries(Object.entries(peaks).map(([name, values]) => [name, values.slice(1)]));
    const row = (name, values, unit) => [
      name,
      (median(values.torch) / unit).toFixed(0),
      (median(values.ocelli) / unit).toFixed(0),
      ratio(values, 'ocelli', 'torch').toFixed(2),
    ];
    const rows = [row('wall time, ms', times, 1), row('peak memory, MB', memory, 1e6)];
    const text = [
      '## Cold start',
      `\`npm run bench -- cold-start\`, ${new Date().toISOString().slice(0, 10)}. ${machine(versions)}.`,
      `One process that reads an ${MODEL} checkpoint (.pth) and a JPEG and prints five labels: \`ocelli classify\` against ` +
        `\`bench/classify.py\`. Medians of ${rounds} rounds; files are in the system's cache.`,
      table(['', 'torchvision', 'Ocelli', 'Ocelli / torchvision'], rows),
    ].join('\n\n');
    publish('cold-start', text, write);
  } finally {
    torch.close();
    rmSync(folder, { recursive: true });
  }
}
