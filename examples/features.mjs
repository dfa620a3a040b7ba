/** A pyramid of feature maps and the embedding: `node examples/features.mjs samples/clock.jpg` prints each one's shape and mean. */
import { compile, featurePaths, getModel, getWeight, loadImage, loadWeights, nodeRuntime, preprocess } from 'ocelli';

const net = await getModel('resnet18');
await loadWeights(net, 'DEFAULT', { model: 'resnet18' });
const { preset } = await getWeight('resnet18');

const levels = featurePaths(net, { strides: [4, 8, 16, 32] }); // layer1 to layer4
const features = levels.map(({ path }) => path); // paths of any other modules do as well
const inputs = { input: { dtype: 'float32', shape: ['N', 3, preset.crop, preset.crop] } };
const program = await compile(net, { inputs, features, embedding: true, runtime: await nodeRuntime() });

const outputs = await program.run({ input: preprocess(await loadImage(process.argv[2]), preset) });
for (const name of [...features, 'embedding']) {
  const { shape, data } = outputs[name];
  console.log(name.padEnd(10), shape.join(' x ').padEnd(20), (data.reduce((sum, x) => sum + x, 0) / data.length).toFixed(4));
}
await program.dispose();
