/**
 * Lets the package's users see every operator: `node scripts/declare-operators.mjs DIST` after the compiler.
 *
 * Each operator's file adds its name to `OpAttrs` of ir/graph.ts. The compiler leaves imports that serve values alone out
 * of declaration files, and so nothing would lead a user's compiler to those additions; here ir/graph.d.ts comes to import
 * them all.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MARK = '// The operators, each of which adds itself to OpAttrs.\n';

/** Writes the imports into the declarations of a built package. */
export function declareOperators(dist) {
  const ops = join(dist, 'compiler/ops');
  const files = readdirSync(ops).filter(
    (file) => file.endsWith('.d.ts') && readFileSync(join(ops, file), 'utf8').includes("declare module '../ir/graph.ts'"),
  );
  if (files.length === 0) throw new Error(`no operator is declared in ${ops}`);
  const target = join(dist, 'compiler/ir/graph.d.ts');
  const text = readFileSync(target, 'utf8').split(MARK)[0];
  const imports = files.map((file) => `import '../ops/${file.replace(/\.d\.ts$/, '.ts')}';\n`);
  writeFileSync(target, `${text}${MARK}${imports.join('')}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) declareOperators(process.argv[2]);
