/** ResNet-20 for CIFAR-10 (He et al. 2015, section 4.2), defined by a user and run with weights that PyTorch trained. */
import { readFile } from 'node:fs/promises';
import { compile, float32, loadWeights, nodeRuntime } from 'ocelli';
import { BatchNorm2d, Conv2d, Linear, Module, Sequential } from 'ocelli/nn';
import { add, mean, pad, relu, slice } from 'ocelli/nn/functional';

class Block extends Module {
  constructor(from, to, stride) {
    super();
    this.conv1 = new Conv2d(from, to, 3, { stride, padding: 1, bias: false });
    this.bn1 = new BatchNorm2d(to);
    this.conv2 = new Conv2d(to, to, 3, { padding: 1, bias: false });
    this.bn2 = new BatchNorm2d(to);
    /** Option A: every second pixel, and zeros in the channels that are new; no weights. */
    this.shortcut = (x) => {
      const extra = [0, (to - from) / 2, 0, 0];
      return from === to ? x : pad(slice(slice(x, 2, 0, undefined, 2), 3, 0, undefined, 2), extra, extra);
    };
  }

  forward(x) {
    const y = this.bn2.call(this.conv2.call(relu(this.bn1.call(this.conv1.call(x)))));
    return relu(add(y, this.shortcut(x)));
  }
}

export class ResNet20 extends Module {
  conv1 = new Conv2d(3, 16, 3, { padding: 1, bias: false });
  bn1 = new BatchNorm2d(16);
  layer1 = new Sequential(new Block(16, 16, 1), new Block(16, 16, 1), new Block(16, 16, 1));
  layer2 = new Sequential(new Block(16, 32, 2), new Block(32, 32, 1), new Block(32, 32, 1));
  layer3 = new Sequential(new Block(32, 64, 2), new Block(64, 64, 1), new Block(64, 64, 1));
  linear = new Linear(64, 10);

  forward(x) {
    const y = relu(this.bn1.call(this.conv1.call(x)));
    return this.linear.call(mean(this.layer3.call(this.layer2.call(this.layer1.call(y))), [2, 3]));
  }
}

/** Logits [pictures, 10] and right answers; every picture is a label and then 1024 red, 1024 green and 1024 blue bytes. */
export async function evaluate(weights, pictures) {
  const net = new ResNet20();
  await loadWeights(net, weights);
  const inputs = { input: { dtype: 'float32', shape: ['N', 3, 32, 32] } };
  const program = await compile(net, { inputs, runtime: await nodeRuntime() });
  const bytes = await readFile(pictures);
  const labels = bytes.filter((_, i) => i % 3073 === 0);
  const center = [0.485, 0.456, 0.406];
  const spread = [0.229, 0.224, 0.225];
  const pixels = bytes.filter((_, i) => i % 3073 !== 0);
  const channel = (i) => Math.floor((i % 3072) / 1024);
  const input = Float32Array.from(pixels, (byte, i) => (byte / 255 - center[channel(i)]) / spread[channel(i)]);
  const { logits } = await program.run({ input: float32([labels.length, 3, 32, 32], input) });
  await program.dispose();
  return { logits: logits.data, labels };
}
