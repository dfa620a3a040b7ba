/** The commands that look at pictures with a model: `ocelli classify`, `ocelli embed` and `ocelli similar`. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Context } from './context.ts';
import type { Outcome } from './outcome.ts';
import { choice, integer, nonZeroPerChannel, perChannel, text } from './parse.ts';

const interpolationModes = ['nearest', 'box', 'bilinear', 'hamming', 'bicubic', 'lanczos'] as const;

export function addClassify(program: Command, context: Context, done: (outcome: Outcome) => void): void {
  const command = program
    .command('classify')
    .description('say what is in pictures')
    .argument('<pictures...>', 'files, folders, globs, URLs, or - for standard input');
  withModel(command)
    .option('--labels <file>', 'names of the classes, one a line')
    .option('--top <k>', 'answers for each picture', integer(1), 5)
    .option('--json', 'print a JSON array of { file, top: [{ index, label, score, logit }] }')
    .addHelpText('after', classifyExamples)
    .action(async (pictures, options) =>
      done(await (await import('./commands/classify.ts')).classify(pictures, options, context)),
    );
}

export function addEmbed(program: Command, context: Context, done: (outcome: Outcome) => void): void {
  const command = program
    .command('embed')
    .description('write the vectors that a model makes of pictures, for searching and comparing')
    .argument('<pictures...>', 'files, folders, globs, URLs, or - for standard input')
    .option('-o, --output <file>', 'file to write, FILE.safetensors', text);
  withModel(command)
    .option('--json', 'print a JSON array of { file, embedding }')
    .addHelpText('after', embedExamples)
    .action(async (pictures, options) => done(await (await import('./commands/embed.ts')).embed(pictures, options, context)));
}

export function addSimilar(program: Command, context: Context, done: (outcome: Outcome) => void): void {
  const command = program
    .command('similar')
    .description('find the pictures that are most like another')
    .argument('<picture>', 'file, URL, or - for standard input')
    .argument('<among...>', 'files, folders, globs, or one FILE.safetensors that `ocelli embed` wrote')
    .option('--top <k>', 'how many to find', integer(1), 10)
    .option('--page <file>', 'write a page with the pictures, FILE.html', text);
  withModel(command)
    .option('--json', 'print { file, nearest: [{ file, cosine }], failed }')
    .addHelpText('after', similarExamples)
    .action(async (picture, among, options) =>
      done(await (await import('./commands/similar.ts')).similar(picture, among, options, context)),
    );
}

/** Which model, how many pictures at a time, and how they are prepared. */
function withModel(command: Command): Command {
  return command
    .option('--model <name>', 'model to use; `ocelli models` lists them', text)
    .option('--run <folder>', 'the model that `ocelli train` left in a folder, with its class names and preprocessing', text)
    .option('--weights <weights>', 'entry such as IMAGENET1K_V1, file, URL, or none for untrained (default: DEFAULT)', text)
    .option('--num-classes <n>', "classes of the weights file (default: the model's, 1000 for torchvision's)", integer(1))
    .option('--batch <n>', 'pictures that run at a time', integer(1), 8)
    .option('--resize <pixels>', 'short side after resizing', integer(1))
    .option('--crop <pixels>', 'side of the centre crop', integer(1))
    .option('--interpolation <mode>', interpolationModes.join(', '), choice(interpolationModes))
    .option('--mean <a,b,c>', 'subtracted from each channel, in the order of --channels', perChannel)
    .option('--std <a,b,c>', 'each channel is divided by it, in the order of --channels', nonZeroPerChannel)
    .option('--range <top>', '1: values become 0..1 before --mean; 255: they stay 0..255', rangeTop)
    .option('--channels <order>', 'rgb, bgr or gray', choice(['rgb', 'bgr', 'gray']));
}

function rangeTop(given: string): 1 | 255 {
  if (given === '1') return 1;
  if (given === '255') return 255;
  throw new InvalidArgumentError('It must be 1 or 255.');
}

const classifyExamples = `
Examples:
  ocelli classify cat.jpg photos/ --model efficientnet_b0
  ocelli classify "shots/**/*.png" --model resnet50 --json
  curl -s https://example.org/cat.jpg | ocelli classify - --model mobilenet_v2
  ocelli classify x.jpg --model resnet18 --weights mine.pth --num-classes 10
  ocelli classify x.jpg --run runs/flowers

Preprocessing comes with the weights entry; a file gets the model's default one.
Each part can be set by its option.`;

const embedExamples = `
Examples:
  ocelli embed photos/ --model efficientnet_b0 -o photos.safetensors
  ocelli embed photos/ --run runs/flowers -o photos.safetensors

FILE.safetensors holds \`embeddings\` [N, D], float32; its metadata names the
pictures and the model. Preprocessing is as for classify.`;

const similarExamples = `
Examples:
  ocelli similar cat.jpg photos/ --model efficientnet_b0 --page like-cat.html
  ocelli similar cat.jpg photos.safetensors

Pictures are compared by the cosine of their embeddings. A file of embeddings
says itself which model made them.`;
