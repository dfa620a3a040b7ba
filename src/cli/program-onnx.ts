/** The commands that write ONNX files: `ocelli export` and `ocelli grad`. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Context } from './context.ts';
import type { Outcome } from './outcome.ts';
import { choice, choices, integer, number, text } from './parse.ts';
import { optimizerNames } from './training/recipe.ts';

const dynamicAxes = ['batch', 'height', 'width'] as const;

export function addExport(program: Command, context: Context, done: (outcome: Outcome) => void): void {
  program
    .command('export')
    .description('write a model as ONNX: input "input" float32 [N, C, H, W], output "logits"')
    .requiredOption('--model <name>', 'model to write; `ocelli models` lists them')
    .requiredOption('-o, --output <file>', 'file to write, FILE.onnx')
    .option('--weights <weights>', 'entry such as DEFAULT, file or URL (default: none, untrained)', text)
    .option('--num-classes <n>', "outputs of the model (default: its own, 1000 for torchvision's)", integer(1))
    .option('--in-channels <n>', "channels of the input (default: those of the model's preset)", integer(1))
    .option('--size <pixels>', "height and width (default: the crop of the model's preset)", integer(1))
    .option('--batch <n>', 'pictures in a batch, when it is not dynamic (default: 1; 32 with --train)', integer(1))
    .option('--dynamic <axes>', 'axes left open: batch, height, width, with commas between them', choices(dynamicAxes))
    .option('--preprocess', 'take pictures, uint8 [N, H, W, 3] of any size: resize, crop and normalize are baked in')
    .option('--portable', "only operators of the ONNX standard, none of ONNX Runtime's own")
    .option('--train', 'write a training step, with FILE.json that describes it and FILE.safetensors to start from')
    .option('--finetune', 'of --train: give the weights a new head for --num-classes')
    .option('--optimizer <name>', `of --train: ${optimizerNames.join(', ')} (default: sgd)`, choice(optimizerNames))
    .option('--momentum <m>', 'of --train (default: 0.9)', number(0))
    .option('--weight-decay <w>', 'of --train, on weights alone (default: 0.0001)', number(0))
    .option('--decay-norms', 'of --train: decay norms and biases too')
    .option('--label-smoothing <s>', 'of --train (default: 0)', number(0))
    .addHelpText('after', exportExamples)
    .action(async (options) => done(await (await import('./commands/export.ts')).exportModel(options, context)));
}

export function addGrad(program: Command, context: Context, done: (outcome: Outcome) => void): void {
  program
    .command('grad')
    .description('add gradients to an ONNX model made elsewhere: outputs "grad:NAME"')
    .argument('<model>', 'ONNX file of opset 7 to 25')
    .requiredOption('--wrt <names>', 'inputs, weights or other values to differentiate by, with commas between them', names)
    .requiredOption('-o, --output <file>', 'file to write, FILE.onnx')
    .option('--of <output[:class]>', 'what to differentiate (default: the first output, all its elements added up)', text)
    .option('--seed', 'weigh the elements by an input "seed:NAME" of the output\'s type')
    .option('--expose <names>', 'values of the model that become outputs too, with commas between them', names)
    .option('--dim <name=size>', 'give an open dim a size; may be repeated', sized)
    .option('--portable', "only operators of the ONNX standard, none of ONNX Runtime's own")
    .addHelpText('after', gradExamples)
    .action(async (model, options) => done(await (await import('./commands/grad.ts')).addGradients(model, options, context)));
}

/** Names with commas between them. */
function names(given: string): readonly string[] {
  const list = given.split(',').map((name) => name.trim());
  if (list.includes('')) throw new InvalidArgumentError('It must be names with commas between them.');
  return list;
}

/** One more size of a dim. */
function sized(given: string, sizes: Readonly<Record<string, number>> | undefined): Readonly<Record<string, number>> {
  const at = given.lastIndexOf('=');
  const size = given.slice(at + 1);
  if (at < 1 || !/^\d+$/.test(size)) throw new InvalidArgumentError('It must be like batch=1.');
  return { ...sizes, [given.slice(0, at)]: Number(size) };
}

const exportExamples = `
Examples:
  ocelli export --model efficientnet_b0 --weights DEFAULT -o b0.onnx
  ocelli export --model resnet18 --weights mine.pth --num-classes 10 \\
    --dynamic batch,height,width --portable -o mine.onnx
  ocelli export --model resnet50 --weights DEFAULT --preprocess -o photos.onnx
  ocelli export --model lenet5 --train --batch 32 -o step.onnx`;

const gradExamples = `
Examples:
  ocelli grad resnet.onnx --wrt input --of logits:top -o saliency.onnx
  ocelli grad net.onnx --wrt input,conv1.weight --of logits:281 -o grad.onnx
  ocelli grad net.onnx --wrt features --expose features --of logits:class \\
    --dim batch=1 -o grad-cam.onnx

--of NAME:281 takes one class, NAME:top each picture's likeliest, NAME:class the
one fed as "class:NAME".`;
