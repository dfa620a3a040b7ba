/** The commands that train: `ocelli train` and `ocelli evaluate`. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Context } from './context.ts';
import type { Outcome } from './outcome.ts';
import { choice, integer, number, text } from './parse.ts';
import { augmentNames, defaults, optimizerNames, scheduleNames } from './training/recipe.ts';

/** Numbers with commas between them. */
function numbers(given: string): readonly number[] {
  const values = given.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (!values.every(Number.isFinite)) throw new InvalidArgumentError('It must be numbers with commas between them.');
  return values;
}

/** JSON, such as a list of transforms. */
function json(given: string): unknown {
  try {
    return JSON.parse(given) as unknown;
  } catch {
    throw new InvalidArgumentError('It must be JSON.');
  }
}

/** What says which data, in training and evaluation alike. */
function withData(command: Command): Command {
  return command
    .option('--data <data>', 'shapes, mnist, fashion-mnist, cifar10, cifar100, a folder of class folders, or a tar of one', text)
    .option('--data-folder <folder>', "where a named set's files are (default: they are downloaded)", text)
    .option('--model <name>', 'model; `ocelli models` lists them', text)
    .option('--size <pixels>', "height and width for the network (default: the weights', else the data's)", integer(1))
    .option('--mean <numbers>', 'subtracted from each channel (default: the weights’, else 0.5)', numbers)
    .option('--std <numbers>', 'each channel is divided by it (default: the weights’, else 0.25)', numbers)
    .option('--evaluation-transforms <json>', 'a list of transforms in place of resize and centre crop', json)
    .option('--seed <n>', `key of all chance (default: ${defaults.seed})`, integer(0));
}

export function addTrain(program: Command, context: Context, done: (outcome: Outcome) => void): void {
  withData(program.command('train'))
    .description('train or fine-tune a model; everything goes to a folder, from which it can be resumed')
    .requiredOption('-o, --output <folder>', 'folder for checkpoints, weights, log and report', text)
    .option('--config <file>', 'JSON with any of these settings, in camelCase; flags come first', text)
    .option('--resume [which]', 'go on from the latest or the previous checkpoint', choice(['latest', 'previous']))
    .option('--weights <weights>', 'start from an entry such as DEFAULT, a file or a URL (default: none)', text)
    .option('--finetune', "give the model a new head for the data's classes")
    .option('--freeze-epochs <n>', 'train the head alone for so many epochs first', integer(0))
    .option('--validation <part>', `share held back, test, a folder, or 0 for none (default: ${defaults.validation})`, text)
    .option('--epochs <n>', `(default: ${defaults.epochs})`, integer(1))
    .option('--batch <n>', `pictures in a step (default: ${defaults.batch})`, integer(1))
    .option('--augment <how>', `${augmentNames.join(', ')} (default: ${defaults.augment})`, choice(augmentNames))
    .option('--transforms <json>', 'a list of transforms in place of --augment', json)
    .option('--erasing <p>', 'probability of erasing a part of a picture', number(0))
    .option('--mix <json>', `mixing of batches, such as '[{"kind":"mixup","alpha":0.2}]'`, json)
    .option('--optimizer <name>', `${optimizerNames.join(', ')} (default: ${defaults.optimizer})`, choice(optimizerNames))
    .option('--lr <rate>', 'highest learning rate (default: the optimizer’s usual one)', number(0))
    .option('--momentum <m>', `(default: ${defaults.momentum})`, number(0))
    .option('--weight-decay <w>', `(default: ${defaults.weightDecay})`, number(0))
    .option('--decay-norms', 'decay norms and biases too')
    .option('--layer-decay <f>', 'learning rates shrink by this factor a layer, towards the input', number(0))
    .option('--schedule <name>', `${scheduleNames.join(', ')} (default: ${defaults.schedule})`, choice(scheduleNames))
    .option('--warmup <epochs>', `of rising learning rate (default: ${defaults.warmup})`, number(0))
    .option('--label-smoothing <s>', `(default: ${defaults.labelSmoothing})`, number(0))
    .option('--dropout <p>', "of models that have it (default: the model's)", number(0))
    .option('--stochastic-depth <p>', "of models that have it (default: the model's)", number(0))
    .option('--ema <decay>', 'average the weights; validation and result take the averages', number(0))
    .option('--clip <norm>', 'scale gradients down to this norm', number(0))
    .option('--accumulate <n>', `steps that make one update (default: ${defaults.accumulate})`, integer(1))
    .option('--recompute', 'compute activations twice instead of keeping them: less memory, more time')
    .option('--patience <epochs>', 'stop when validation has not got better for so long', integer(1))
    .option('--checkpoint-seconds <s>', `between checkpoints inside an epoch (default: ${defaults.checkpointSeconds})`, number(0))
    .option('--workers <n>', `threads that make batches (default: ${defaults.workers})`, integer(0))
    .addHelpText('after', trainExamples)
    .action(async (options) => done(await (await import('./commands/train.ts')).trainModel(options, context)));
}

export function addEvaluate(program: Command, context: Context, done: (outcome: Outcome) => void): void {
  withData(program.command('evaluate'))
    .description('top-1, top-5, classes and confusions of a model on labelled pictures')
    .argument('[run]', 'folder of a training, whose best weights and settings are taken')
    .option('--weights <weights>', 'entry, file or URL (default: DEFAULT, or those of the run)', text)
    .option('--split <part>', 'train or test', choice(['train', 'test']), 'test')
    .option('--report <file>', 'write a page with confusions and the worst mistakes, FILE.html', text)
    .option('--json', 'print { count, loss, top1, top5, perClass, confusion }')
    .addHelpText('after', evaluateExamples)
    .action(async (run, options) => done(await (await import('./commands/evaluate.ts')).evaluateModel(run, options, context)));
}

const trainExamples = `
Examples:
  ocelli train --data shapes --model lenet5 --size 28 -o runs/first
  ocelli train --data flowers/ --model efficientnet_b0 --weights DEFAULT \\
    --finetune --freeze-epochs 2 --epochs 10 -o runs/flowers
  ocelli train -o runs/flowers --resume`;

const evaluateExamples = `
Examples:
  ocelli evaluate runs/flowers --report mistakes.html
  ocelli evaluate --data cifar10 --model resnet18 --weights mine.pth`;
