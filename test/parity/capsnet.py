"""Answers requests of capsnet.live.test.ts, one JSON line each, as live.py does: capsules of other sizes than the goldens', and a step.

{"routing": [I, A, J, B], "pictures": n, "iterations": r} gives class capsules `v` and the weight's gradient of a weighted sum of them;
{"model": [C, H, W], "classes": c, "pictures": n, "iterations": r} the model's values under `state:<key>` and what it gives;
{"step": n} a step of SGD on n pictures: the state before it, the loss, gradients and weights after it.
"""
import copy
import itertools

import torch
import torch.nn.functional as F

import kinks
from fill import fill, pictures, uniform
from live import serve
from own_capsnet import CapsNet, ClassCapsules
from training import TREMBLES, gap_of, trembling

LEARNING_RATE = 0.1


def bound_of(key, weight):
    """Ranges that keep activations at unit scale, and class capsules between short and long."""
    if key.endswith("bias"):
        return 0.3
    if key == "capsules.weight":
        return weight.shape[2] / (weight.shape[0] * weight.shape[1] / 16) ** 0.5
    return (3 / weight[0].numel()) ** 0.5


def filled(model):
    with torch.no_grad():
        for key, value in model.state_dict().items():
            bound = bound_of(key, value)
            value.copy_(torch.from_numpy(fill(key, tuple(value.shape), -bound, bound)))
    return model


def both(model, run, x):
    """What a run gives in float32 and in float64."""
    return run(model, x), run(copy.deepcopy(model).double(), x.double())


def gaps(a, b):
    return [({"name": name, "gap": gap_of(a[name].double(), b[name])}, b[name].detach()) for name in b]


def route(model, u):
    v = model(u)
    weights = torch.from_numpy(fill("weights", tuple(v.shape), -1.0, 1.0)).to(v.dtype)
    model.weight.grad = None
    (v * weights).sum().backward()
    return {"v": v, "grad:weight": model.weight.grad}


def look(model, x):
    lengths, capsules = model.lengths(x)
    longest = F.one_hot(lengths.argmax(1), lengths.shape[1]).to(x.dtype)
    return {"logits": lengths, "capsules": capsules, "decoder": model.decoder(capsules, longest)}


def step(model, data):
    x, target = data
    dtype = next(model.parameters()).dtype
    model.zero_grad()
    losses = model.loss(x.to(dtype), target)
    losses.mean().backward()
    results = {"losses": losses.detach()}
    for key, parameter in model.named_parameters():
        results[f"grad:{key}"] = parameter.grad.clone()
        results[f"next:{key}"] = (parameter - LEARNING_RATE * parameter.grad).detach()
    return results


def is_decided(single, double, data):
    """Whether no input of ReLU is so near 0 that float32 may take it for the other side."""
    inputs = [], []
    for model, kept in zip((single, double), inputs):
        with kinks.recording(kept), torch.no_grad():
            model.loss(data[0].to(next(model.parameters()).dtype), data[1])
    errors = kinks.errors_of(*inputs)
    return not any((x.abs() <= kinks.REACH * error).any() for x, error in zip(inputs[1], errors))


def batch(count, draw):
    """Pictures from 0 to 1 and their classes."""
    x = torch.from_numpy(pictures(f"input:{draw}", (count, 1, 28, 28))) / 4 + 0.5
    return x, torch.from_numpy((uniform(f"target:{draw}", count) * 10).astype("int64"))


def answer_step(count):
    single = filled(CapsNet())
    double = copy.deepcopy(single).double()
    draw = next(draw for draw in itertools.count() if is_decided(single, double, batch(count, draw)))
    data = batch(count, draw)
    yield {"name": "draw"}, torch.tensor([draw])
    for key, value in single.state_dict().items():
        yield {"name": f"state:{key}"}, value
    b = step(double, data)
    worst = {name: 0.0 for name in b}
    for run in range(1 + TREMBLES):
        a = step(single, data if run == 0 else trembling(data, f"tremble:{draw}:{run}"))
        worst = {name: max(worst[name], gap_of(a[name].double(), b[name])) for name in b}
    yield {"name": "loss", "gap": worst.pop("losses")}, b.pop("losses").mean()
    for name, gap in worst.items():
        yield {"name": name, "gap": gap}, b[name]


def answer(request):
    """Pairs of (description, tensor)."""
    if "step" in request:
        yield from answer_step(request["step"])
        return
    count, iterations = request["pictures"], request["iterations"]
    if "routing" in request:
        below, length, classes, out = request["routing"]
        layer = ClassCapsules(below, classes, iterations)
        layer.weight = torch.nn.Parameter(torch.from_numpy(fill("weight", (below, length, classes, out), -1.0, 1.0)))
        u = torch.from_numpy(fill("u", (count, below, length), -0.5, 0.5))
        yield from gaps(*both(layer, route, u))
        return
    model = filled(CapsNet(tuple(request["model"]), request["classes"], iterations))
    for key, value in model.state_dict().items():
        yield {"name": f"state:{key}"}, value
    with torch.no_grad():
        yield from gaps(*both(model, look, torch.from_numpy(pictures("input", (count, *request["model"])))))


if __name__ == "__main__":
    serve(answer)
