/** What the rest of the code asks of the machine it runs on. Passed in, never sniffed; node.ts and web.ts provide it. */
import type { RgbImage } from './image.ts';

export type { RgbImage } from './image.ts';

/** Bytes that can be read in any order: a file, a Blob, a buffer. Reads past the end give what there is. */
export interface ByteSource {
  /** For messages: a path, a URL, "buffer". */
  readonly name: string;
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
  /** The same into given memory, where that saves a copy; gives the number of bytes. */
  fill?(offset: number, target: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** Where bytes of a file to be go. The file appears whole at `commit` or, after `discard`, not at all. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/** A running SHA-256. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** 64 lower-case hex digits. */
  digest(): string;
}

/** Something in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder';
}

/** Files by path; in a browser, the origin's private file system. Errors carry code `io` and name the path. */
export interface FileSystem {
  open(path: string): Promise<ByteSource>;
  /** Writes beside the target, syncs, and renames over it on `commit`. */
  create(path: string): Promise<ByteSink>;
  /** Undefined when there is no such file. */
  stat(path: string): Promise<{ readonly size: number; readonly kind: 'file' | 'folder' } | undefined>;
  /** What is in a folder, by name, sorted by code points; links count as what they lead to, other things are left out. */
  list(path: string): Promise<readonly FolderEntry[]>;
  remove(path: string): Promise<void>;
  /** Runs `body` while no other process runs one under the same path. Locks of dead processes are taken over. */
  withLock<T>(path: string, body: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /**
   * Adds to a file, making it and its folders when missing; for downloads that resume. `discard` takes back what was added.
   * In a browser nothing is added before `commit`.
   */
  append(path: string): Promise<ByteSink>;
  rename(from: string, to: string): Promise<void>;
}

/** A running thread. */
export interface Thread {
  /** Sends a structured-clonable value; the buffers are moved. */
  post(message: unknown, moved?: readonly ArrayBuffer[]): void;
  /** Whether the thread keeps the process alive; a new one does not. */
  hold(alive: boolean): void;
  end(): Promise<void>;
}

/** What a thread tells the one that started it. */
export interface ThreadListener {
  message(value: unknown): void;
  /** The thread could not start, threw, or ended without being asked; nothing comes after it. */
  failed(reason: string): void;
}

/** The thread's side: what `serve` of its module is called with. */
export interface ThreadPort {
  post(message: unknown, moved?: readonly ArrayBuffer[]): void;
  onMessage(listener: (value: unknown) => void): void;
}

/** What a thread's module exports. */
export interface ThreadModule {
  serve(port: ThreadPort, platform: Platform): void;
}

/** Threads that share nothing but memory asked for here. */
export interface Threads {
  /** Starts a thread that runs `serve` of the ES module at `module`. */
  start(module: URL, listener: ThreadListener): Thread;
  /** Zeros that threads see when a view of them is posted, instead of a copy. */
  memory(length: number): Uint8Array;
}

export interface Platform {
  readonly name: 'node' | 'web';
  /** Absent where there are none, or none yet. */
  readonly threads?: Threads;
  readonly files: FileSystem;
  /** The folder for downloaded weights. */
  readonly cacheFolder: string;
  /** A setting of the user's: an environment variable in Node, undefined in a browser. */
  setting(name: string): string | undefined;
  fetch(url: string, init?: { headers?: Record<string, string>; signal?: AbortSignal }): Promise<Response>;
  sha256(): Sha256;
  /**
   * Decodes a picture to what Pillow's `convert('RGB')` gives: alpha dropped, 16-bit gray clipped, colour profiles and EXIF
   * orientation ignored (a TIFF's own orientation is obeyed), the first frame of an animation.
   * JPEG, PNG, WebP, GIF and BMP everywhere, TIFF in Node. In browsers CMYK JPEG may differ by 1 of 255.
   * @throws format when the bytes are no picture, a damaged one, or one of more than 178,956,970 pixels
   * @throws unsupported when this platform cannot decode the kind, saying what to do
   */
  decodeImage(bytes: Uint8Array): Promise<RgbImage>;
  /** Milliseconds, monotonic. */
  now(): number;
}
