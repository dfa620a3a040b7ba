/** Human output: tables, bytes, counts, times. */

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** The column that is cut when the table is too wide; the first one when none says so. */
  readonly flexible?: boolean;
}

/** A table with two spaces between columns, no line wider than `width`. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const widths = columns.map((column, i) => Math.max(column.title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const flexible = Math.max(
    0,
    columns.findIndex((column) => column.flexible),
  );
  const excess = widths.reduce((sum, w) => sum + w + 2, -2) - width;
  if (excess > 0) widths[flexible] = Math.max(8, (widths[flexible] ?? 0) - excess);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const text = cut(cell, widths[i] ?? 0);
        return columns[i]?.align === 'right' ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0);
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...rows.map(line)].join('\n');
}

/** The text, its middle left out when it is longer than `width`: paths keep their beginning and their end. */
export function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  const head = Math.floor((width - 1) / 3);
  return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`;
}

/** `20.5 MB`, in powers of ten. */
export function bytes(count: number): string {
  return scaled(count, ['B', 'kB', 'MB', 'GB', 'TB']);
}

/** `5.29 M`. */
export function count(value: number): string {
  return scaled(value, ['', 'k', 'M', 'G', 'T']);
}

function scaled(value: number, units: readonly string[]): string {
  let rest = value;
  let unit = 0;
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  const digits = unit === 0 || rest >= 100 ? 0 : rest >= 10 ? 1 : 2;
  return `${rest.toFixed(digits)} ${units[unit] ?? ''}`.trimEnd();
}

/** `850 ms`, `12.3 s`, `4 min 10 s`, `2 h 5 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

/** `61.2 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
