"""State dicts of torchvision's models and of our own (test/parity/own_models.py) as text: goldens for test/zoo/state-dicts.test.ts.

    python3 test/zoo/state_dicts.py

Needs torch and torchvision (Debian 12's python3-torchvision 0.14.1 was used). Writes one file per family to
test/zoo/goldens, with a line `model <name> <parameters> <tensors> <types> <order>` for every model: <types> is the SHA-256
of its sorted lines `<key> <dtype> <shape>`, <order> that of its keys in their order, joined by newlines. The first model
of a family is written out in full, so that a difference can be read.
"""

import hashlib
import sys
from pathlib import Path

import torch
import torchvision

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent.parent / "parity"))

from models import build  # noqa: E402

FAMILIES = {
    "alexnet": ["alexnet"],
    "capsnet": ["capsnet"],
    "densenet": [f"densenet{depth}" for depth in (121, 161, 169, 201)],
    "convnext": ["convnext_tiny", "convnext_small", "convnext_base", "convnext_large"],
    "efficientnet": [f"efficientnet_b{i}" for i in range(8)]
    + [f"efficientnet_v2_{s}" for s in "sml"]
    + [f"efficientnet_lite{i}" for i in range(5)]
    + ["efficientnet_mini"],
    "googlenet": ["googlenet"],
    "inception": ["inception_v3"],
    "lenet": ["lenet5", "lenet5_1998"],
    "mnasnet": ["mnasnet0_5", "mnasnet0_75", "mnasnet1_0", "mnasnet1_3", "mnasnet_a1"],
    "mobilenetv1": ["mobilenet_v1"],
    "mobilenetv2": ["mobilenet_v2"],
    "mobilenetv3": ["mobilenet_v3_large", "mobilenet_v3_small"],
    "regnet": [
        f"regnet_{kind}_{size}"
        for kind, largest in (("x", []), ("y", ["128gf"]))
        for size in ["400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf", *largest]
    ],
    "resnet": [
        "resnet18", "resnet34", "resnet50", "resnet101", "resnet152",
        "resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2",
    ],
    "shufflenetv2": [f"shufflenet_v2_x{width}" for width in ("0_5", "1_0", "1_5", "2_0")],
    "squeezenet": ["squeezenet1_0", "squeezenet1_1"],
    "vgg": [f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn")],
}


def sha256(lines):
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def skip_init():
    """Building is all that is wanted: the values do not matter."""
    for name in ["kaiming_normal_", "kaiming_uniform_", "uniform_", "normal_", "trunc_normal_"]:
        setattr(torch.nn.init, name, lambda tensor, *args, **kwargs: tensor)


def main():
    skip_init()
    folder = Path(__file__).parent / "goldens"
    folder.mkdir(exist_ok=True)
    for family, names in FAMILIES.items():
        out = [f"torchvision {torchvision.__version__.split('+')[0]}"]
        for name in names:
            model = build(name)
            state = model.state_dict()
            lines = [
                f"{key} {str(value.dtype).removeprefix('torch.')} [{', '.join(map(str, value.shape))}]"
                for key, value in state.items()
            ]
            count = sum(parameter.numel() for parameter in model.parameters())
            out.append(f"model {name} {count} {len(lines)} {sha256(sorted(lines))} {sha256(list(state))}")
            if name == names[0]:
                out += [f"  {line}" for line in lines]
        (folder / f"{family}.state-dicts.txt").write_text("\n".join(out) + "\n")


main()
