/** Ocelli's side of the benchmarks, from the built package, with the same values as torch's. */
import { existsSync, readFileSync } from 'node:fs';
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

/** The range of a tensor that no golden tells, as torch_worker.py has it. */
function defaultRange(path, shape) {
  if (shape.length > 1) {
    const bound = Math.sqrt(3 / shape.slice(1).reduce((product, dim) => product * dim, 1));
    return [-bound, bound];
  }
  return /(weight|running_var)$/.test(path) ? [0.5, 1.1] : [-0.3, 0.3];
}

function read(file) {
  const url = new URL(`../test/parity/${file}`, import.meta.url);
  return existsSync(url) ? JSON.parse(readFileSync(url, 'utf8')) : undefined;
}

/** A model with the alive weights of the parity tests; what they do not run, or do not have, is filled by its shape. */
export async function alive(name, options) {
  const ranges = read(`goldens/${name}.json`)?.ranges ?? [];
  const part = read('cases.json')[name]?.part;
  const prefix = part ? `${part}.` : '';
  const model = await getModel(name, options);
  let next = 0;
  for (const [path, parameter] of namedParameters(model)) {
    const { dtype, shape } = parameter;
    const told = dtype === 'float32' && path.startsWith(prefix) ? ranges[next++] : undefined;
    parameter.value = dtype === 'float32' ? fill(path, shape, told ?? defaultRange(path, shape)) : tensor(dtype, shape);
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
