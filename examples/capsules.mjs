/**
 * What the numbers of a capsule mean: trains CapsuleNet on silhouettes of generated shapes, then moves one number of a shape's capsule
 * at a time and lets the decoder draw what comes of it (Sabour, Frosst & Hinton 2017, figure 4).
 *
 *     node examples/capsules.mjs capsules.png
 *
 * A row for each of the 16 numbers, those that change most first; in a row the picture, how the decoder draws it, and eleven drawings
 * with the number moved from -0.25 to 0.25. The training is kept in runs/capsules, where a second call finds it. SHAPE=heart and
 * PICTURE=3 choose what is drawn.
 */
import { compile, evaluate, float32, nodePlatform, nodeRuntime, train } from 'ocelli';
import { packedDataset, shapes } from 'ocelli/data';
import { capsnet } from 'ocelli/models/capsnet';
import { adam, schedule } from 'ocelli/train';
import sharp from 'sharp';

const [file = 'capsules.png'] = process.argv.slice(2);
const { SHAPE = 'arrow', PICTURE = '0' } = process.env;
const [size, epochs, batchSize] = [20, 30, 64];
const names = ['square', 'triangle', 'heart', 'arrow'];
const STEPS = 11; // from -0.25 to 0.25
const DIMS = 16; // of a capsule
const SCALE = 2; // pixels of the file for one of a picture
const GAP = 2;

const [samples, tests] = [await silhouettes('train', 4096), await silhouettes('test', 1000)];
const net = capsnet({ imageSize: size, numClasses: names.length });
const [runtime, platform] = [await nodeRuntime(), nodePlatform()];
const transforms = [{ kind: 'toTensor' }];
const learningRate = schedule({ kind: 'oneCycle', learningRate: 0.001, steps: epochs * Math.floor(samples.length / batchSize) });
const run = { epochs, batchSize, optimizer: adam(), learningRate, folder: 'runs/capsules', resume: true };
for await (const event of train(net, { runtime, platform, data: { train: samples, transforms }, ...run })) {
  if (event.type === 'epoch') console.log(`epoch ${event.epoch}: loss ${event.train.loss.toFixed(4)}`);
}
const { metrics } = await evaluate(net, tests, { runtime, platform, transforms });
console.log(`right for ${(100 * metrics.top1).toFixed(1)} % of ${metrics.count} test pictures`);

// The picture, its shape's capsule, and 16 x 11 copies of that, in each one number moved.
const label = names.indexOf(SHAPE);
const ofShape = Array.from({ length: tests.length }, (_, i) => i).filter((i) => tests.label(i) === label);
const { picture } = await tests.get(ofShape[Number(PICTURE)]);
const input = { dtype: 'float32', shape: ['N', 1, size, size] };
const encoder = await compile(net, { inputs: { input }, features: ['capsules'], runtime });
const pixels = Float32Array.from(picture.data, (value) => value / 255);
const { capsules, logits } = await encoder.run({ input: float32([1, 1, size, size], pixels) });
console.log('lengths:', names.map((name, i) => `${name} ${logits.data[i].toFixed(2)}`).join(', '));

const count = DIMS * STEPS;
const width = names.length * DIMS;
const moved = new Float32Array(count * width);
const mask = new Float32Array(count * names.length);
for (let i = 0; i < count; i++) {
  moved.set(capsules.data, i * width);
  moved[i * width + label * DIMS + Math.floor(i / STEPS)] += ((i % STEPS) - 5) * 0.05;
  mask[i * names.length + label] = 1;
}
const decoder = await compile(net.decoder, {
  inputs: {
    capsules: { dtype: 'float32', shape: ['N', names.length, DIMS] },
    mask: { dtype: 'float32', shape: ['N', names.length] },
  },
  output: 'drawing',
  runtime,
});
const { drawing } = await decoder.run({
  capsules: float32([count, names.length, DIMS], moved),
  mask: float32([count, names.length], mask),
});
const drawingOf = (row, step) => drawing.data.subarray((row * STEPS + step) * size ** 2, (row * STEPS + step + 1) * size ** 2);

// How smooth: the largest change from one drawing to the next, as a part of that from the first to the last. Even steps are 0.1.
const distance = (a, b) => Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);
const rows = Array.from({ length: DIMS }, (_, row) => {
  const steps = Array.from({ length: STEPS - 1 }, (_, i) => distance(drawingOf(row, i), drawingOf(row, i + 1)));
  const whole = distance(drawingOf(row, 0), drawingOf(row, STEPS - 1));
  return { row, whole, largest: Math.max(...steps) / whole };
}).sort((a, b) => b.whole - a.whole);
for (const { row, whole, largest } of rows) {
  console.log(`number ${row}: changes the drawing by ${whole.toFixed(3)}, in one step by ${largest.toFixed(3)} of that at most`);
}

// The sheet.
const cell = size + GAP;
const [columns, sheetWidth] = [2 + STEPS, (2 + STEPS) * cell + 2 * GAP];
const sheet = new Uint8Array(sheetWidth * DIMS * cell).fill(255);
rows.forEach(({ row }, y) => {
  for (let x = 0; x < columns; x++) {
    const source = x === 0 ? pixels : drawingOf(row, x === 1 ? 5 : x - 2);
    const left = x * cell + (x < 2 ? 0 : 2 * GAP);
    for (let i = 0; i < size ** 2; i++) {
      sheet[(y * cell + Math.floor(i / size)) * sheetWidth + left + (i % size)] = Math.round(255 * source[i]);
    }
  }
});
await sharp(sheet, { raw: { width: sheetWidth, height: DIMS * cell, channels: 1 } })
  .resize(sheetWidth * SCALE, DIMS * cell * SCALE, { kernel: 'nearest' })
  .png({ palette: true, colours: 64 })
  .toFile(file);
await Promise.all([encoder.dispose(), decoder.dispose()]);
await runtime.dispose();

/** Shapes white on black, in the middle of the picture: drawn four times as large, so that their edges become soft. */
async function silhouettes(split, length) {
  const large = 4 * size;
  const drawn = shapes({ shapes: names, split, length, size: large });
  const pixels = new Uint8Array(length * size ** 2);
  const labels = new Uint8Array(length);
  for (let n = 0; n < length; n++) {
    const { label, objects } = await drawn.get(n);
    const [{ mask, keypoints }] = objects;
    const [left, top] = keypoints[0].map((center) => Math.round(center - large / 2));
    labels[n] = label;
    for (let i = 0; i < size ** 2; i++) {
      let seen = 0;
      for (let k = 0; k < 16; k++) {
        const [x, y] = [left + 4 * (i % size) + (k % 4), top + 4 * Math.floor(i / size) + (k >> 2)];
        if (x >= 0 && x < large && y >= 0 && y < large) seen += mask[y * large + x];
      }
      pixels[n * size ** 2 + i] = Math.round((255 * seen) / 16);
    }
  }
  return packedDataset({
    name: `silhouettes of shapes, ${split}`,
    classes: names,
    width: size,
    height: size,
    channels: 1,
    pixels,
    labels,
  });
}
