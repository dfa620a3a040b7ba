"""What networks with auxiliary heads give in training, with the batch's own statistics and nothing dropped, for heads.live.test.ts.

{"model": name, "shape": [N, 3, H, W]} gives the logits and each head's, by path, of the network that transforms its input.
"""
import copy

import torch

from fill import pictures
from live import serve
from models import HEADS, apply_ranges, build, read_ranges
from training import without_chance


def outputs(model, heads, x):
    """torchvision's tuple has GoogLeNet's two heads under each other's names, so each head is listened to."""
    results = {}

    def keep(path):
        def hook(_module, _inputs, output):
            results[path] = output
        return hook

    for path in heads:
        model.get_submodule(path).register_forward_hook(keep(path))
    with torch.no_grad():
        results["logits"] = model(x).logits
    return results


def answer(request):
    name = request["model"]
    model = without_chance(apply_ranges(build(name), read_ranges(name, build(name)))).train()
    model.transform_input = True
    double = copy.deepcopy(model).double()
    x = torch.from_numpy(pictures("input", request["shape"]))
    single, exact = outputs(model, HEADS[name], x), outputs(double, HEADS[name], x.double())
    for path, values in exact.items():
        yield {"name": path, "gap": (single[path].double() - values).abs().max().item()}, values


if __name__ == "__main__":
    serve(answer)
