/** What a command ends with: a status, or a message made one line. */

/** A command's own exit status when it ran to its end: 0, or 1 when a part of its work failed. */
export type Outcome = 0 | 1;

/** A command was stopped and can be taken up again; the message says how. */
export class Stopped extends Error {}

/** A message as one line. */
export function oneLine(text: string): string {
  return visible(text.trim().replace(/\s*\n\s*/g, '; '));
}

/** A name as a terminal may show it: control characters, which file names may hold, become `?`. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}
