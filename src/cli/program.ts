/** The command tree: names, options and help. What a command does is in its own file, loaded when it is called. */
import { Command, type CommanderError } from 'commander';
import type { Context } from './context.ts';
import type { Outcome } from './outcome.ts';
import { choice, integer, text } from './parse.ts';
import { addExport, addGrad } from './program-onnx.ts';
import { addClassify, addEmbed, addSimilar } from './program-pictures.ts';
import { addEvaluate, addTrain } from './program-training.ts';

/** Options are written once and typed where they are used: each command file says what it takes. */
export function createProgram(context: Context, done: (outcome: Outcome) => void): Command {
  const program = new Command('ocelli');
  program
    .description('Vision models in TypeScript: classify pictures, read PyTorch checkpoints, export ONNX.')
    .option('-V, --version', 'print the version')
    .addHelpText('after', programExamples);

  addClassify(program, context, done);
  addEmbed(program, context, done);
  addSimilar(program, context, done);
  addTrain(program, context, done);
  addEvaluate(program, context, done);
  addExport(program, context, done);
  addGrad(program, context, done);
  addWeights(program, context, done);
  addModels(program, context, done);
  program
    .command('doctor')
    .description('show back ends, threads, versions and the cache folder, and what to do about each problem')
    .option('--json', 'print JSON')
    .action(async (options) => done(await (await import('./commands/doctor.ts')).doctor(options, context)));
  program
    .command('start', { hidden: true })
    .description('show what Ocelli does, or classify pictures')
    .argument('[pictures...]')
    .option('--model <name>', 'model (default: efficientnet_b0)')
    .option('--weights <weights>', 'entry, file or URL', text)
    .option('--num-classes <n>', 'classes of the weights', integer(1))
    .option('--top <k>', 'answers for each picture', integer(1), 3)
    .action(async (pictures, options) => done(await (await import('./commands/start.ts')).start(pictures, options, context)));

  for (const command of everyCommand(program)) speakThrough(command, context);
  return program;
}

function addWeights(program: Command, context: Context, done: (outcome: Outcome) => void): void {
  const weights = program.command('weights').description('look into, convert, fetch and check weights files');
  weights
    .command('inspect')
    .description('list the tensors of a checkpoint')
    .argument('<file>', '.pth, .pt, .th or .safetensors')
    .option('--json', 'print { format, tensors: [{ name, dtype, shape, sha256 }], other }')
    .action(async (file, options) => done(await (await import('./commands/weights-inspect.ts')).inspect(file, options, context)));
  weights
    .command('convert')
    .description('write a checkpoint in another format, or under other keys')
    .argument('<input>', '.pth, .pt, .th or .safetensors')
    .argument('<output>', '.pth, .pt or .safetensors')
    .option('--dtype <type>', 'float32 or float16: what floating tensors become', choice(['float32', 'float16']))
    .option('--map <rules>', 'rename and reshape by a rules file, or by a map that comes with Ocelli: timm-mobilenetv1', text)
    .addHelpText('after', convertExamples)
    .action(async (input, output, options) =>
      done(await (await import('./commands/weights-convert.ts')).convert(input, output, options, context)),
    );
  weights
    .command('download')
    .description('fetch official weights into the cache')
    .argument('<models...>', 'model names or URLs')
    .option('--weights <entry>', 'entry to fetch', 'DEFAULT')
    .option('--json', 'print [{ model, entry, path, size, cached }]')
    .action(async (models, options) =>
      done(await (await import('./commands/weights-download.ts')).downloadAll(models, options, context)),
    );
  weights
    .command('verify')
    .description('check files against the hash in their name; without files, everything in the cache')
    .argument('[files...]', 'weights files')
    .option('--json', 'print [{ file, sha256, expected, ok }]')
    .action(async (files, options) => done(await (await import('./commands/weights-verify.ts')).verify(files, options, context)));
}

function addModels(program: Command, context: Context, done: (outcome: Outcome) => void): void {
  program
    .command('models')
    .description('list models and their official weights')
    .argument('[pattern]', 'names to list, such as resnet or efficientnet_b*')
    .option('--json', 'print [{ name, family, params, weights: [{ name, default, accuracy, url }] }]')
    .action(async (pattern, options) => done(await (await import('./commands/models.ts')).models(pattern, options, context)));
  program
    .command('summary')
    .description('layers, parameters, multiply-adds and activation memory of a model')
    .requiredOption('--model <name>', 'model to describe; `ocelli models` lists them')
    .option('--num-classes <n>', "outputs of the model (default: its own, 1000 for torchvision's)", integer(1))
    .option('--in-channels <n>', "channels of the input (default: those of the model's preset)", integer(1))
    .option('--size <pixels>', "height and width of the input (default: the crop of the model's preset)", integer(1))
    .option('--json', 'print { params, multiplyAdds, activationBytes, receptiveField, layers, network }')
    .action(async (options) => done(await (await import('./commands/summary.ts')).summary(options, context)));
}

function* everyCommand(command: Command): Generator<Command> {
  yield command;
  for (const child of command.commands) yield* everyCommand(child);
}

/** Help to standard output, every complaint in one line on standard error, and no exit behind our back. */
function speakThrough(command: Command, context: Context): void {
  command
    .exitOverride((error: CommanderError) => {
      throw error;
    })
    .configureHelp({ helpWidth: context.width, sortSubcommands: false, showGlobalOptions: false, subcommandTerm })
    .configureOutput({
      writeOut: (text) => void context.io.stdout.write(text),
      writeErr: (text) => void (text.startsWith('ocelli: ') && context.io.stderr.write(text)),
      getOutHelpWidth: () => context.width,
      getErrHelpWidth: () => context.width,
      outputError: (text, write) => {
        const sentence = text
          .trim()
          .replace(/^error: /, '')
          .replace(/\s*\n\s*/g, ' ')
          .replace(/\.$/, '');
        write(`ocelli: ${sentence}; see \`${pathOf(command)} --help\`\n`);
      },
    });
}

/** A command in the list of commands: its name and arguments, which leave room to say what it does. */
function subcommandTerm(command: Command): string {
  const given = command.registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? '...' : '');
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...given].join(' ');
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

const programExamples = `
Examples:
  ocelli classify cat.jpg --model efficientnet_b0
  ocelli export --model resnet50 --weights DEFAULT -o resnet50.onnx
  ocelli weights inspect checkpoint.pth

\`ocelli COMMAND --help\` tells more. Exit status: 0 done, 1 failed, 2 wrong use.`;

const convertExamples = `
Examples:
  ocelli weights convert resnet18.pth resnet18.safetensors --dtype float16
  ocelli weights convert theirs.pth ours.safetensors --map rules.json

rules.json, where the first rule that matches a key counts:
  { "rules": [
    { "from": "backbone.stem.{rest...}", "to": "features.0.{rest...}" },
    { "from": "backbone.{i}.conv.{t}", "to": "features.{i+1}.0.{t}" },
    { "from": "fc.kernel", "to": "classifier.weight", "transpose": [1, 0] },
    { "drop": "ema.{rest...}" } ] }`;
