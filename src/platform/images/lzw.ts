/** The variable-length LZW code of GIF (GIF89a specification, appendix F). */
import { damaged } from './limits.ts';

const maxCodes = 4096;

/**
 * Decodes `count` indices; what follows them is not looked at.
 * @param codeBits bits of a plain index, 1 to 11
 * @throws format for codes that make no sense, or when they end before `count` indices
 */
export function decodeLzw(bytes: Uint8Array, codeBits: number, count: number): Uint8Array {
  if (codeBits < 1 || codeBits > 11) throw damaged('GIF', `codes of ${codeBits} bits do not exist`);
  if (count > bytes.length * 8 * maxCodes) throw damaged('GIF', 'it ends before its first frame does');
  const clear = 1 << codeBits;
  const end = clear + 1;
  const prefix = new Uint16Array(maxCodes);
  const suffix = new Uint8Array(maxCodes);
  const stack = new Uint8Array(maxCodes + 1);
  for (let i = 0; i < clear; i++) suffix[i] = i;
  const out = new Uint8Array(count);
  let next = end + 1;
  let bits = codeBits + 1;
  let previous = -1;
  let first = 0;
  let written = 0;
  let buffer = 0;
  let held = 0;
  let at = 0;
  while (written < count) {
    while (held < bits) {
      if (at >= bytes.length) throw damaged('GIF', 'it ends before its first frame does');
      buffer |= (bytes[at++] as number) << held;
      held += 8;
    }
    let code = buffer & ((1 << bits) - 1);
    buffer >>>= bits;
    held -= bits;
    if (code === clear) {
      next = end + 1;
      bits = codeBits + 1;
      previous = -1;
      continue;
    }
    if (code === end) throw damaged('GIF', 'its first frame ends before its last row');
    if (code > next || (previous < 0 && code > end) || (code === next && previous < 0)) {
      throw damaged('GIF', 'its compressed data makes no sense');
    }
    const current = code;
    let depth = 0;
    if (code === next) {
      stack[depth++] = first;
      code = previous;
    }
    while (code > end) {
      stack[depth++] = suffix[code] as number;
      code = prefix[code] as number;
    }
    first = suffix[code] as number;
    stack[depth++] = first;
    while (depth > 0 && written < count) out[written++] = stack[--depth] as number;
    if (previous >= 0 && next < maxCodes) {
      prefix[next] = previous;
      suffix[next] = first;
      next++;
      if (next === 1 << bits && bits < 12) bits++;
    }
    previous = current;
  }
  return out;
}
