/** A pretrained network with a new head for ten classes, as ONNX: `node examples/export.mjs ten.onnx`. */
import { exportOnnx, getModel, loadWeights, replaceHead } from 'ocelli';

const net = await getModel('mobilenet_v2');
await loadWeights(net, 'DEFAULT', { model: 'mobilenet_v2' });
replaceHead(net, 10);
await exportOnnx(net, process.argv[2] ?? 'ten.onnx', { dynamic: ['batch'] });
