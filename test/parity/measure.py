"""What torch gives for a model: outputs and features in float64, and how far torch's own float32 is from them."""
import copy

import torch

from fill import pictures
from models import apply_ranges, build_part, call_heads, cases_of


def feature_paths(name):
    """Modules whose results are compared: a convolution before its batch norm, a batch norm, and the stages."""
    if name == "capsnet":
        return ["conv1", "primary.conv", "primary", "capsules", "decoder"]
    if name == "lenet5":
        return ["conv1", "conv2", "fc1", "fc2"]
    if name.startswith("convnext"):
        return ["features.0.0", "features.1.0.block.2", "features.1", "features.3", "features.5", "avgpool"]
    if name == "efficientnet_mini":
        return ["features.0.0", "features.2.0.block.0.1", "features.3", "features.5", "avgpool"]
    if name.startswith("efficientnet"):
        return ["features.0.0", "features.2.0.block.0.1", "features.3", "features.5", "features.6", "avgpool"]
    if name.startswith("mnasnet"):
        return ["layers.0", "layers.8.0.layers.1", "layers.9", "layers.11", "layers.13"]
    if name == "mobilenet_v2":
        return ["features.0.0", "features.2.conv.0.1", "features.4", "features.11", "features.18"]
    if name == "lenet5_1998":
        return ["c1", "s2", "c3", "c5", "f6"]
    if name == "mobilenet_v1":
        return ["features.0.0", "features.2.0.1", "features.4", "features.9", "features.13"]
    if name.startswith("mobilenet_v3"):
        return ["features.0.0", "features.3.block.0.1", "features.4", "features.8", "features.11", "avgpool"]
    if name == "alexnet":
        return ["features.0", "features.5", "features.12", "avgpool", "classifier.4"]
    if name == "googlenet":
        return ["conv1.conv", "inception3b.branch3.1.bn", "inception4a", "inception4e", "inception5b", "aux1", "aux2"]
    if name == "inception_v3":
        return ["Conv2d_1a_3x3.conv", "Mixed_5b.branch5x5_2.bn", "Mixed_5d", "Mixed_6e", "Mixed_7c", "AuxLogits"]
    if name == "vgg11":
        return ["features.0", "features.10", "avgpool", "classifier.3"]
    if name.startswith("densenet"):
        return ["features.conv0", "features.denseblock1.denselayer2.norm2", "features.transition1", "features.denseblock3",
                "features.norm5"]
    if name.startswith("vgg"):
        return ["0", "4", "10", "18"]
    if name.startswith("regnet"):
        blocks = [f"trunk_output.block{i}" for i in (1, 2, 3, 4)]
        return ["stem.0", "trunk_output.block1.block1-0.f.a.1", *blocks]
    if name.startswith("shufflenet"):
        return ["conv1.0", "stage2.0.branch1.1", "stage2", "stage3", "stage4", "conv5"]
    if name.startswith("squeezenet"):
        return ["features.0", "features.3.squeeze", "features.5", "features.9", "classifier.1"]
    return ["conv1", "layer1.0.bn2", "layer1", "layer2", "layer3", "layer4"]


def run(name, model, x, paths):
    """Logits and features by path."""
    results = {}
    modules = dict(model.named_modules())

    def keep(path):
        def hook(_module, _inputs, output):
            results[path] = output.detach().clone()  # before an in-place activation changes it
        return hook

    handles = [modules[path].register_forward_hook(keep(path)) for path in paths]
    handles += call_heads(name, model)
    with torch.no_grad():
        logits = model(x)
    for handle in handles:
        handle.remove()
    return {"logits": logits, **results}


def measure(name, ranges, cases):
    """By case and output: float64 values, the largest float32-float64 gap and the spread over pictures."""
    paths = feature_paths(name)
    single = apply_ranges(build_part(name), ranges).eval()
    double = copy.deepcopy(single).double()
    for case in cases:
        x = torch.from_numpy(pictures("input", cases_of(name)[case]))
        a, b = run(name, single, x, paths), run(name, double, x.double(), paths)
        yield case, {path: {
            "values": b[path],
            "gap": (a[path].double() - b[path]).abs().max().item(),
            "scale": b[path].abs().max().item(),
            "spread": spread(b[path]),
        } for path in b}


def spread(values):
    """Root mean square, over a tensor, of its distance from the mean over pictures."""
    return (values - values.mean(0)).pow(2).mean().sqrt().item()
