/**
 * IDX files, the format of MNIST and Fashion-MNIST: a magic number of two zeros, the element type (8 is unsigned byte) and
 * the number of axes; each axis' length as a big-endian 32-bit number; then the values in C order.
 * Format: http://yann.lecun.com/exdb/mnist, "the IDX file format".
 */
import { OcelliError } from '../base/errors.ts';
import { contentsOf, mostContents } from '../files/gunzip.ts';
import type { ByteSource, Platform } from '../platform/platform.ts';
import type { Dataset } from './dataset.ts';
import { packedDataset } from './packed.ts';

/** The most values an IDX file may announce. */
const MOST = 2 ** 31;

/** Bytes of an array and its axes. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/**
 * Reads an IDX file of unsigned bytes, gzipped or not. No more memory is taken than its header announces.
 * @param memory gives the memory for the values; default an array
 * @throws format for a file that is no IDX file, shorter or longer than its header says, or gzipped and damaged
 * @throws unsupported for element types other than unsigned bytes, and for more than 2 GiB
 */
export async function readIdx(
  source: ByteSource,
  memory: (length: number) => Uint8Array = (length) => new Uint8Array(length),
): Promise<IdxArray> {
  let header = new Uint8Array(0);
  let array: IdxArray | undefined;
  let filled = 0;
  for await (const piece of contentsOf(source)) {
    let rest = piece;
    if (array === undefined) {
      header = joined(header, piece);
      const parsed = parseHeader(header, source.name);
      if (parsed === undefined) continue;
      if (parsed.length + parsed.count > (await mostContents(source))) throw wrongLength(source.name, parsed.shape, 'fewer');
      array = { shape: parsed.shape, data: memory(parsed.count) };
      rest = header.subarray(parsed.length);
    }
    if (filled + rest.length > array.data.length) throw wrongLength(source.name, array.shape, 'more');
    array.data.set(rest, filled);
    filled += rest.length;
  }
  if (array === undefined) throw new OcelliError('format', `${source.name} is cut off inside its IDX header; download it again`);
  if (filled < array.data.length) throw wrongLength(source.name, array.shape, `${filled}`);
  return array;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function wrongLength(name: string, shape: readonly number[], came: string): OcelliError {
  const count = shape.reduce((product, dim) => product * dim, 1);
  return new OcelliError(
    'format',
    `${name}: its IDX header announces [${shape.join(', ')}], ${count} bytes; ${came} came; download it again`,
  );
}

/** The axes and where the values begin; undefined when `bytes` are too few to tell. */
function parseHeader(bytes: Uint8Array, name: string): { shape: number[]; count: number; length: number } | undefined {
  if (bytes.length < 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [magic, type, axes] = [view.getUint16(0), view.getUint8(2), view.getUint8(3)];
  if (magic !== 0 || axes === 0) {
    const beginning = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new OcelliError(
      'format',
      `${name} is no IDX file: it begins with ${beginning}, not with 00 00 08 and the number of axes`,
    );
  }
  if (type !== 8) {
    throw new OcelliError('unsupported', `${name}: IDX element type 0x${type.toString(16)}; only unsigned bytes (0x8) are read`);
  }
  const length = 4 + 4 * axes;
  if (bytes.length < length) return undefined;
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, dim) => product * dim, 1);
  if (count > MOST) {
    throw new OcelliError(
      'unsupported',
      `${name}: its IDX header announces [${shape.join(', ')}], over the limit of ${MOST} bytes`,
    );
  }
  return { shape, count, length };
}

export interface IdxOptions {
  readonly platform: Platform;
  /** For messages. */
  readonly name: string;
  readonly classes: readonly string[];
  /** Paths of the two files. */
  readonly images: string;
  readonly labels: string;
}

/**
 * A data set of gray pictures in a pair of IDX files, [count, height, width] and [count].
 * @throws format when a file is damaged, or the two do not fit together
 * @throws io when a file cannot be read
 */
export async function openIdx({ platform, name, classes, images, labels }: IdxOptions): Promise<Dataset> {
  const pictures = await readFile(platform, images, platform.threads?.memory);
  const [count = 0, height = 0, width = 0] = pictures.shape;
  if (pictures.shape.length !== 3 || width === 0 || height === 0) {
    throw new OcelliError('format', `${images} has shape [${pictures.shape.join(', ')}]; pictures are [count, height, width]`);
  }
  const { shape, data } = await readFile(platform, labels);
  if (shape.length !== 1 || shape[0] !== count) {
    throw new OcelliError(
      'format',
      `${labels} has shape [${shape.join(', ')}], but ${images} has ${count} pictures; they do not belong together`,
    );
  }
  return packedDataset({ name, classes, width, height, channels: 1, pixels: pictures.data, labels: data });
}

async function readFile(platform: Platform, path: string, memory?: (length: number) => Uint8Array): Promise<IdxArray> {
  const source = await platform.files.open(path);
  try {
    return await readIdx(source, memory);
  } finally {
    await source.close();
  }
}
