"""torchvision's models, and our own, with alive weights: the range every tensor is filled from, found by one float64 run.

Random weights make deep networks nearly constant, and parity of constants proves nothing. So one run from the first layer to the
last sets each layer's range such that its output has unit scale on hashed pictures; ranges are rounded to 3 digits and stored
with the goldens, so a reader needs nothing but the hash and two numbers per tensor.
"""
import json
import pathlib
from contextlib import contextmanager

import torch
import torchvision

from fill import fill, pictures
from own_capsnet import ClassCapsules
from own_models import ConnectedConv, OWN_MODELS, Subsampling

MODELS = (
    [f"convnext_{size}" for size in ("tiny", "small", "base", "large")]
    + [f"efficientnet_b{i}" for i in range(8)]
    + [f"efficientnet_v2_{size}" for size in "sml"]
    + [f"mnasnet{width}" for width in ("0_5", "0_75", "1_0", "1_3")]
    + ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]
    + ["resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2"]
    + ["mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small", "squeezenet1_0", "squeezenet1_1", "alexnet"]
    + ["googlenet", "inception_v3"]
    + [f"densenet{depth}" for depth in (121, 161, 169, 201)]
    + [f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn")]
    + [f"regnet_{kind}_{size}" for kind in "xy" for size in ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf")]
    + [f"shufflenet_v2_x{width}" for width in ("0_5", "1_0", "1_5", "2_0")]
    + list(OWN_MODELS)
)
# By model the shapes of the pictures it is run on, by case, and the part of it that is run where that is not all. Pictures come
# by (name, index), so the single picture is the first of the batch of three.
CASES = json.loads((pathlib.Path(__file__).parent / "cases.json").read_text())


# Auxiliary heads, which torchvision runs in training alone, by the modules whose results they are given.
HEADS = {
    "googlenet": {"aux1": "inception4a", "aux2": "inception4d"},
    "inception_v3": {"AuxLogits": "Mixed_6e"},
}


@contextmanager
def nothing_drawn():
    """Leaves weights as memory was: drawing them takes longer than most of what is done with them."""
    names = ("uniform_", "normal_", "trunc_normal_", "kaiming_uniform_", "kaiming_normal_", "xavier_uniform_")
    originals = {name: getattr(torch.nn.init, name) for name in names}
    for name in names:
        setattr(torch.nn.init, name, lambda tensor, *args, **kwargs: tensor)
    try:
        yield
    finally:
        for name, function in originals.items():
            setattr(torch.nn.init, name, function)


def build(name):
    """The model in torch, without values: `apply_ranges` gives them."""
    # What their next default will be is warned of where nothing is said.
    options = {"init_weights": True} if name in HEADS else {}
    with nothing_drawn():
        return OWN_MODELS[name]() if name in OWN_MODELS else getattr(torchvision.models, name)(weights=None, **options)


def call_heads(name, model):
    """Runs auxiliary heads in evaluation too; what comes back removes that again."""
    def hook(head):
        def call(_module, _inputs, output):
            model.get_submodule(head)(output)
        return call
    return [model.get_submodule(source).register_forward_hook(hook(head)) for head, source in HEADS.get(name, {}).items()]


def build_part(name):
    """The part of the model that is compared: all of it, or a module of it."""
    return build(name).get_submodule(CASES.get(name, {}).get("part", ""))


def cases_of(name):
    """Shapes of pictures by case."""
    return {case: shape for case, shape in CASES.get(name, CASES["torchvision"]).items() if case != "part"}


def branch_end(block):
    """The path, inside a residual block, of the batch norm at the end of its branch."""
    if hasattr(block, "use_res_connect") and hasattr(block, "block"):
        return [f".block.{len(block.block) - 1}.1"]
    if hasattr(block, "proj") and hasattr(block, "f"):
        return [".f.c.1"]
    if hasattr(block, "downsample"):
        return [".bn3" if hasattr(block, "bn3") else ".bn2"]
    return []


def digits3(x):
    return float(f"{float(x):.3g}")


def find_ranges(name):
    """Ranges by state-dict key, from one run over eight pictures: of 128x128, or as a model's are that takes others."""
    size = cases_of(name)["single"][1:] if name in OWN_MODELS or name in HEADS else (3, 128, 128)
    model = build_part(name).eval()
    call_heads(name, model)
    return ranges_on(model, pictures("input", (8, *size)))


def ranges_on(model, x):
    """Ranges by state-dict key of what runs in the model, from one float64 run over pictures. Spoils the model."""
    ranges = {}
    model = model.double()
    tensors = dict(model.state_dict())

    def set_(key, low, high):
        low, high = digits3(low), digits3(high)
        ranges[key] = [low, high]
        tensors[key].copy_(torch.from_numpy(fill(key, tuple(tensors[key].shape), low, high)))

    def prepare(path):
        def hook(module, inputs):
            x = inputs[0]
            if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
                mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
                v = (var.mean() + mean.var(unbiased=False)).item()
                m = v**0.5
                set_(path + ".running_mean", mean.mean().item() - 0.3 * m, mean.mean().item() + 0.3 * m)
                set_(path + ".running_var", 0.6 * v, 1.4 * v)
                calm = 0.4 if path in branch_ends else 1
                set_(path + ".weight", 0.5 * calm, 1.1 * calm)
                set_(path + ".bias", -0.3, 0.3)
            elif isinstance(module, torch.nn.LayerNorm):
                set_(path + ".weight", 0.5, 1.1)
                set_(path + ".bias", -0.3, 0.3)
            elif isinstance(module, ClassCapsules):
                below, length, classes, _ = module.weight.shape
                # Sums over all capsules below, each of which gives every class the same share at first, about 1 long.
                bound = 0.25 * classes * (3 / (below * length * (x * x).mean().item())) ** 0.5
                set_(path + ".weight", -bound, bound)
            else:
                fan_in = getattr(module, "fan_in", module.weight[0].numel())
                calm = 0.3 if path.endswith(".fc2") else 1
                bound = calm * (3 / (fan_in * (x * x).mean().item())) ** 0.5
                set_(path + ".weight", -bound, bound)
                if module.bias is not None:
                    set_(path + ".bias", -0.3, 0.3)
        return hook

    # Full-size branches and gates make deep residual networks either forget their input or turn chaotic.
    branch_ends = {path + end for path, m in model.named_modules() for end in branch_end(m)}
    layers = (torch.nn.Conv2d, torch.nn.Linear, torch.nn.LayerNorm, torch.nn.modules.batchnorm._BatchNorm)
    leaves = (*layers, ClassCapsules, ConnectedConv, Subsampling)
    for path, m in model.named_modules():
        if isinstance(m, leaves):
            m.register_forward_pre_hook(prepare(path))
    with torch.no_grad():
        for key in tensors:
            if key.endswith(".layer_scale"):
                set_(key, 0.2, 0.5)
        model(torch.from_numpy(x).double())
    return ranges


def apply_ranges(model, ranges):
    """Fills the model; integer counters of batches become 0."""
    with torch.no_grad():
        for key, value in model.state_dict().items():
            if key.endswith("num_batches_tracked"):
                value.zero_()
            else:
                value.copy_(torch.from_numpy(fill(key, tuple(value.shape), *ranges[key])))
    return model


def read_ranges(name, model):
    """The ranges that the goldens of a model record, by state-dict key."""
    golden = json.loads((pathlib.Path(__file__).parent / "goldens" / f"{name}.json").read_text())
    keys = [key for key in model.state_dict() if not key.endswith("num_batches_tracked")]
    return dict(zip(keys, golden["ranges"]))
