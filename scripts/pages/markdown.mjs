/** Markdown tables. */

/** A table; columns are `title`, or `{ title, right: true }` for numbers. */
export function table(columns, rows) {
  const titles = columns.map((column) => column.title ?? column);
  const rule = columns.map((column) => (column.right ? '--:' : '---'));
  return [titles, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export const right = (title) => ({ title, right: true });
export const code = (text) => `\`${text}\``;
