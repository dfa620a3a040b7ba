"""torchvision's own transforms made to draw what we drew: python3 augment_pipelines.py CASES_FILE FLOATS_FILE

CASES_FILE is JSON: lists of transforms, pictures, and our draws. Every list is built from torchvision's classes; torch's random
functions are replaced by ones that hand out the draws in order and check that they are asked for as we asked, and
torch.linspace by its formula, whose last bit torch's vector code rounds otherwise at some levels. Samples go to FLOATS_FILE
one after the other. Prints the shapes as JSON.
"""

import json
import os
import sys

import numpy as np
import torch
from torchvision import transforms as T
from torchvision.transforms import InterpolationMode, autoaugment
from torchvision.transforms import functional as F

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from augment_cases import picture, pil_fill  # noqa: E402

draws = []
weights = []
real_empty = torch.empty
real_apply = autoaugment._apply_op


def uniform():
    value = draws.pop(0)
    assert isinstance(value, float) or value == 0, f"a choice was drawn where torchvision draws a number: {value}"
    return value


def below(count):
    value = draws.pop(0)
    assert isinstance(value, list) and value[0] == count, f"torchvision chooses of {count}, we drew {value}"
    return value[1]


class Empty:
    def uniform_(self, low, high):
        low, high = float(low), float(high)
        return torch.tensor([low + (high - low) * uniform()], dtype=torch.float64)


def randint(low, high=None, size=None, dtype=None):
    if size is None and not isinstance(high, int):
        low, high, size = 0, low, high
    if high is None:
        low, high = 0, low
    return torch.tensor([low + below(high - low) for _ in range(size[0])])


def randperm(count):
    order = list(range(count))
    for i in range(count - 1):
        other = i + below(count - i)
        order[i], order[other] = order[other], order[i]
    return torch.tensor(order)


def rand(size):
    return torch.tensor([uniform() for _ in range(size if isinstance(size, int) else size[0])])


def linspace(start, end, steps):
    start, end = np.float32(start), np.float32(end)
    step = (end - start) / np.float32(steps - 1)
    return torch.tensor([start + step * np.float32(i) if i < steps // 2 else end - step * np.float32(steps - 1 - i)
                         for i in range(steps)])


def operation_on_picture(img, *args, **kwargs):
    """AugMix hands tensors to its operations; ours are those of pictures."""
    if not isinstance(img, torch.Tensor):
        return real_apply(img, *args, **kwargs)
    result = real_apply(F.to_pil_image(img[0]), *args, **kwargs)
    return F.pil_to_tensor(result)[None]


torch.rand, torch.randint, torch.randperm = rand, randint, randperm
torch.empty = lambda *args, **kwargs: Empty() if args == (1,) else real_empty(*args, **kwargs)
torch._sample_dirichlet = lambda alphas: torch.tensor([weights.pop(0)], dtype=torch.float32)
torch.linspace = linspace
autoaugment._apply_op = operation_on_picture


def size(value):
    return value if isinstance(value, int) else [value["height"], value["width"]]


def build(spec):
    spec = dict(spec)
    kind = spec.pop("kind")
    if "interpolation" in spec:
        spec["interpolation"] = InterpolationMode(spec["interpolation"])
    if "fill" in spec and kind in ("pad", "randomCrop"):
        spec["fill"] = pil_fill(spec["fill"])
    if kind == "affine":
        return T.RandomAffine(**spec)
    if kind == "augMix":
        return T.AugMix(spec.pop("severity"), spec.pop("mixtureWidth"), spec.pop("chainDepth"), spec.pop("alpha"),
                        spec.pop("allOps"), **spec)
    if kind == "autoAugment":
        return T.AutoAugment(T.AutoAugmentPolicy(spec.pop("policy")), **spec)
    if kind == "centerCrop":
        return T.CenterCrop(size(spec["size"]))
    if kind == "pad":
        return T.Pad(spec["padding"], spec["fill"], spec["mode"])
    if kind == "randAugment":
        return T.RandAugment(spec.pop("numOps"), spec.pop("magnitude"), **spec)
    if kind == "randomCrop":
        return T.RandomCrop(size(spec["size"]), spec["padding"], spec["padIfNeeded"], spec["fill"], spec["paddingMode"])
    if kind == "randomResizedCrop":
        return T.RandomResizedCrop(size(spec.pop("size")), **spec)
    if kind == "resize":
        return T.Resize(size(spec.pop("size")), max_size=spec.pop("maxSize", None), **spec)
    if kind == "randomSharpness":
        return T.RandomAdjustSharpness(spec["factor"])
    if kind == "toTensor":
        whole = (lambda image: F.pil_to_tensor(image).float()) if spec["range"] == 255 else T.ToTensor()
        return (lambda image: whole(image).flip(0)) if spec["order"] == "bgr" else whole
    if kind == "randomErasing":
        spec["value"] = tuple(spec["value"]) if isinstance(spec["value"], list) else spec["value"]
    names = {"horizontalFlip": "RandomHorizontalFlip", "verticalFlip": "RandomVerticalFlip", "rotation": "RandomRotation"}
    return getattr(T, names.get(kind, kind[0].upper() + kind[1:]))(**spec)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    shapes = []
    with open(sys.argv[2], "wb") as file:
        for case in cases:
            draws[:], weights[:] = case["draws"], case["weights"]
            sample = T.Compose([build(spec) for spec in case["list"]])(picture(case["picture"]))
            assert not draws and not weights, f"we drew more than torchvision: {case['list']}"
            file.write(sample.contiguous().numpy().tobytes())
            shapes.append(list(sample.shape))
    print(json.dumps(shapes))


main()
