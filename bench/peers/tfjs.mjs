/** LeNet-5's training step in TensorFlow.js, on the back end that can train in Node without native code. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { answer } from './answer.mjs';

await answer(async (batch) => {
  await tf.setBackend('cpu');
  const relu = { activation: 'relu' };
  const model = layers.sequential({
    layers: [
      layers.layers.conv2d({ inputShape: [28, 28, 1], filters: 6, kernelSize: 5, padding: 'same', ...relu }),
      layers.layers.maxPooling2d({ poolSize: 2 }),
      layers.layers.conv2d({ filters: 16, kernelSize: 5, ...relu }),
      layers.layers.maxPooling2d({ poolSize: 2 }),
      layers.layers.flatten(),
      layers.layers.dense({ units: 120, ...relu }),
      layers.layers.dense({ units: 84, ...relu }),
      layers.layers.dense({ units: 10 }),
    ],
  });
  const optimizer = tf.train.momentum(0.01, 0.9);
  const pictures = tf.randomNormal([batch, 28, 28, 1]);
  const labels = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: batch }, (_, i) => i % 10),
      'int32',
    ),
    10,
  );
  return async () => {
    const loss = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(labels, model.apply(pictures, { training: true })), true);
    const [value] = await loss.data();
    loss.dispose();
    return value;
  };
});
