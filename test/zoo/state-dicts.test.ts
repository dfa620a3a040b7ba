/** Every model's state dict has torch's keys, element types, shapes and order, and as many parameters. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { familyOf, getModel, listModels } from '../../src/models/index.ts';
import { countParameters, stateDictTypes } from '../../src/nn/index.ts';

interface Golden {
  readonly family: string;
  readonly parameters: number;
  readonly tensors: number;
  readonly types: string;
  readonly order: string;
  /** `<key> <dtype> <shape>` of every tensor, for the first model of a family. */
  readonly lines: string[];
}

const folder = new URL('goldens/', import.meta.url);
const goldens = new Map<string, Golden>();
for (const file of readdirSync(folder)) {
  const family = /^(\w+)\.state-dicts\.txt$/.exec(file)?.[1];
  if (!family) continue;
  let golden: Golden | undefined;
  for (const line of readFileSync(new URL(file, folder), 'utf8').split('\n')) {
    const [kind, name, parameters, tensors, types, order] = line.split(' ');
    if (kind === 'model' && name && types && order) {
      golden = { family, parameters: Number(parameters), tensors: Number(tensors), types, order, lines: [] };
      goldens.set(name, golden);
    } else if (line.startsWith('  ')) golden?.lines.push(line.trim());
  }
}

const sha256 = (lines: readonly string[]): string => createHash('sha256').update(lines.join('\n')).digest('hex');

test('every model has a golden', () => {
  expect(listModels()).toEqual([...goldens.keys()].sort());
});

test.each([...goldens])('%s', async (name, golden) => {
  const model = await getModel(name);
  const entries = [...stateDictTypes(model)];
  const lines = entries.map(([key, { dtype, shape }]) => `${key} ${dtype} [${shape.join(', ')}]`);
  if (golden.lines.length > 0) expect(lines).toEqual(golden.lines);
  expect(lines.length).toBe(golden.tensors);
  expect(sha256(lines.toSorted())).toBe(golden.types);
  expect(sha256(entries.map(([key]) => key))).toBe(golden.order);
  expect(countParameters(model)).toBe(golden.parameters);
  expect(familyOf(name)).toBe(golden.family);
});
