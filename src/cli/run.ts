/** Runs one command line and gives its exit status: 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C. */
import { CommanderError } from 'commander';
import { isOcelliError, messageOf } from '../base/errors.ts';
import { createContext, type Io } from './context.ts';
import { type Outcome, oneLine, Stopped } from './outcome.ts';
import { createProgram } from './program.ts';

/** Characters of the longest message that is printed whole. */
const LONGEST = 1000;

/**
 * @param argv the arguments after `ocelli`
 * @returns the exit status; errors are told in one line on standard error
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const context = createContext(io);
  let outcome: Outcome = 0;
  const program = createProgram(context, (result) => {
    outcome = result;
  });
  try {
    if (argv[0] === '-V' || argv[0] === '--version') {
      const { readVersion } = await import('./package-files.ts');
      context.print(await readVersion());
    } else await program.parseAsync(argv.length > 0 ? argv : ['--help'], { from: 'user' });
    return outcome;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander answers a group without a command with its whole help; one line is enough.
      const group = argv[0] === 'help' ? '' : `${argv.join(' ')} `;
      if (error.code === 'commander.help' && error.exitCode !== 0) {
        context.note(`ocelli: name a command; see \`ocelli ${group}--help\``);
      }
      return error.exitCode === 0 ? 0 : 2;
    }
    if (io.signal.aborted || (isOcelliError(error) && error.code === 'aborted')) {
      context.note(`ocelli: ${error instanceof Stopped ? oneLine(error.message) : 'stopped'}`);
      return 130;
    }
    context.note(`ocelli: ${shortened(oneLine(explained(error)))}`);
    if (io.env.OCELLI_DEBUG && error instanceof Error) context.note(error.stack ?? '');
    return isOcelliError(error) && error.code === 'usage' ? 2 : 1;
  }
}

/** A state dict that does not fit at all makes a message of many thousand characters; its beginning tells enough. */
function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}... (${text.length - LONGEST} characters more)`;
}

/** Arrays that are too long for the machine are a matter of sizes asked for. */
function explained(error: unknown): string {
  const message = messageOf(error);
  const tooLong = error instanceof RangeError && /array (buffer|length)|allocation/i.test(message);
  return tooLong ? `there is not enough memory for sizes like these; make them smaller (${message})` : message;
}
