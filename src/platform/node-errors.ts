/** Turns the system's errors into sentences. */
import { messageOf, OcelliError } from '../base/errors.ts';

/** `ENOENT` and the like; undefined for other errors. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether the error says that there is no such file. */
export function isMissing(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file or folder'],
  ['ENOTDIR', 'part of the path is a file, not a folder'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['ENOSPC', 'the disk is full'],
  ['EROFS', 'the disk is read-only'],
  ['EMFILE', 'too many files are open'],
  ['ENAMETOOLONG', 'the name is too long'],
]);

/** `cannot read a/b: there is no such file or folder`. */
export function ioError(action: string, path: string, error: unknown): OcelliError {
  const reason = reasons.get(systemCode(error) ?? '') ?? messageOf(error);
  return new OcelliError('io', `cannot ${action} ${path}: ${reason}`, { cause: error });
}
