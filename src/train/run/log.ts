/** The log of a run: one JSON object a line. Lines are gathered and added in pieces, as each addition is synced to the disk. */
import type { Platform } from '../../platform/platform.ts';
import { put, readText, writeText } from './text-files.ts';

/** A line: what it tells of, after which step, and the rest. */
export interface LogLine {
  readonly type: string;
  readonly step: number;
  readonly [key: string]: unknown;
}

export class RunLog {
  readonly #path: string;
  readonly #platform: Platform;
  #lines: string[] = [];

  constructor(folder: string, platform: Platform) {
    this.#path = `${folder}/log.jsonl`;
    this.#platform = platform;
  }

  /** Begins anew, or, for a run that goes on, drops what was logged after its checkpoint. @throws io */
  async begin(step: number | undefined): Promise<void> {
    const { files } = this.#platform;
    if (!(await files.stat(this.#path))) return;
    if (step === undefined) return writeText(files, this.#path, '');
    const kept = (await readText(files, this.#path)).split('\n').filter((line) => stepOf(line) <= step);
    await writeText(files, this.#path, kept.map((line) => `${line}\n`).join(''));
  }

  add(line: LogLine): void {
    this.#lines.push(`${JSON.stringify(line)}\n`);
  }

  /** Writes what was added. @throws io */
  async flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const text = this.#lines.join('');
    this.#lines = [];
    await put(await this.#platform.files.append(this.#path), text);
  }
}

/** The step of a whole line; of one that was cut off, Infinity. */
function stepOf(line: string): number {
  try {
    return Number((JSON.parse(line) as LogLine).step);
  } catch {
    return Infinity;
  }
}
