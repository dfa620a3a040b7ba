/** Every model of the registry on a single picture: torch eager, plain ONNX Runtime on torch's own export, and Ocelli, taking turns. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { listModels } from '../dist/models/index.js';
import { machine, publish, threads } from './report.mjs';
import { here, torchWorker } from './worker.mjs';
import { excluded } from './zoo-notes.mjs';
import { readResults, rowOf, section, writeResults } from './zoo-results.mjs';

async function versionsOf() {
  const torch = torchWorker();
  try {
    return await torch.ask('info', { threads });
  } finally {
    torch.close();
  }
}

/**
 * Measures the models one after the other, each in processes of its own, so that memory is what the largest one needs. With
 * `write` each result is kept in bench/results/zoo.json as soon as it is there; models not measured keep theirs.
 */
export async function zoo({ rounds, only, write }) {
  const names = only ?? listModels();
  const unknown = names.filter((name) => !listModels().includes(name));
  if (unknown.length > 0) throw new Error(`there is no model ${unknown.join(', ')}`);
  const where = machine(await versionsOf());
  const models = write ? readResults() : {};
  const failed = [];
  for (const name of names) {
    if (excluded[name]) {
      console.log(`${name}  left out: ${excluded[name]}`);
      continue;
    }
    try {
      const args = [here('zoo-worker.mjs'), name, ...(rounds ? [String(rounds)] : [])];
      const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 });
      models[name] = { date: new Date().toISOString().slice(0, 10), machine: where, ...JSON.parse(stdout) };
      if (write) writeResults(models);
      console.log(rowOf(name, models[name]).join('  '));
    } catch (error) {
      failed.push(name);
      console.error(`${name}  failed: ${error.message}`);
    }
  }
  publish('zoo', section(models), write);
  if (write) console.log('npm run pages puts the latencies into docs/models');
  if (failed.length > 0) {
    console.error(`Not measured: ${failed.join(', ')}`);
    process.exitCode = 1;
  }
}
