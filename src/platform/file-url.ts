/** Paths in `file:` addresses. */
import { OcelliError } from '../base/errors.ts';

/**
 * The path that a `file:` address stands for: `file:///tmp/a%20b.jpg` gives `/tmp/a b.jpg`, `file:///C:/a.jpg` gives `C:/a.jpg`.
 * @throws usage for an address of another machine or with broken percent signs
 */
export function pathOfFileUrl(url: URL): string {
  try {
    const path = decodeURIComponent(url.pathname);
    if (url.host === '') return /^\/[A-Za-z]:\//.test(path) ? path.slice(1) : path;
  } catch {
    // Broken percent signs; said below.
  }
  throw new OcelliError(
    'usage',
    `"${url.href}" is no address of a file of this machine: give a path, or one like file:///folder/file`,
  );
}
