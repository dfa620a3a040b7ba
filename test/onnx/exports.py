"""Exports torchvision's models with alive weights and writes what torch gives for them.

    /usr/bin/python3 test/onnx/exports.py <folder> <name>:<opset>[:dynamic][:grad] ...

Each model becomes <name>-<opset>.onnx in the folder, and prints one JSON line: the pictures' shape, and of the logits, and of the
input's gradient where it is asked for, torch's float64 values (in <name>-<opset>.<what>.f64), its own float32-float64 gap, and how
far decisions at kinks move them (see ../parity/kinks.py). The gradient is that of each picture's own class, 7 + 100 i for picture i.
"""
import copy
import json
import os
import sys
import warnings

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "parity"))
import kinks  # noqa: E402
from fill import pictures  # noqa: E402
from models import apply_ranges, build, read_ranges  # noqa: E402

def shape_of(name, flags):
    """224x224 where VGG's pooling is not exported for other sizes, and where no kink of the pictures is to be undecided."""
    size = 224 if name.startswith("vgg") or "grad" in flags else 128
    return 2, 3, size, size


def run(model, x, classes):
    """Logits and the input's gradient of the chosen classes."""
    x = x.clone().requires_grad_()
    logits = model(x)
    logits.gather(1, classes[:, None]).sum().backward()
    return {"logits": logits.detach(), "gradient": x.grad}


def measured(single, double, x, wanted):
    classes = 7 + 100 * torch.arange(len(x))
    kinks32, kinks64 = [], []
    with kinks.recording(kinks32):
        a = run(single, x, classes)
    with kinks.recording(kinks64):
        b = run(double, x.double(), classes)
    errors = kinks.errors_of(kinks32, kinks64) if "gradient" in wanted else []
    leans = dict.fromkeys(b, 0.0)
    for side in (1, -1) if errors else ():
        with kinks.leaning(errors, side):
            leant = run(double, x.double(), classes)
        leans = {key: max(lean, (leant[key] - b[key]).abs().max().item()) for key, lean in leans.items()}
    return {key: (b[key], (a[key].double() - b[key]).abs().max().item(), leans[key]) for key in wanted}


def main():
    folder, *wanted = sys.argv[1:]
    torch.set_num_threads(int(os.environ.get("PARITY_THREADS", "1")))
    warnings.simplefilter("ignore")
    for text in wanted:
        name, opset, *flags = text.split(":")
        model = build(name)
        single = apply_ranges(model, read_ranges(name, model)).eval()
        double = copy.deepcopy(single).double()
        shape = shape_of(name, flags)
        x = torch.from_numpy(pictures("input", shape))
        path = os.path.join(folder, f"{name}-{opset}")
        axes = {"input": {0: "batch"}, "logits": {0: "batch"}} if "dynamic" in flags else None
        torch.onnx.export(single, x, f"{path}.onnx", opset_version=int(opset), input_names=["input"],
                          output_names=["logits"], dynamic_axes=axes)
        results = {}
        for key, (values, gap, lean) in measured(single, double, x, ["logits", *(["gradient"] if "grad" in flags else [])]).items():
            values.numpy().tofile(f"{path}.{key}.f64")
            results[key] = {"shape": list(values.shape), "gap": gap, "lean": lean}
        print(json.dumps({"name": text, "model": f"{path}.onnx", "shape": shape, "results": results}), flush=True)


if __name__ == "__main__":
    main()
