"""Five steps of LeNet-5 on four pictures each in torch, in float32 and in float64, each going on from its own state.

Recorded by `/usr/bin/python3 test/parity/lenet_steps.py` into test/parity/goldens/steps/lenet5.json: which pictures, and torch's
float32-float64 gap, norm and a few samples of every loss and of weights and momentum after the last step. Pictures are the first ones
whose steps have no input of ReLU or max pooling within rounding of its kink, so that nothing is left to chance. torch 1.13.1.
"""
import copy
import itertools
import json
import pathlib

import torch

import decisions
from fill import pictures, uniform
from models import build
from training import LOSSES, first_state, gap_of, row, take_step

NAME, BATCH, STEPS, CLASSES = "lenet5", 4, 5, 10
FILE = pathlib.Path(__file__).parent / "goldens" / "steps" / f"{NAME}.json"


def batch(draw, step):
    x = torch.from_numpy(pictures(f"input:{draw}:{step}", (BATCH, 1, 28, 28)))
    return x, torch.from_numpy((uniform(f"target:{draw}:{step}", BATCH) * CLASSES).astype("int64"))


def run(draw):
    """{name: (float64 values, gap)}, or nothing where a kink is undecided."""
    model = build(NAME)
    states = [(m, first_state(NAME)) for m in (model, copy.deepcopy(model).double())]
    results = {}
    for step in range(STEPS):
        recorded, undecided = [], []
        after = []
        for patch, (m, state) in zip((decisions.recording(recorded), decisions.following(recorded, undecided, [])), states):
            with patch:
                after.append(take_step(m, state, batch(draw, step)))
        if any(len(positions) for positions, _ in undecided):
            return None
        single, double = after
        results[f"loss:{step + 1}"] = double["loss"], gap_of(single[LOSSES].double(), double[LOSSES])
        states = [(m, {k[5:]: v for k, v in a.items() if k.startswith("next:")}) for (m, _), a in zip(states, after)]
    (_, single), (_, double) = states
    return results | {key: (value, gap_of(single[key].double(), value)) for key, value in double.items()}


if __name__ == "__main__":
    draw, results = next((draw, results) for draw in itertools.count() if (results := run(draw)))
    rows = (f"{json.dumps(key)}: {json.dumps(row(*result, 2), separators=(',', ':'))}" for key, result in results.items())
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(f'{{\n"draw": {draw},\n"tensors": {{\n' + ",\n".join(rows) + "\n}\n}\n")
    print(f"draw {draw}, losses", *(f"{results[f'loss:{step + 1}'][0].item():.4f}" for step in range(STEPS)))
