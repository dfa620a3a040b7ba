/** A bench for lowerings: small ONNX models written by hand, run in interleaved rounds, reported as medians. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as ort from 'onnxruntime-node';

const text = new TextEncoder();

function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** One protobuf field: bytes and text are length-delimited, `{ float }` is 32 bits, numbers are varints. */
function field(number, value) {
  if (typeof value === 'object' && 'float' in value) {
    return Buffer.concat([varint((number << 3) | 5), new Uint8Array(Float32Array.of(value.float).buffer)]);
  }
  if (typeof value === 'number') return Buffer.concat([varint(number << 3), varint(value)]);
  const bytes = typeof value === 'string' ? text.encode(value) : value;
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

const message = (...fields) => Buffer.concat(fields.map(([number, value]) => field(number, value)));

function attribute(name, value) {
  if (Array.isArray(value)) return message([1, name], ...value.map((v) => [8, v]), [20, 7]);
  if (typeof value === 'string') return message([1, name], [4, value], [20, 3]);
  if (typeof value === 'object') return message([1, name], [2, value], [20, 1]);
  return message([1, name], [3, value], [20, 2]);
}

function valueInfo(name, shape) {
  const dims = shape ? message([2, message(...shape.map((d) => [1, message([1, d])]))]) : Buffer.alloc(0);
  return message([1, name], [2, message([1, Buffer.concat([message([1, 1]), dims])])]);
}

/** A model in the making. `op` returns the name of the (first) output; `ops` all of them. */
export class Model {
  nodes = [];
  initializers = [];
  inputs = [];
  count = 0;

  input(name, shape) {
    this.inputs.push(valueInfo(name, shape));
    return name;
  }
  ops(type, inputs, count, attrs = {}) {
    const outputs = Array.from({ length: count }, () => `t${this.count++}`);
    const dot = type.lastIndexOf('.');
    this.nodes.push(
      message(
        ...inputs.map((name) => [1, name]),
        ...outputs.map((name) => [2, name]),
        [3, `${type}_${this.count}`],
        [4, type.slice(dot + 1)],
        ...Object.entries(attrs).map(([name, value]) => [5, attribute(name, value)]),
        [7, dot < 0 ? '' : type.slice(0, dot)],
      ),
    );
    return outputs;
  }
  op(type, inputs, attrs = {}) {
    return this.ops(type, inputs, 1, attrs)[0];
  }
  constant(type, shape, array) {
    const name = `c${this.count++}`;
    const raw = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    this.initializers.push(message(...shape.map((d) => [1, d]), [2, type], [8, name], [9, raw]));
    return name;
  }
  ints(values) {
    return this.constant(7, [values.length], BigInt64Array.from(values, BigInt));
  }
  f(value, length) {
    return this.constant(1, length ? [length] : [], new Float32Array(length ?? 1).fill(value));
  }
  reshape(x, shape) {
    return this.op('Reshape', [x, this.ints(shape)]);
  }
  transpose(x, perm) {
    return this.op('Transpose', [x], { perm });
  }
  sum(x, axes, keepdims = 0) {
    return this.op('ReduceSum', [x, this.ints(axes)], { keepdims });
  }
  slice(x, starts, ends, axes, steps) {
    return this.op('Slice', [x, this.ints(starts), this.ints(ends), this.ints(axes), this.ints(steps)]);
  }
  bytes(outputs) {
    const graph = message(
      ...this.nodes.map((node) => [1, node]),
      [2, 'lab'],
      ...this.initializers.map((i) => [5, i]),
      ...this.inputs.map((i) => [11, i]),
      ...outputs.map((name) => [12, valueInfo(name)]),
    );
    const opsets = [
      ['', 17],
      ['com.microsoft', 1],
      ['com.microsoft.nchwc', 1],
    ];
    return message([1, 8], [7, graph], ...opsets.map(([domain, version]) => [8, message([1, domain], [2, version])]));
  }
}

/**
 * With CPU=1 one thread runs and processor time is taken, which other processes disturb less; else two threads and the wall.
 */
const byCpu = process.env.CPU === '1';
const clock = () => {
  if (!byCpu) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Runs that are timed in one turn, after one that is not. */
const RUNS = 3;
const QUIET_MS = 50;
/** How often a turn is taken again in which other processes took a processor from this one. */
const TRIES = 12;

/** Milliseconds of a run. The threads of the session before spin for a while; they must not disturb this one's. */
async function turn(session, tensors) {
  let best = { disturbed: Number.POSITIVE_INFINITY, time: 0 };
  for (let i = 0; i < (byCpu ? 1 : TRIES) && best.disturbed > 1; i++) {
    if (!byCpu) await sleep(QUIET_MS * (1 + i));
    await session.run(tensors);
    const before = process.resourceUsage().involuntaryContextSwitches;
    const start = clock();
    for (let run = 0; run < RUNS; run++) await session.run(tensors);
    const time = (clock() - start) / RUNS;
    const disturbed = process.resourceUsage().involuntaryContextSwitches - before;
    if (disturbed < best.disturbed) best = { disturbed, time };
  }
  if (!byCpu && best.disturbed > 1) disturbedTurns++;
  return best.time;
}
let disturbedTurns = 0;

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const count = (shape) => shape.reduce((a, b) => a * b, 1);

/** Values from a fixed generator, about normal; `(index * odd) mod 2^32` mixed. */
export function fill(shape, offset = 0, scale = 1, seed = 1) {
  let state = seed * 2654435761;
  const next = () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 374761393) | 0;
    return (state >>> 0) / 2 ** 32 - 0.5;
  };
  return Float32Array.from({ length: count(shape) }, () => offset + scale * (next() + next() + next()) * 2);
}

