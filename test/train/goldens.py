"""torch's losses with their gradients, optimizers and schedules in float64, on the small cases of cases.json.

    /usr/bin/python3 test/train/goldens.py > test/train/torch.golden.json

Numbers are hashes of (name, index), as in test/parity/fill.py. torch 1.13.1 wrote what is recorded.
"""
import json
import math
import pathlib
import sys
import warnings

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "parity"))

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from torch.optim import lr_scheduler as S  # noqa: E402

from fill import fill  # noqa: E402
from tensorflow_rmsprop import TensorFlowRMSprop  # noqa: E402

# Runs of an optimizer, each with its own learning rate and gradients.
RATES = [0.1, 0.1, 0.05, 0.05, 0.2, 0.2]
SHAPES = {"weight": (3, 4), "bias": (4,)}


def numbers(tensor):
    return [float(f"{x:.12g}") for x in tensor.detach().double().reshape(-1).tolist()]


def filled(name, shape, low=-1.0, high=1.0):
    return torch.from_numpy(fill(name, shape, low, high)).double()


# Losses


def cross_entropy(output, target, labelSmoothing=0.0, classWeights=None, ignoreIndex=-100):
    weight = None if classWeights is None else torch.tensor(classWeights).double()
    return F.cross_entropy(output, target, weight, ignore_index=ignoreIndex, label_smoothing=labelSmoothing)


def binary_cross_entropy(output, target, posWeight=None):
    weight = None if posWeight is None else torch.tensor(posWeight).double()
    return F.binary_cross_entropy_with_logits(output, target, pos_weight=weight)


def margin_loss(lengths, target, upper=0.9, lower=0.1, absentWeight=0.5):
    present = F.one_hot(target, lengths.shape[1]) if target.dtype == torch.int64 else target
    short = torch.clamp(upper - lengths, min=0) ** 2
    long = torch.clamp(lengths - lower, min=0) ** 2
    return (present * short + absentWeight * (1 - present) * long).sum(1).mean()


LOSSES = {"crossEntropy": cross_entropy, "binaryCrossEntropy": binary_cross_entropy, "mse": F.mse_loss, "marginLoss": margin_loss}


def target_of(case):
    name, shape = case["name"], case["output"]
    if "classes" in case:
        return torch.tensor(case["classes"])
    target = filled(f"{name}:target", shape, 0, 1)
    if case.get("soft"):
        return target
    return target.round() if case["loss"] == "marginLoss" else target


def loss_golden(case):
    output = filled(f"{case['name']}:output", case["output"], *case.get("range", [-3, 3])).requires_grad_()
    loss = LOSSES[case["loss"]](output, target_of(case), **case.get("options", {}))
    loss.backward()
    return {"loss": numbers(loss)[0], "gradient": numbers(output.grad)}


# Optimizers

OPTIMIZERS = {
    "sgd": torch.optim.SGD,
    "rmsprop": torch.optim.RMSprop,
    "rmspropTensorFlow": TensorFlowRMSprop,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
}
SLOTS = {
    "momentum_buffer": "momentum",
    "square_avg": "meanSquare",
    "grad_avg": "meanGradient",
    "exp_avg": "mean",
    "exp_avg_sq": "meanSquare",
    "max_exp_avg_sq": "maxMeanSquare",
}


def torch_options(options):
    renamed = {"weightDecay": "weight_decay"}
    kept = {renamed.get(key, key): value for key, value in options.items() if key not in ("beta1", "beta2")}
    if "beta1" in options or "beta2" in options:
        kept["betas"] = (options.get("beta1", 0.9), options.get("beta2", 0.999))
    return kept


def gradient(run, key):
    """Between -1 and 1, shrinking along the tensor to 2^-28 of that, the first 0."""
    values = filled(f"gradient:{run}:{key}", SHAPES[key]).reshape(-1)
    scales = torch.tensor([0.0 if i == 0 else 2.0 ** (-4 * (i % 8)) for i in range(values.numel())]).double()
    return (values * scales).reshape(SHAPES[key])


def optimizer_golden(case):
    model = torch.nn.Module()
    for key, shape in SHAPES.items():
        model.register_parameter(key, torch.nn.Parameter(filled(key, shape)))
    named = list(model.named_parameters())
    options = torch_options(case.get("options", {}))
    groups = [{"params": [p]} for _, p in named]
    scales = [1, 1]
    if case.get("groups"):
        # No decay for the bias, and half the rate for the weight.
        groups[1]["weight_decay"] = 0
        scales = [0.5, 1]
    optimizer = OPTIMIZERS[case["optimizer"]](groups, lr=1, **options)
    accumulate, decay = case.get("accumulate", 1), case.get("ema")
    average = torch.optim.swa_utils.AveragedModel(
        model, avg_fn=lambda mean, value, _: decay * mean + (1 - decay) * value, use_buffers=True
    )
    norms = []
    for run, rate in enumerate(RATES):
        for key, p in named:
            part = gradient(run, key) / accumulate
            p.grad = part if p.grad is None else p.grad + part
        norms.append(math.sqrt(sum(float((p.grad**2).sum()) for _, p in named)))
        if (run + 1) % accumulate:
            continue
        for group, scale in zip(optimizer.param_groups, scales):
            group["lr"] = rate * scale
        if "clipNorm" in case:
            torch.nn.utils.clip_grad_norm_(model.parameters(), case["clipNorm"])
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if decay is not None:
            average.update_parameters(model)
    state = {key: numbers(p) for key, p in named}
    for key, p in named:
        for theirs, ours in SLOTS.items():
            value = optimizer.state[p].get(theirs)
            if value is not None:
                state[f"{ours}:{key}"] = numbers(value)
    if decay is not None:
        state.update({f"ema:{key}": numbers(p) for key, p in average.module.named_parameters()})
    return {"state": state, "norms": [float(f"{norm:.12g}") for norm in norms]}


# Schedules


def schedule_golden(case):
    rate = case["options"]["learningRate"] * case.get("times", 1)
    o = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
    scheduler = eval(case["torch"], {"S": S, "o": o})
    rates = []
    for _ in range(20):
        rates.append(float(f"{o.param_groups[0]['lr']:.12g}"))
        o.step()
        scheduler.step()
    rates.append(float(f"{o.param_groups[0]['lr']:.12g}"))
    return rates


def main():
    warnings.simplefilter("ignore")
    cases = json.loads((HERE / "cases.json").read_text())
    print("{")
    rows = []
    for kind, golden in (("losses", loss_golden), ("optimizers", optimizer_golden), ("schedules", schedule_golden)):
        lines = [json.dumps(golden(case), separators=(",", ":")) for case in cases[kind]]
        rows.append(f'"{kind}": [\n' + ",\n".join(lines) + "\n]")
    print(",\n".join(rows) + "\n}")


if __name__ == "__main__":
    main()
