/** Features of any layer, by its path: `node examples/features.mjs samples/clock.jpg` prints each map's shape and mean. */
import { compile, getModel, getWeight, loadImage, loadWeights, nodeRuntime, preprocess } from 'ocelli';

const net = await getModel('resnet18');
await loadWeights(net, 'DEFAULT', { model: 'resnet18' });
const { preset } = await getWeight('resnet18');

const features = ['layer1', 'layer2', 'layer3', 'layer4', 'avgpool'];
const inputs = { input: { dtype: 'float32', shape: ['N', 3, preset.crop, preset.crop] } };
const program = await compile(net, { inputs, features, runtime: await nodeRuntime() });

const outputs = await program.run({ input: preprocess(await loadImage(process.argv[2]), preset) });
for (const name of features) {
  const { shape, data } = outputs[name];
  console.log(name.padEnd(8), shape.join(' x ').padEnd(20), (data.reduce((sum, x) => sum + x, 0) / data.length).toFixed(4));
}
await program.dispose();
