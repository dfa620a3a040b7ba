/** Writes an exported training step: the ONNX file, its description and its first state beside it. */
import { OcelliError } from '../base/errors.ts';
import type { Platform } from '../platform/platform.ts';
import { writeOnnx } from '../program/export-onnx.ts';
import type { ExportedTraining } from '../program/export-training.ts';
import { writeSafetensors } from '../weights/safetensors-writer.ts';

/** The files of a step. */
export interface StepFiles {
  readonly model: string;
  readonly description: string;
  readonly state: string;
}

/** The names of a step's files: FILE.onnx, FILE.json and FILE.safetensors. @throws usage for a name that does not end in .onnx */
export function stepFiles(file: string): StepFiles {
  if (!/\.onnx$/i.test(file)) throw new OcelliError('usage', `"${file}": name the output FILE.onnx`);
  const base = file.slice(0, -'.onnx'.length);
  return { model: file, description: `${base}.json`, state: `${base}.safetensors` };
}

/**
 * Writes a step to FILE.onnx, the description to FILE.json and the first values of the state to FILE.safetensors, the model last.
 * @param file FILE.onnx
 * @throws io when a file cannot be written
 */
export async function writeTrainingStep(
  { onnx, description, state }: ExportedTraining,
  file: string,
  { platform }: { readonly platform: Platform },
): Promise<StepFiles> {
  const files = stepFiles(file);
  const at = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1;
  const tensors = [...state].map(([name, tensor]) => ({ name, dtype: tensor.dtype, shape: tensor.shape, tensor }));
  await writeSafetensors(await platform.files.create(files.state), tensors);
  const text = JSON.stringify({ ...description, files: { model: files.model.slice(at), state: files.state.slice(at) } }, null, 2);
  const sink = await platform.files.create(files.description);
  try {
    await sink.write(new TextEncoder().encode(`${text}\n`));
  } catch (error) {
    await sink.discard();
    throw error;
  }
  await sink.commit();
  await writeOnnx(onnx, await platform.files.create(file), (name) => platform.files.create(file.slice(0, at) + name));
  return files;
}
