/** The restricted unpickler: runs the opcodes of a stream; no code of the file's choosing is ever run. */
import { Machine, type PickleHost } from './machine.ts';
import { opcodes } from './opcodes.ts';
import { type PickleReader, Underrun } from './reader.ts';
import type { PyValue } from './values.ts';

/**
 * Reads one pickle, from the reader's position to its STOP.
 * @throws format when it is damaged or beyond the limits
 * @throws unsupported when it names a global that is not allowed
 */
export async function unpickle(reader: PickleReader, host: PickleHost): Promise<PyValue> {
  const machine = new Machine(reader, host);
  while (machine.result === undefined) {
    const at = reader.position;
    try {
      machine.tick();
      const code = reader.uint8();
      const run = opcodes.get(code);
      if (run === undefined) throw reader.error(`unknown opcode 0x${code.toString(16).padStart(2, '0')}`);
      run(machine);
    } catch (error) {
      if (!(error instanceof Underrun)) throw error;
      await reader.refill(at, error.end);
    }
  }
  return machine.result.value;
}
