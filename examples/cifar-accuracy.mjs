/** Accuracy of a ResNet-20 on CIFAR-10: `node examples/cifar-accuracy.mjs resnet20-12fca82f.th test_batch.bin`. */
import { evaluate } from './cifar-resnet20.mjs';

const [weights, pictures] = process.argv.slice(2);
const { logits, labels } = await evaluate(weights, pictures);
const right = labels.filter((label, i) => {
  const ten = logits.subarray(i * 10, i * 10 + 10);
  return ten.indexOf(Math.max(...ten)) === label;
});
console.log(`${right.length} of ${labels.length} right: ${((100 * right.length) / labels.length).toFixed(2)} %`);
