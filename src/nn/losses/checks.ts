/** What losses check of their operands. */
import { OcelliError } from '../../base/errors.ts';
import { describeType, sameType, type Value } from '../../compiler/ir/graph.ts';

/** @throws shape when the two are not of one type */
export function checkAlike(loss: string, what: string, output: Value, target: Value): void {
  if (sameType(output.type, target.type)) return;
  throw new OcelliError(
    'shape',
    `${loss}: takes ${what} and targets of one type, ${describeType(output.type)} and ${describeType(target.type)} came`,
  );
}
