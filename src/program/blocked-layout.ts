/** Asks a back end how wide its blocked layout is, so that depthwise convolutions of training steps can use it. */
import { create, toBinary } from '@bufbuild/protobuf';
import { float32 } from '../base/tensor.ts';
import { OPSET } from '../compiler/onnx/emit.ts';
import { TensorProto_DataType as DataType, ModelProtoSchema } from '../compiler/onnx/onnx_pb.ts';
import { nodeProto } from '../compiler/onnx/proto.ts';
import type { Runtime } from '../runtime/runtime.ts';

const DOMAIN = 'com.microsoft.nchwc';
/** Fewer channels than any block has; ONNX Runtime reorders by fours. */
const CHANNELS = 4;

/** One node that reorders a picture of four channels; what comes out has as many as a block. */
function probe(): Uint8Array {
  const port = (name: string, dims: readonly number[]) => ({
    name,
    type: {
      value: {
        case: 'tensorType' as const,
        value: {
          elemType: DataType.FLOAT,
          shape: { dim: dims.map((dim) => ({ value: { case: 'dimValue' as const, value: BigInt(dim) } })) },
        },
      },
    },
  });
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [
      { domain: '', version: BigInt(OPSET) },
      { domain: DOMAIN, version: 1n },
    ],
    graph: {
      name: 'probe',
      node: [
        nodeProto(`${DOMAIN}.ReorderInput`, 'reorder', ['x'], ['blocked'], {}),
        nodeProto('Shape', 'shape', ['blocked'], ['dims'], {}),
        nodeProto('Cast', 'cast', ['dims'], ['y'], { to: DataType.FLOAT }),
      ],
      input: [port('x', [1, CHANNELS, 1, 1])],
      output: [port('y', [4])],
    },
  });
  return toBinary(ModelProtoSchema, model);
}

/**
 * Channels that ONNX Runtime's blocked layout puts side by side on this processor: 8 or 16, or 0 where there is no such
 * layout (WASM, WebGPU, processors without AVX).
 */
export async function blockedLayout(runtime: Runtime): Promise<number> {
  if (runtime.name !== 'ort-node') return 0;
  try {
    await using session = await runtime.load({ model: probe() }, { optimize: false });
    const { y } = await session.run({ x: float32([1, CHANNELS, 1, 1], [1, 1, 1, 1]) });
    const block = Number(y?.data[1]);
    return block > CHANNELS ? block : 0;
  } catch {
    return 0;
  }
}
