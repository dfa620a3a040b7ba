"""torch's side of the benchmarks: one request a line on standard input, one answer a line on standard output, both JSON."""
import json
import math
import pathlib
import resource
import sys
import time

import torch
import torchvision

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "test" / "parity"))
from fill import pictures
from models import CASES, apply_ranges, build, read_ranges

state = {}


def default_range(key, shape):
    """The range of a tensor that no golden tells: what keeps the scale of what passes through. As in ocelli.mjs."""
    if len(shape) > 1:
        bound = (3 / math.prod(shape[1:])) ** 0.5
        return [-bound, bound]
    return [0.5, 1.1] if key.endswith(("weight", "running_var")) else [-0.3, 0.3]


def alive(name):
    """The model with the alive weights of the parity tests; what they do not run, or do not have, is filled by its shape."""
    model = build(name)
    part = CASES.get(name, {}).get("part")
    prefix = part + "." if part else ""
    try:
        told = {prefix + key: value for key, value in read_ranges(name, model.get_submodule(part or "")).items()}
    except FileNotFoundError:
        told = {}
    shapes = {key: value.shape for key, value in model.state_dict().items()}
    return apply_ranges(model, {key: told.get(key) or default_range(key, shape) for key, shape in shapes.items()})


def save(name, path):
    torch.save(alive(name).state_dict(), path)
    return {}


def load(model, batch, export, size=224, channels=3):
    """Readies inference and writes torch's own ONNX export of it."""
    state["model"] = alive(model).eval()
    state["input"] = torch.from_numpy(pictures("input", (batch, channels, size, size)))
    with torch.no_grad():
        torch.onnx.export(state["model"], state["input"], export, opset_version=13, input_names=["input"], output_names=["logits"])
        state["model"](state["input"])
    return {}


def matmul(size, export):
    """A model that multiplies two square matrices."""
    class Product(torch.nn.Module):
        def forward(self, a, b):
            return a @ b

    a = torch.zeros(size, size)
    torch.onnx.export(Product(), (a, a), export, opset_version=13, input_names=["a", "b"], output_names=["c"])
    return {}


def infer(runs):
    with torch.no_grad():
        start = time.perf_counter()
        for _ in range(runs):
            state["model"](state["input"])
        return {"milliseconds": (time.perf_counter() - start) * 1000 / runs}


def load_training(model, size, batch, channels, classes):
    state["model"] = alive(model).train()
    state["input"] = torch.from_numpy(pictures("input", (batch, channels, size, size)))
    state["target"] = torch.arange(batch) % classes
    state["optimizer"] = torch.optim.SGD(state["model"].parameters(), 0.01, momentum=0.9)
    return {}


def loss_of(model, x, target):
    """The model's own loss where it has one, by picture; else cross-entropy."""
    return model.loss(x, target).mean() if hasattr(model, "loss") else torch.nn.functional.cross_entropy(model(x), target)


def train(runs):
    start = time.perf_counter()
    for _ in range(runs):
        state["optimizer"].zero_grad(set_to_none=True)
        loss = loss_of(state["model"], state["input"], state["target"])
        loss.backward()
        state["optimizer"].step()
        loss.item()
    return {"milliseconds": (time.perf_counter() - start) * 1000 / runs, "peak": peak()}


def peak():
    """Most memory this process has held, in bytes (Linux reports kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def info(threads):
    torch.set_num_threads(threads)
    return {"torch": torch.__version__, "torchvision": torchvision.__version__, "threads": torch.get_num_threads()}


requests = {f.__name__: f for f in (save, load, matmul, infer, load_training, train, info)}

if __name__ == "__main__":
    for line in sys.stdin:
        name, arguments = json.loads(line)
        print(json.dumps(requests[name](**arguments)), flush=True)
