"""The first training steps of three models in torch, in float32 and float64: cross-entropy, SGD with momentum, batch statistics.

Recorded by `/usr/bin/python3 test/parity/training.py` into test/parity/goldens/training/<model>.json: the loss, and of every
gradient, updated weight and running statistic its norm, torch's float32-float64 gap and a few samples. torch 1.13.1.
"""
import copy
import json
import pathlib

import torch
import torchvision

import decisions
from fill import pictures, uniform
from models import apply_ranges, build, read_ranges

MODELS = ["resnet18", "mobilenet_v2", "efficientnet_b0"]
SHAPE, CLASSES = (8, 3, 64, 64), 1000
LEARNING_RATE, MOMENTUM, WEIGHT_DECAY = 0.01, 0.9, 1e-4
HALF_ULP = 2.0**-24
# Further float32 runs, on pictures changed in the last bit and with float64's sides at kinks: torch's own largest error in a tensor
# that one channel of nearly no variance decides differs many times between such runs, so the gap is the largest of all.
TREMBLES = 4
# The losses of single pictures: a mean's float32 error may be near zero by luck, so its gap is the largest of theirs.
LOSSES = "losses"
FOLDER = pathlib.Path(__file__).parent / "goldens" / "training"


def batch_of(name, shape, classes):
    """Pictures and labels by name."""
    x = torch.from_numpy(pictures(f"input:{name}", shape))
    y = torch.from_numpy((uniform(f"target:{name}", shape[0]) * classes).astype("int64"))
    return x, y


def without_chance(model):
    """Dropout and stochastic depth that drop nothing."""
    for module in model.modules():
        if isinstance(module, (torch.nn.Dropout, torchvision.ops.StochasticDepth)):
            module.p = 0.0
    return model


def first_state(name):
    """State tensors before the first step: parameters, buffers, and `momentum:<key>` of zeros."""
    model = apply_ranges(build(name), read_ranges(name, build(name)))
    state = {key: value.clone() for key, value in model.state_dict().items()}
    state.update({f"momentum:{key}": torch.zeros_like(value) for key, value in model.named_parameters()})
    return state


def take_step(model, state, data):
    """One step in the model's precision from `state` on pictures and labels: loss, `grad:<key>`, and `next:<key>` of every state tensor."""
    dtype = next(model.parameters()).dtype
    model.train()
    model.load_state_dict({key: value for key, value in state.items() if not key.startswith("momentum:")})
    optimizer = torch.optim.SGD(model.parameters(), LEARNING_RATE, MOMENTUM, weight_decay=WEIGHT_DECAY)
    for key, parameter in model.named_parameters():
        optimizer.state[parameter]["momentum_buffer"] = state[f"momentum:{key}"].to(dtype).clone()
    x, y = data
    optimizer.zero_grad()
    losses = torch.nn.functional.cross_entropy(model(x.to(dtype)), y, reduction="none")
    loss = losses.mean()
    loss.backward()
    optimizer.step()
    results = {"loss": loss.detach().clone(), LOSSES: losses.detach().clone()}
    for key, parameter in model.named_parameters():
        results[f"grad:{key}"] = parameter.grad.clone()
        results[f"next:momentum:{key}"] = optimizer.state[parameter]["momentum_buffer"].clone()
    results.update({f"next:{key}": value.clone() for key, value in model.state_dict().items()})
    return results


def first_step(name):
    """The first step's results: {name: (float64 values, gap)}."""
    single = without_chance(build(name))
    double = copy.deepcopy(single).double()
    state, data, kinks = first_state(name), batch_of(0, SHAPE, CLASSES), []
    runs = [take_step(single, state, data)]
    with decisions.recording(kinks):
        expected = take_step(double, state, data)
    sides = [kink.sides() for kink in kinks]
    for run in range(TREMBLES):
        with decisions.imposing(sides):
            runs.append(take_step(single, state, trembling(data, f"tremble:0:0:{run}")))
    gaps = {key: max(gap_of(run[key].double(), value.double()) for run in runs) for key, value in expected.items()}
    gaps["loss"] = gaps.pop(LOSSES)
    return {key: (expected[key].double(), gap) for key, gap in gaps.items()}


def trembling(data, name):
    """The pictures changed by up to one unit in the last place."""
    x, y = data
    noise = torch.from_numpy(2 * uniform(name, x.numel()) - 1).float().reshape(x.shape)
    return x * (1 + noise * 2.0**-23), y


def gap_of(a, b):
    """Torch's own float32-float64 gap, no less than the rounding of the largest value to float32."""
    return max((a - b).abs().max().item(), HALF_ULP * b.abs().max().item())


def number(x):
    return float(f"{float(x):.8g}")


def row(values, gap, samples):
    flat = values.reshape(-1)
    kept = min(samples, flat.numel())
    return [float(f"{gap:.4g}"), number(flat.norm()), *(number(flat[(2 * i + 1) * flat.numel() // (2 * kept)]) for i in range(kept))]


def record(name):
    results = first_step(name)
    lines = []
    for key, (values, gap) in results.items():
        if "momentum:" in key or "num_batches" in key:
            continue
        lines.append(f"{json.dumps(key)}: {json.dumps(row(values, gap, 4 if key.startswith('grad:') else 2), separators=(',', ':'))}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(name, f"loss {results['loss'][0].item():.4f}", flush=True)


if __name__ == "__main__":
    for model in MODELS:
        record(model)
