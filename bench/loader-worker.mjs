/** Ocelli's loader in a process of its own: answers open and epoch. */
import { createInterface } from 'node:readline';
import { createLoader, fashionMnist, imageFolder, inMemory, subset } from '../dist/data/index.js';
import { nodePlatform } from '../dist/platform/node.js';

const platform = nodePlatform();
const loaders = new Map();
let epochs = 0;

const pipeline = (size, mean, std) => [
  { kind: 'randomCrop', size, padding: 4 },
  { kind: 'horizontalFlip' },
  { kind: 'toTensor' },
  { kind: 'normalize', mean, std },
];

const rgb = pipeline(32, [0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]);

const kinds = {
  fashion: async (folder) => [await fashionMnist({ platform, folder }), pipeline(28, [0.286], [0.353])],
  jpeg: async (folder) => [await imageFolder({ platform, folder }), rgb],
  decoded: async (folder, part) => [await inMemory(part(await imageFolder({ platform, folder })), { platform }), rgb],
};

const requests = {
  async open({ kind, folder, pictures, workers }) {
    const part = (set) => {
      const step = Math.floor(set.length / pictures);
      return subset(
        set,
        Array.from({ length: pictures }, (_, i) => i * step),
      );
    };
    const [set, transforms] = await kinds[kind](folder, part);
    loaders.set(workers, createLoader(part(set), { batchSize: 128, shuffle: true, transforms, workers, platform }));
    return {};
  },
  async epoch({ workers }) {
    const start = performance.now();
    let pictures = 0;
    for await (const batch of loaders.get(workers).epoch(epochs++)) {
      pictures += batch.labels.data.length;
      batch.recycle();
    }
    return { milliseconds: performance.now() - start, pictures };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, args] = JSON.parse(line);
  console.log(JSON.stringify(await requests[name](args)));
}
process.exit();
