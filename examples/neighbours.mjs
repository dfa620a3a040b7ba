/**
 * Are pictures that look alike to a network of one class? Of the first N test pictures of Fashion-MNIST the nearest other one is found,
 * by embeddings and by plain pixels: `node examples/neighbours.mjs /usr/share/datasets/fashion-mnist 500`.
 */
import { load, nodePlatform } from 'ocelli';
import { fashionMnist } from 'ocelli/data';

const [folder, count = '500'] = process.argv.slice(2);
const data = await fashionMnist({ platform: nodePlatform(), split: 'test', ...(folder && { folder }) });
const samples = await Promise.all(Array.from({ length: Number(count) }, (_, i) => data.get(i)));
const labels = samples.map(({ label }) => label);
const pictures = samples.map(({ picture: { width, height, data: gray } }) => ({
  width,
  height,
  data: Uint8Array.from({ length: gray.length * 3 }, (_, i) => gray[Math.floor(i / 3)]),
}));

const unit = (vector) => {
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (value) => value / length);
};
const cosine = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** The share of vectors whose nearest other one has the same label. */
function agreement(vectors) {
  const same = vectors.filter((vector, i) => {
    const others = vectors.map((other, j) => (i === j ? -2 : cosine(vector, other)));
    return labels[others.indexOf(Math.max(...others))] === labels[i];
  });
  return `${((100 * same.length) / vectors.length).toFixed(1)} %`;
}

console.log('pixels'.padEnd(18), agreement(samples.map(({ picture }) => unit(picture.data))));
for (const name of ['lenet5', 'efficientnet_mini']) {
  const classifier = await load(name, { weights: 'FASHION_MNIST_V1' });
  console.log(name.padEnd(18), agreement(await classifier.embed(pictures, { normalize: true })));
  await classifier.dispose();
}
