/** A page that decodes pictures and runs the contract of file systems on the web platform. */
import { messageOf } from '../../../src/base/errors.ts';
import { webPlatform } from '../../../src/platform/web.ts';
import { filesCases } from '../../platform/files.contract.ts';

const platform = webPlatform();

/** What became of a picture: its pixels, or why it was refused. */
export type Decoded = { readonly width: number; readonly height: number; readonly rgb: string } | { readonly error: string };

const toBytes = (text: string): Uint8Array => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const toText = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));

/** Bytes in and out are base64. */
async function decode(picture: string): Promise<Decoded> {
  try {
    const { width, height, data } = await platform.decodeImage(toBytes(picture));
    return { width, height, rgb: toText(data) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

/** Each case's name and, when it failed, its error. */
async function runFilesContract(): Promise<{ readonly name: string; readonly error?: string }[]> {
  const results: { name: string; error?: string }[] = [];
  for (const [index, { name, run }] of filesCases.entries()) {
    try {
      await run(platform.files, (path) => `case-${index}/${path}`);
      results.push({ name });
    } catch (error) {
      results.push({ name, error: messageOf(error) });
    }
  }
  return results;
}

/** SHA-256 of the text's UTF-8. */
function sha256(text: string): string {
  const hash = platform.sha256();
  hash.update(new TextEncoder().encode(text));
  return hash.digest();
}

Object.assign(globalThis, { decode, runFilesContract, sha256 });
