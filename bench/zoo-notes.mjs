/** What the table of the zoo says beside its figures: models left out, and why some are slower than the rest. */

/** Models that are not measured, each with the reason. */
export const excluded = {
  regnet_y_128gf:
    '2.6 GB of weights: each of the three rivals would hold them, and an ONNX file of more than 2 GB keeps its weights in a second one',
};

/** Why a model is beyond 1.05 of plain ONNX Runtime or beyond 1 of torch, by model. */
export const notes = {
  lenet5:
    'about 0.02 ms more than plain, in which a program checks its inputs and wraps its outputs: visible only because a run takes less than ' +
    'a tenth of a millisecond',
  efficientnet_mini: '0.03 ms more than plain, as with `lenet5`',
  shufflenet_v2_x0_5: '0.08 ms more than plain in this run, 0.06 ms and a ratio of 1.04 in another',
};
