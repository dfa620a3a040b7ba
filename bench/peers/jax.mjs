/** LeNet-5's training step in jax-js, compiled by its jit for its WASM back end. */
import { defaultDevice, init, jit, lax, nn, numpy as np, random, tree, valueAndGrad } from '@jax-js/jax';
import { answer } from './answer.mjs';

await answer(async (batch) => {
  await init('wasm');
  defaultDevice('wasm');
  const keys = random.split(random.key(0), 6);
  const weight = (i, shape, fanIn) => random.normal(keys.ref.slice(i), shape).mul(fanIn ** -0.5);
  let params = {
    conv1: { w: weight(0, [6, 1, 5, 5], 25), b: np.zeros([1, 6, 1, 1]) },
    conv2: { w: weight(1, [16, 6, 5, 5], 150), b: np.zeros([1, 16, 1, 1]) },
    fc1: { w: weight(2, [400, 120], 400), b: np.zeros([120]) },
    fc2: { w: weight(3, [120, 84], 120), b: np.zeros([84]) },
    fc3: { w: weight(4, [84, 10], 84), b: np.zeros([10]) },
  };
  const pictures = random.normal(keys.slice(5), [batch, 1, 28, 28]);
  const labels = nn.oneHot(np.arange(batch).mod(10), 10);
  const pool = (x) => lax.reduceWindow(x, np.max, [1, 1, 2, 2], [1, 1, 2, 2]);
  const conv = (x, { w, b }, padding) => nn.relu(lax.conv(x, w, [1, 1], padding).add(b));
  const dense = (x, { w, b }) => np.dot(x, w).add(b);
  const lossOf = (p, x, y) => {
    let z = pool(conv(x, p.conv1, 'SAME'));
    z = pool(conv(z, p.conv2, 'VALID')).reshape([batch, 400]);
    z = dense(nn.relu(dense(nn.relu(dense(z, p.fc1)), p.fc2)), p.fc3);
    return nn
      .logSoftmax(z, -1)
      .mul(y)
      .sum()
      .mul(-1 / batch);
  };
  const step = jit((p, m, x, y) => {
    const [loss, gradient] = valueAndGrad(lossOf)(tree.ref(p), x, y);
    const momentum = tree.map((old, g) => old.mul(0.9).add(g), m, gradient);
    const next = tree.map((value, v) => value.sub(v.mul(0.01)), p, tree.ref(momentum));
    return [loss, next, momentum];
  });
  let momentum = tree.map((value) => np.zerosLike(value.ref), params);
  return async () => {
    let loss;
    [loss, params, momentum] = step(params, momentum, pictures.ref, labels.ref);
    return (await loss.data())[0];
  };
});
