"""Mixed batches for the live comparison: python3 augment_mix.py CASES_FILE FLOATS_FILE

Batches are filled by randomUniform of src/base/random.ts and mixed with torch, by the formulas of torchvision's MixUp and
CutMix; batches and targets go to FLOATS_FILE one after the other. Prints the number of cases.
"""

import json
import math
import os
import sys

import numpy as np
import torch

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from augment_cases import random_bits  # noqa: E402


def blend(values, share):
    return values.roll(1, 0) * (1 - share) + values * share


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    with open(sys.argv[2], "wb") as file:
        for case in cases:
            filled = (random_bits(case["key"], math.prod(case["shape"])) >> 8).astype(np.float32) * np.float32(2**-24)
            batch = torch.from_numpy(filled).reshape(case["shape"])
            share = case["share"]
            if case["kind"] == "mixup":
                batch = blend(batch, share)
            else:
                left, top, right, bottom = case["box"]
                height, width = case["shape"][2:]
                before = batch.roll(1, 0)
                batch[:, :, top:bottom, left:right] = before[:, :, top:bottom, left:right]
                share = 1 - (right - left) * (bottom - top) / (width * height)
            targets = blend(torch.nn.functional.one_hot(torch.tensor(case["labels"]), case["classes"]).float(), share)
            file.write(batch.numpy().tobytes() + targets.numpy().tobytes())
    print(len(cases))


main()
