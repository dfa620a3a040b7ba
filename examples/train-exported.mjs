/**
 * Trains with what `ocelli export --train` wrote, in plain ONNX Runtime and without Ocelli:
 *
 *     npx ocelli export --model lenet5 --train --batch 32 -o step.onnx
 *     node examples/train-exported.mjs step.onnx
 *
 * `onnxruntime-node` as a second argument takes that in place of onnxruntime-web; a third one is the number of steps. In a page,
 * fetch() the three files. The data here is made up: a bright square whose place is the class.
 */
import { readFileSync } from 'node:fs';

const [file, runtime = 'onnxruntime-web', steps = '40'] = process.argv.slice(2);
const ort = await import(runtime);
const arrays = { float32: Float32Array, int64: BigInt64Array };
let seed = 1;
/** Lehmer's generator: the same numbers at every run. */
const random = () => {
  seed = (seed * 16807) % 2147483647;
  return seed / 2147483647;
};
const sizeOf = (shape) => shape.reduce((size, dim) => size * dim, 1);

// The description, and the first values of the state: a length, a JSON header and the tensors' bytes.
const step = JSON.parse(readFileSync(file.replace(/onnx$/, 'json'), 'utf8'));
const stored = readFileSync(file.replace(/onnx$/, 'safetensors'));
const start = 8 + Number(stored.readBigUInt64LE(0));
const header = JSON.parse(stored.toString('utf8', 8, start));
const state = {};
for (const { input, dtype, shape, initial } of step.state) {
  const data = new arrays[dtype](sizeOf(shape));
  if (initial === 'ones') data.fill(1);
  if (initial === 'file') new Uint8Array(data.buffer).set(stored.subarray(...header[input].data_offsets.map((at) => start + at)));
  state[input] = new ort.Tensor(dtype, data, shape);
}

const session = await ort.InferenceSession.create(readFileSync(file), { graphOptimizationLevel: 'disabled' });
const losses = [];
for (let i = 0; i < Number(steps); i++) {
  const feeds = { ...state, ...batch(step.inputs), learningRate: new ort.Tensor('float32', [0.05], []) };
  for (const { name, shape, keep } of step.inputs.filter(({ role }) => role === 'mask')) {
    const mask = Float32Array.from({ length: sizeOf(shape) }, () => (random() < keep ? 1 / keep : 0));
    feeds[name] = new ort.Tensor('float32', mask, shape);
  }
  const outputs = await session.run(feeds);
  for (const { input, output } of step.state) state[input] = outputs[output];
  losses.push(outputs.loss.data[0]);
}
console.log(JSON.stringify(losses));

/** Pictures of noise with a bright square, one of five places down and two across. */
function batch(inputs) {
  const { name, shape } = inputs.find(({ role }) => role === 'input');
  const [count, channels, height, width] = shape;
  const data = Float32Array.from({ length: sizeOf(shape) }, () => random() - 0.5);
  const classes = Array.from({ length: count }, () => Math.floor(random() * 10));
  classes.forEach((place, n) => {
    const [top, left] = [Math.floor(((place >> 1) * height) / 5), (place % 2) * (width / 2)];
    for (let c = 0; c < channels; c++) {
      for (let y = top; y < top + height / 5 - 1; y++) {
        for (let x = left; x < left + width / 2; x++) data[((n * channels + c) * height + y) * width + x] += 2;
      }
    }
  });
  return {
    [name]: new ort.Tensor('float32', data, shape),
    target: new ort.Tensor('int64', BigInt64Array.from(classes, BigInt), [count]),
  };
}
