/** The one error class of the project: a stable code for programs, one sentence for people. */

/** What went wrong, for programs to branch on; the text beside it is for people and may change. */
export type ErrorCode =
  /** The caller asked for something that does not exist or contradicts itself. */
  | 'usage'
  /** A value has the wrong shape, dtype or range. */
  | 'shape'
  /** Bytes (checkpoint, picture, model file) are damaged, hostile or of an unknown kind. */
  | 'format'
  /** The kind is known, this part of it is not supported. */
  | 'unsupported'
  /** A state dict does not fit a model. */
  | 'state-dict'
  /** A file or folder cannot be read or written. */
  | 'io'
  /** The network or a server failed. */
  | 'network'
  /** Downloaded or cached bytes do not have the hash they should. */
  | 'integrity'
  /** A back end cannot load or run a program. */
  | 'runtime'
  /** The caller's AbortSignal fired. */
  | 'aborted'
  /** A broken invariant of Ocelli itself. */
  | 'internal';

/** Every error Ocelli throws on purpose. `message` names what to do; `code` is stable. */
export class OcelliError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'OcelliError';
    this.code = code;
  }
}

/** True for an Ocelli error, also one thrown by another copy of the package. */
export function isOcelliError(error: unknown): error is OcelliError {
  return error instanceof Error && error.name === 'OcelliError' && 'code' in error;
}

/** Throws an `aborted` error when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) {
    throw new OcelliError('aborted', `${what} was stopped`, { cause: signal.reason });
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Refuses options nobody knows, so that a misspelt one does not pass in silence. */
export function checkKeys(what: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw new OcelliError('usage', `${what}: unknown option "${key}"; it takes ${known.join(', ') || 'none'}`);
    }
  }
}
