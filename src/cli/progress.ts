/** How a download shows itself on standard error: one moving line on a terminal, two plain lines elsewhere. */
import type { DownloadProgress } from '../files/download.ts';
import type { Context } from './context.ts';
import { bytes, duration } from './format.ts';

const REDRAW_MS = 100;

/** Draws `done of count` on a terminal, and clears it when all is done. */
export function counter({ io: { stderr } }: Context): (done: number, count: number) => void {
  let drawn = -REDRAW_MS;
  return (done, count) => {
    if (!stderr.isTTY || (performance.now() - drawn < REDRAW_MS && done < count)) return;
    drawn = performance.now();
    stderr.write(`\r${done === count ? '' : `${done} of ${count}`}\u001b[K`);
  };
}

/** Runs a download with its progress on standard error. */
export async function withProgress<T>(
  context: Context,
  body: (onProgress: (progress: DownloadProgress) => void) => Promise<T>,
): Promise<T> {
  const { stderr } = context.io;
  let last: DownloadProgress | undefined;
  let drawn = -REDRAW_MS;
  const clear = (): void => {
    if (last && stderr.isTTY) stderr.write('\r\u001b[K');
  };
  try {
    const result = await body((progress) => {
      const now = performance.now();
      if (!last && !stderr.isTTY) context.note(`downloading ${progress.url}${size(progress)}`);
      last = progress;
      if (!stderr.isTTY || (now - drawn < REDRAW_MS && progress.received !== progress.total)) return;
      drawn = now;
      stderr.write(`\r${line(progress, Math.max(40, (stderr.columns ?? 80) - 1))}\u001b[K`);
    });
    clear();
    if (last) context.note(`downloaded ${nameOf(last.url)}${size({ total: last.received })}`);
    return result;
  } catch (error) {
    clear();
    throw error;
  }
}

function size({ total }: { readonly total: number | undefined }): string {
  return total === undefined ? '' : ` (${bytes(total)})`;
}

function nameOf(url: string): string {
  return url.split('/').at(-1) ?? url;
}

/** `resnet18-f37072fd.pth  41 %  19.2 of 46.8 MB  8.1 MB/s  3.4 s left`, cut to the width. */
function line(progress: DownloadProgress, width: number): string {
  const { received, total, bytesPerSecond, secondsLeft } = progress;
  const parts = [nameOf(progress.url)];
  if (total) parts.push(`${Math.floor((received / total) * 100)} %`);
  parts.push(total === undefined ? bytes(received) : `${bytes(received)} of ${bytes(total)}`);
  if (bytesPerSecond > 0) parts.push(`${bytes(bytesPerSecond)}/s`);
  if (secondsLeft !== undefined && received !== total) parts.push(`${duration(secondsLeft * 1000)} left`);
  return parts.join('  ').slice(0, width);
}
