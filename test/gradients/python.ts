/** The Python that the live tests ask: Debian's, with torch and onnx. Another may be named in OCELLI_PYTHON. */
import { execFileSync } from 'node:child_process';

export const python: string = process.env.OCELLI_PYTHON ?? '/usr/bin/python3';

/** Why Python cannot import these modules, or undefined when it can. */
export function missingModules(...modules: readonly string[]): string | undefined {
  try {
    execFileSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'pipe' });
    return undefined;
  } catch {
    return `${python} cannot import ${modules.join(', ')}`;
  }
}

/** What a script of this folder prints; its complaints are in the error it throws when it fails. */
export function runPython(script: string, ...args: readonly string[]): string {
  const path = new URL(script, import.meta.url).pathname;
  return execFileSync(python, [path, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });
}
