/** Files that are dropped on an element or chosen with a button. */

/** A file's bytes, or why there are none. */
export type Given = { readonly file: string; readonly bytes: ArrayBuffer } | { readonly file: string; readonly reason: string };

async function read(file: File): Promise<Given> {
  try {
    return { file: file.name, bytes: await file.arrayBuffer() };
  } catch {
    return { file: file.name, reason: `${file.name}: it cannot be read; of a folder, drop the pictures in it` };
  }
}

/** Calls `take` with each file that is dropped on `target` or chosen with `input`. */
export function takeFiles(target: HTMLElement, input: HTMLInputElement, take: (given: Given) => void): void {
  const each = async (files: Iterable<File>): Promise<void> => {
    for (const file of [...files]) take(await read(file));
  };
  let inside = 0;
  const mark = (change: number): void => {
    inside = Math.max(0, inside + change);
    target.classList.toggle('over', inside > 0);
  };
  target.addEventListener('dragenter', () => mark(1));
  target.addEventListener('dragleave', () => mark(-1));
  target.addEventListener('drop', (event) => {
    mark(-inside);
    void each(event.dataTransfer?.files ?? []);
  });
  input.addEventListener('change', () => {
    void each(input.files ?? []);
    // So that the same file can be chosen again.
    input.value = '';
  });
}

/** Files dropped beside a box must not replace the page. */
export function keepPage(): void {
  for (const type of ['dragover', 'drop']) document.addEventListener(type, (event) => event.preventDefault());
}
