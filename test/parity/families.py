"""One training step of a model of each family in torch for the live test, in float32 and float64 (steps.py).

{"family": name} takes the step of that line of families.json, and gives the state before it under `state:<name>` and the inputs whose
sides at kinks are undecided; then {"sides": [[...], ...]} says which sides Ocelli's step took there and gets what a float64 step that
takes the same ones makes of the same state, with torch's float32-float64 gaps.
"""
import json
import pathlib

import torch

from fill import pictures
from live import serve
from models import apply_ranges, build, ranges_on
from steps import TREMBLES, Run, Step, cross_entropy
from training import batch_of, without_chance

FAMILIES = json.loads((pathlib.Path(__file__).parent / "families.json").read_text())
SGD = (torch.optim.SGD, dict(lr=0.01, weight_decay=1e-4), {})
# Outputs of the hidden layers of heads that are made narrow.
NARROW = 64
# The weights of the auxiliary heads' losses, in the order in which the model gives their logits.
AUXILIARY = {"GoogLeNetOutputs": (0.3, 0.3), "InceptionOutputs": (0.4,)}


def built(name):
    """The model, without chance."""
    model = without_chance(build(name))
    if FAMILIES[name].get("narrow"):
        linear = [path for path, m in model.named_modules() if isinstance(m, torch.nn.Linear)]
        width = model.get_submodule(linear[0]).in_features
        for path in linear:
            parent, _, field = path.rpartition(".")
            old = model.get_submodule(path)
            outputs = old.out_features if path == linear[-1] else NARROW
            setattr(model.get_submodule(parent), field, torch.nn.Linear(width, outputs))
            width = outputs
    return model


def alive(name, shape):
    """The model with ranges found in training, so that auxiliary heads run; what the search does not know gets modest ones."""
    model = built(name)
    modest = {key: [0.5, 1.1] if value.dim() == 1 and key.endswith("weight") else [-0.05, 0.05]
              for key, value in model.state_dict().items()}
    return apply_ranges(model, {**modest, **ranges_on(built(name).train(), pictures("input", shape))})


def losses_of(output, y):
    """The losses of single pictures: of the logits, and weighted of those of auxiliary heads."""
    if isinstance(output, torch.Tensor):
        return cross_entropy(output, y)
    weights = AUXILIARY[type(output).__name__]
    return cross_entropy(output[0], y) + sum(weight * cross_entropy(logits, y) for weight, logits in zip(weights, output[1:]))


step = None


def answer(request):
    global step
    if "family" in request:
        name = request["family"]
        family = FAMILIES[name]
        shape = family["input"]
        model = alive(name, shape)
        state = {key: value.clone() for key, value in model.state_dict().items()}
        single, double = (Run(model, SGD, dtype, losses_of) for dtype in (torch.float32, torch.float64))
        data = batch_of(name, shape, family.get("classes", 1000))
        step = Step(single, double, state, data, name, family.get("trembles", TREMBLES))
        for key, value in state.items():
            yield {"name": f"state:{key}"}, value
        yield from step.kinks()
    else:
        differ, results = step.deciding(request["sides"])
        yield {"name": "differ"}, torch.tensor(differ)
        yield from step.described(results)


if __name__ == "__main__":
    serve(answer)
