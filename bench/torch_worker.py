"""torch's side of the benchmarks: one request a line on standard input, one answer a line on standard output, both JSON."""
import json
import pathlib
import resource
import sys
import time

import torch
import torchvision

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "test" / "parity"))
from fill import pictures
from models import apply_ranges, build, read_ranges

state = {}


def alive(name):
    model = build(name)
    return apply_ranges(model, read_ranges(name, model))


def save(name, path):
    torch.save(alive(name).state_dict(), path)
    return {}


def load(model, batch, export):
    """Readies inference and writes torch's own ONNX export of it."""
    state["model"] = alive(model).eval()
    state["input"] = torch.from_numpy(pictures("input", (batch, 3, 224, 224)))
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


def train(runs):
    start = time.perf_counter()
    for _ in range(runs):
        state["optimizer"].zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(state["model"](state["input"]), state["target"])
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
