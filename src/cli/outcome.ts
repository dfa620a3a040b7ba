/** What a command ends with: a status, or a message made one line. */

/** A command's own exit status when it ran to its end: 0, or 1 when a part of its work failed. */
export type Outcome = 0 | 1;

/** A message as one line. */
export function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, '; ');
}
