/** The files under version control or about to be, and the ceilings on their length. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Source files below a folder, generated ones left out. */
export function sourceFiles(folder) {
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', folder], { encoding: 'utf8' })
    .split('\n')
    .filter((file) => /\.(ts|mjs)$/.test(file) && !file.endsWith('_pb.ts') && existsSync(file));
}

const CEILING = 400;
const isData = (file) => /\.weights\.ts$|\/categories\/|\/manifest\.ts$/.test(file);

/** Files over the ceiling, and files that do not open by saying what they are. */
export function checkFiles() {
  const problems = [];
  for (const file of ['src', 'test', 'scripts', 'bench', 'examples'].flatMap(sourceFiles)) {
    const text = readFileSync(file, 'utf8');
    const lines = text.split('\n').length - 1;
    if (lines > CEILING && !isData(file)) problems.push(`${file} has ${lines} lines, more than ${CEILING}: split it`);
    if (!file.endsWith('.test.ts') && !/^(#!.*\n)?(\/\*\*|\/\/)/.test(text))
      problems.push(`${file} does not open with a sentence that says what it is`);
  }
  return problems;
}