/**
 * Times the alternatives of one case in interleaved rounds. Each alternative is `(model) => name | [name, ...]`; each
 * output is read through a few hundred strided elements, so that handing it to JavaScript costs nothing, and compared
 * with the first alternative's.
 */
export async function compare(label, inputs, alternatives, { rounds = 15, feeds = {}, show = true } = {}) {
  const tensors = {};
  Object.entries(inputs).forEach(([name, shape], i) => {
    tensors[name] = new ort.Tensor('float32', feeds[name] ?? fill(shape, 0, 1, i + 1), shape);
  });
  const entries = [];
  for (const [name, make] of Object.entries(alternatives)) {
    try {
      const model = new Model();
      for (const [input, shape] of Object.entries(inputs)) model.input(input, shape);
      const outs = [make(model)].flat();
      const probes = outs.map((out) => model.slice(model.reshape(out, [-1]), [0], [1e9], [0], [97]));
      const session = await ort.InferenceSession.create(model.bytes(probes), {
        intraOpNumThreads: byCpu ? 1 : 2,
        graphOptimizationLevel: 'disabled',
        logSeverityLevel: 3,
      });
      const first = await session.run(tensors);
      await session.run(tensors);
      entries.push({ name, session, probes, values: probes.map((probe) => first[probe].data), times: [], ratios: [] });
    } catch (error) {
      console.log(`  ${label} ${name}: ${String(error.message).slice(0, 200)}`);
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[(i + round) % entries.length];
      entry.times.push(await turn(entry.session, tensors));
    }
    for (const entry of entries) entry.ratios.push(entry.times[round] / entries[0].times[round]);
  }
  for (const entry of entries) await entry.session.release();
  const results = entries.map(({ name, times, ratios, values }) => {
    let error = 0;
    values.forEach((data, k) => {
      const truth = entries[0].values[k];
      let top = 1e-30;
      for (const v of truth) top = Math.max(top, Math.abs(v));
      if (truth.length !== data.length) error = Number.NaN;
      data.forEach((v, i) => {
        error = Math.max(error, Math.abs(v - truth[i]) / top);
      });
    });
    return { name, ms: median(times), min: Math.min(...times), ratio: median(ratios), error };
  });
  if (show) {
    const best = Math.min(...results.map((r) => r.ratio));
    const cells = results.map((r) => {
      const wrong = !(r.error < 1e-3) ? ` WRONG(${r.error.toExponential(0)})` : '';
      return `${r.ratio === best ? '*' : ''}${r.name} ${r.ms.toFixed(2)}/${r.min.toFixed(2)} (${r.ratio.toFixed(2)})${wrong}`;
    });
    console.log(`${label} | ${cells.join(' | ')}${disturbedTurns ? ` | ${disturbedTurns} disturbed` : ''}`);
    disturbedTurns = 0;
  }
  return results;
}
