/** The loss of a step: the one that is asked for, with what the model itself says about its training. */
import { OcelliError } from '../base/errors.ts';
import { crossEntropy } from '../nn/losses/cross-entropy.ts';
import type { AnyModule } from '../nn/module.ts';
import type { LogitsLoss, Values } from '../nn/training-loss.ts';
import type { TrainingStepOptions } from '../program/training-graph.ts';

/**
 * What `compileTraining` and `exportTraining` take to train a model as `train` does, against the target called `target`:
 * `compileTraining(net, { ...lossOf(net), ... })`.
 *
 * @param asked of logits [N, classes] and targets; default what the model takes, for most models cross-entropy. A model with a
 *   `trainingLoss` of its own, such as one with auxiliary heads, makes it a part of that.
 */
export function lossOf(model: AnyModule, asked?: LogitsLoss): Required<Pick<TrainingStepOptions, 'features' | 'loss'>> {
  const own = model.trainingLoss();
  const base = asked ?? own?.usual ?? crossEntropy;
  if (!own) return { features: [], loss: (output, targets) => base(output, targetOf(targets)) };
  return {
    features: own.features,
    loss: (output, targets, parts) => own.loss(output, targets, { ...parts, base: (logits) => base(logits, targetOf(targets)) }),
  };
}

function targetOf(targets: Values): Values[string] {
  const { target } = targets;
  if (target) return target;
  const names = Object.keys(targets).join(', ') || 'none';
  throw new OcelliError('usage', `lossOf: the step's targets are to have one called "target", they are ${names}`);
}
