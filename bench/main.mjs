/** `npm run bench -- <inference | cold-start | training | compile | profile | loader> [--rounds N] [--models a,b] [--write]`. */
import { parseArgs } from 'node:util';

const usage = `Usage: npm run bench -- <inference | cold-start | training | compile | profile | loader> [options]
  --rounds N     turns of every rival (default 7)
  --models a,b   only these models
  --write        also put the table into docs/performance.md`;

const benches = {
  inference: async () => (await import('./inference.mjs')).inference,
  'cold-start': async () => (await import('./cold-start.mjs')).coldStart,
  training: async () => (await import('./training.mjs')).training,
  compile: async () => (await import('./compile.mjs')).compile,
  profile: async () => (await import('./profile.mjs')).profile,
  loader: async () => (await import('./loader.mjs')).loader,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, models: { type: 'string' }, write: { type: 'boolean', default: false } },
});
const [name] = positionals;
const bench = Object.hasOwn(benches, name ?? '') ? await benches[name]() : undefined;
const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
if (!bench || positionals.length > 1 || (rounds !== undefined && !(rounds >= 1))) {
  console.error(usage);
  process.exitCode = 2;
} else {
  await bench({ rounds, only: values.models?.split(','), write: values.write });
}
