/** What is in pictures: `node examples/classify.mjs samples/clock.jpg`. The weights are downloaded at the first run. */
import { load, loadImage } from 'ocelli';

const classifier = await load('efficientnet_b0');
for (const file of process.argv.slice(2)) {
  const [best] = await classifier.classify(await loadImage(file), { top: 1 });
  console.log(`${file}: ${best.label} (${(best.score * 100).toFixed(1)} %)`);
}
await classifier.dispose();
