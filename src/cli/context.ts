/** What a command may touch: streams, colours, the signal that stops it, and the platform, opened when first asked for. */
import pc from 'picocolors';
import type { Platform } from '../platform/platform.ts';

/** A stream as far as the commands need it; `process.stdout` is one, and so is a test's list of strings. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The process around a command. */
export interface Io {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

export type Colors = ReturnType<typeof pc.createColors>;

export interface Context {
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly colors: Colors;
  /** Columns that human output may fill: the terminal's, at most 100, and 80 where there is none. */
  readonly width: number;
  /** Writes lines to standard output. */
  print(text: string): void;
  /** Writes a line to standard error: progress and remarks, never results. */
  note(text: string): void;
  platform(): Promise<Platform>;
}

/** `NO_COLOR` and `FORCE_COLOR` decide, else whether the stream is a terminal. */
function wantsColor(io: Io): boolean {
  if (io.env.NO_COLOR) return false;
  if (io.env.FORCE_COLOR) return io.env.FORCE_COLOR !== '0';
  return io.stdout.isTTY === true && io.env.TERM !== 'dumb';
}

export function createContext(io: Io): Context {
  let platform: Promise<Platform> | undefined;
  return {
    io,
    signal: io.signal,
    colors: pc.createColors(wantsColor(io)),
    width: Math.min(100, Math.max(40, io.stdout.columns ?? 80)),
    print: (text) => void io.stdout.write(`${text}\n`),
    note: (text) => void io.stderr.write(`${text}\n`),
    platform: () => {
      platform ??= import('../platform/node.ts').then(({ nodePlatform }) => nodePlatform());
      return platform;
    },
  };
}
