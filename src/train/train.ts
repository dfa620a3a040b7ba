/** Training: a model, data and settings in, events out while it goes on. Killed and resumed, it ends with the same bits. */
import { OcelliError, throwIfAborted } from '../base/errors.ts';
import type { TrainEvent } from './events.ts';
import { settingsOf, type Trainable, type TrainOptions } from './options.ts';
import { Run } from './run/run.ts';

/**
 * Trains a model, starting from its own values or, with `resume`, where the folder's checkpoint is. Every event is a plain
 * object; leaving the loop stops the run after its step, with a checkpoint. At the end the model holds the trained values.
 *
 * The same model, data, options and seed give the same weights to the last bit on one machine, also through a stop and a
 * resume.
 *
 * @throws usage for options that make no sense, or a checkpoint of another training
 * @throws shape when model, data and loss do not fit
 * @throws runtime when the loss becomes NaN or infinite
 * @throws io when the folder cannot be written; checkpoints that were there stay
 * @throws aborted after the signal fired
 *
 * @example
 * for await (const event of train(net, { runtime, platform, data, epochs: 5, optimizer: sgd({ momentum: 0.9 }), learningRate: 0.1 })) {
 *   if (event.type === 'epoch') console.log(event.epoch, event.validation?.top1);
 * }
 */
export async function* train(model: Trainable, options: TrainOptions): AsyncGenerator<TrainEvent, void, undefined> {
  const settings = settingsOf(model, options);
  throwIfAborted(settings.signal, 'training');
  const run = await Run.start(model, settings);
  let failed = false;
  try {
    yield* run.events();
  } catch (error) {
    failed = !(error instanceof OcelliError && error.code === 'aborted');
    throw error;
  } finally {
    // A run that failed keeps the checkpoint it has: its state may be what failed.
    try {
      if (!failed) await run.save();
    } finally {
      await run.dispose();
    }
  }
}
