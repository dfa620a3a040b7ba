/** Checks every import of src/ against the house's layers, and that there are no import cycles. */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { sourceFiles } from './files.mjs';
import { fenced, layers, typesOnly } from './import-rules.mjs';

// The code is formatted, so imports have one shape; the parsers that are fast read no TypeScript, the compiler has no API.
const IMPORT =
  /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)';?|\bimport\(\s*(?:\/\*.*?\*\/\s*)?'([^']+)'\s*\)/gms;

const inside = (path, place) => path === place || path.startsWith(`${place}/`);
const placeOf = (file) =>
  Object.keys(layers)
    .filter((place) => inside(file, place))
    .sort((a, b) => b.length - a.length)[0];

function importsOf(file) {
  const text = readFileSync(file, 'utf8').replace(/^\s*\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return [...text.matchAll(IMPORT)].map((match) => ({
    typeOnly: match[1] !== undefined || /^\s*(?:import|export)\s+\{\s*type\s[^,}]*\}\s+from/.test(match[0]),
    specifier: match[2] ?? match[3],
    lazy: match[3] !== undefined,
  }));
}

function ruleBroken(file, target, typeOnly) {
  const [from, to] = [placeOf(file), placeOf(target)];
  if (!from || !to) return `${file}: its folder is not in scripts/check/import-rules.mjs`;
  if (from === to || inside(target, 'src/base')) return undefined;
  // A folder that holds layers of its own (src/compiler) is also named whole.
  if (!layers[from].some((place) => inside(target, place))) return `${file} imports ${target}: ${from} may not import ${to}`;
  if (!typeOnly && (typesOnly[from] ?? []).some((place) => inside(target, place))) {
    return `${file} imports ${target}: of ${to} it may import types only`;
  }
  return undefined;
}

function findCycles(edges) {
  const cycles = [];
  const state = new Map();
  const path = [];
  const visit = (file) => {
    state.set(file, 'open');
    path.push(file);
    for (const next of edges.get(file) ?? []) {
      if (state.get(next) === 'open') cycles.push([...path.slice(path.indexOf(next)), next].join(' -> '));
      else if (!state.has(next)) visit(next);
    }
    path.pop();
    state.set(file, 'done');
  };
  for (const file of edges.keys()) if (!state.has(file)) visit(file);
  return cycles;
}

/** The broken rules, one sentence each. */
export function checkImports() {
  const problems = [];
  const edges = new Map();
  for (const file of sourceFiles('src').filter((name) => !name.endsWith('.test.ts'))) {
    const targets = [];
    for (const { specifier, typeOnly, lazy } of importsOf(file)) {
      if (specifier.startsWith('.')) {
        const target = normalize(join(dirname(file), specifier));
        if (!lazy) targets.push(target);
        const problem = ruleBroken(file, target, typeOnly);
        if (problem) problems.push(problem);
      }
      for (const fence of fenced) {
        if (fence.package.test(specifier) && !fence.allowed.some((prefix) => file.startsWith(prefix))) {
          problems.push(`${file} imports ${specifier}: only ${fence.allowed.join(', ')} may`);
        }
      }
    }
    edges.set(file, targets);
  }
  return [...problems, ...findCycles(edges).map((cycle) => `import cycle: ${cycle}`)];
}
