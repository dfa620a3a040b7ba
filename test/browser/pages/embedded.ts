/** A page that classifies a picture with weights that come with the package. */
import { type Classification, load, loadImage, webRuntime } from '../../../src/web.ts';

async function classify(model: string, weights: string, picture: string): Promise<Classification[]> {
  const runtime = await webRuntime({ threads: 1, wasmBase: '/ort/' });
  const classifier = await load(model, { runtime, weights });
  const answers = await classifier.classify(await loadImage(picture), { top: classifier.numClasses });
  await classifier.dispose();
  return answers;
}

Object.assign(globalThis, { classify });
