/** A page that loads a network from a checkpoint on the server and classifies a photo. */
import { efficientnet_b0 } from '../../../src/models/classification/efficientnet.ts';
import { getWeight } from '../../../src/models/registry.ts';
import { webPlatform } from '../../../src/platform/web.ts';
import { type WebRuntimeOptions, webRuntime } from '../../../src/runtime/ort-web.ts';
import { reportWeb } from '../../../src/runtime/ort-web-report.ts';
import type { Classification } from '../../../src/tasks/classifier.ts';
import { createClassifier } from '../../../src/tasks/classifier.ts';
import { loadWeights } from '../../../src/tasks/load-weights.ts';

async function classify(weights: string, photo: string, options: WebRuntimeOptions): Promise<Classification[]> {
  const platform = webPlatform();
  const runtime = await webRuntime({ ...options, wasmBase: '/ort/' });
  const net = efficientnet_b0();
  await loadWeights(net, new URL(weights, location.href), { platform });
  const { preset } = await getWeight('efficientnet_b0', 'DEFAULT');
  const classifier = await createClassifier(net, { runtime, preset });
  const bytes = new Uint8Array(await (await fetch(photo)).arrayBuffer());
  const answers = await classifier.classify(await platform.decodeImage(bytes), { top: classifier.numClasses });
  await classifier.dispose();
  return answers;
}

Object.assign(globalThis, { classify, report: () => reportWeb({ wasmBase: '/ort/' }) });
