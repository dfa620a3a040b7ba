/** Ocelli's side of the benchmarks, from the built package, with the same values as torch's. */
import { readFileSync } from 'node:fs';
import { randomUniform, streamKey } from '../dist/base/random.js';
import { int64, tensor } from '../dist/base/tensor.js';
import { getModel } from '../dist/models/index.js';
import { namedParameters } from '../dist/nn/index.js';

/** float32 values: value i is a hash of (name, i). */
function fill(name, shape, [low, high]) {
  const result = tensor('float32', shape);
  const key = streamKey(0, name);
  for (let i = 0; i < result.data.length; i++) result.data[i] = low + (high - low) * randomUniform(key, i);
  return result;
}

/** A model with the alive weights of the parity tests. */
export async function alive(name, options) {
  const { ranges } = JSON.parse(readFileSync(new URL(`../test/parity/goldens/${name}.json`, import.meta.url), 'utf8'));
  const model = await getModel(name, options);
  let next = 0;
  for (const [path, parameter] of namedParameters(model)) {
    parameter.value =
      parameter.dtype === 'float32' ? fill(path, parameter.shape, ranges[next++]) : tensor(parameter.dtype, parameter.shape);
  }
  return model;
}

/** Pictures of noise. */
export function pictures(shape) {
  return fill('input', shape, [-2, 2]);
}

/** Labels 0, 1, 2, ... */
export function labels(batch, classes) {
  return int64(
    [batch],
    Array.from({ length: batch }, (_, i) => i % classes),
  );
}
