/** `npm run bench -- <inference | zoo | cold-start | training | compile | profile | loader> [--rounds N] [models] [--write]`. */
import { parseArgs } from 'node:util';

const usage = `Usage: npm run bench -- <inference | zoo | cold-start | training | compile | profile | loader> [models] [options]
  models         only these, such as: zoo resnet18 vgg11; also --models a,b
  --rounds N     turns of every rival (default 7; zoo: 5 to 9, as a model's speed allows)
  --write        also put the table into docs/performance.md; zoo writes after each model, and keeps the others' figures`;

const benches = {
  inference: async () => (await import('./inference.mjs')).inference,
  zoo: async () => (await import('./zoo.mjs')).zoo,
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
const [name, ...models] = positionals;
if (values.models) models.push(...values.models.split(','));
const bench = Object.hasOwn(benches, name ?? '') ? await benches[name]() : undefined;
const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
if (!bench || (rounds !== undefined && !(rounds >= 1))) {
  console.error(usage);
  process.exitCode = 2;
} else {
  await bench({ rounds, only: models.length > 0 ? models : undefined, write: values.write });
}
