"""Writes the goldens of test/gradients: for every case torch's float64 outputs and gradients.

    /usr/bin/python3 test/gradients/generate.py [folder]

The folder is test/gradients/goldens by default. A case names its inputs a, b, c, ... in its torch expression, which may
also say `torch`, `F` and `torchvision`. The gradient is that of sum(output * seed) over the floating-point outputs, the
seeds filled from [-1, 1) under "<case>/seed<output>". An array of at most 64 values is stored whole, a larger one as the
values at floor(i * size / 64), its largest magnitude and its dot product with the stream "check".
"""
import glob
import json
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
import torchvision

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from fill import fill, uniform  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
COMMAND = "/usr/bin/python3 test/gradients/generate.py"


def digits(value):
    """Twelve significant digits: far below float32 rounding, and short."""
    return float(f"{value:.12g}")


def compact(tensor):
    array = np.asarray(tensor.detach().to(torch.float64))
    flat = array.reshape(-1)
    size = flat.size
    picked = flat if size <= 64 else flat[np.arange(64) * size // 64]
    entry = {"shape": list(array.shape), "values": [digits(v) for v in picked]}
    if size > 64:
        entry["max"] = digits(np.abs(flat).max())
        entry["dot"] = digits(float(flat @ uniform("check", size)))
    return entry


def run(case):
    name = case["name"]
    inputs = []
    for i, spec in enumerate(case["inputs"]):
        value = torch.from_numpy(fill(f"{name}/{i}", spec))
        inputs.append(value.double().requires_grad_() if value.is_floating_point() else value)
    names = dict(zip("abcdefghijklmnop", inputs))
    result = eval(case["torch"], {"torch": torch, "F": F, "torchvision": torchvision, **names})
    outputs = list(result) if isinstance(result, (tuple, list)) else [result]
    golden = {"name": name, "outputs": [compact(output) for output in outputs]}
    loss = None
    for j, output in enumerate(outputs):
        if output.is_floating_point() and output.requires_grad:
            seed = torch.from_numpy(fill(f"{name}/seed{j}", {"shape": list(output.shape)})).double()
            term = (output * seed).sum()
            loss = term if loss is None else loss + term
    if loss is not None:
        wanted = [value for value in inputs if value.requires_grad]
        found = dict(zip(map(id, wanted), torch.autograd.grad(loss, wanted, allow_unused=True)))
        golden["gradients"] = [
            compact(torch.zeros_like(value) if found[id(value)] is None else found[id(value)]) if value.requires_grad else None
            for value in inputs
        ]
    return golden


def main():
    target = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "goldens")
    for path in sorted(glob.glob(os.path.join(HERE, "cases", "*.json"))):
        with open(path) as file:
            cases = json.load(file)
        lines = ",\n".join(json.dumps(run(case)) for case in cases)
        with open(os.path.join(target, os.path.basename(path)), "w") as file:
            file.write(f'{{"command": "{COMMAND}", "torch": "{torch.__version__}", "cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
