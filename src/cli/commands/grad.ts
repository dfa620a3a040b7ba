/** `ocelli grad`: gradients for an ONNX model made elsewhere. */
import { basename, dirname, join } from 'node:path';
import { OcelliError } from '../../base/errors.ts';
import type { ExternalReader } from '../../compiler/onnx/read.ts';
import type { Platform } from '../../platform/platform.ts';
import { writeOnnx } from '../../program/export-onnx.ts';
import { type GradModel, gradOnnx } from '../../program/grad-onnx.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format.ts';
import { type Outcome, visible } from '../outcome.ts';

export interface GradOptions {
  readonly wrt: readonly string[];
  readonly output: string;
  readonly of?: string;
  readonly seed?: boolean;
  readonly expose?: readonly string[];
  readonly dim?: Readonly<Record<string, number>>;
  readonly portable?: boolean;
}

export async function addGradients(model: string, options: GradOptions, context: Context): Promise<Outcome> {
  const { wrt, output, of, seed = false, expose = [], dim = {}, portable = false } = options;
  if (!/\.onnx$/i.test(output)) throw new OcelliError('usage', `"${output}": name the output FILE.onnx`);
  const platform = await context.platform();
  const external = readerBeside(model, platform);
  const externalFile = `${basename(output)}.data`;
  const result = await gradOnnx(await readFile(model, platform), {
    ...{ wrt, seed, expose, portable, dims: dim, external, externalFile },
    ...(of === undefined ? {} : { of }),
  });
  const sink = await platform.files.create(output);
  await writeOnnx(result, sink, (file) => platform.files.create(join(dirname(output), file)));
  const extra = result.external ? `, and ${externalFile}, ${bytes(result.external.size)}` : '';
  context.print(`${output}  ${bytes(result.model.length)}${extra}`);
  for (const line of describe(result)) context.print(line);
  return 0;
}

async function readFile(path: string, platform: Platform): Promise<Uint8Array> {
  const file = await platform.files.open(path);
  try {
    return await file.read(0, file.size);
  } finally {
    await file.close();
  }
}

/** Reads files in the model's folder. */
function readerBeside(model: string, platform: Platform): ExternalReader {
  return async (name, offset, length) => {
    const file = await platform.files.open(join(dirname(model), name));
    try {
      return await file.read(offset, length);
    } finally {
      await file.close();
    }
  };
}

/** `  in   input  float32 [batch, 3, 224, 224]`. */
function describe({ inputs, outputs }: GradModel): readonly string[] {
  const all = [...inputs.map((port) => ({ ...port, way: 'in ' })), ...outputs.map((port) => ({ ...port, way: 'out' }))];
  const longest = all.reduce((most, { name }) => Math.max(most, name.length), 0);
  return all.map(({ way, name, dtype, shape }) => `  ${way}  ${visible(name).padEnd(longest)}  ${dtype} [${shape.join(', ')}]`);
}
