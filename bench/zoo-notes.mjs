/** What the table of the zoo says beside its figures: models left out, and why some are slower than the rest. */

/** Models that are not measured, each with the reason. */
export const excluded = {
  regnet_y_128gf:
    '2.6 GB of weights: each of the three rivals would hold them, and an ONNX file of more than 2 GB keeps its weights in a second one',
};

/** Why a model is beyond 1.05 of plain ONNX Runtime or beyond 1 of torch, by model. */
export const notes = {
  lenet5:
    'a run of a twentieth of a millisecond: what shows is the cost of one call, in which a program checks its inputs and wraps its outputs, ' +
    'about 0.1 ms whatever the model',
};
