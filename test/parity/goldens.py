"""Writes test/parity/goldens/<model>.json from torch: /usr/bin/python3 test/parity/goldens.py [models...]

Made with torch 1.13.1 and torchvision 0.14.1. Of every output it keeps 64 samples, sum, sum of squares, the largest
float32-float64 gap of torch itself and the spread over pictures, which must be at least 1,000 times the tolerance of 5 gaps.
"""
import json
import pathlib
import sys

from measure import measure
from models import MODELS, build_part, cases_of, find_ranges

SAMPLES = 64
FOLDER = pathlib.Path(__file__).parent / "goldens"


def number(x):
    return float(f"{float(x):.10g}")


def summary(output):
    flat = output["values"].reshape(-1)
    count = flat.numel()
    kept = min(SAMPLES, count)
    return {
        "shape": list(output["values"].shape),
        "gap": float(f"{output['gap']:.4g}"),
        "scale": float(f"{output['scale']:.4g}"),
        "spread": float(f"{output['spread']:.4g}"),
        "sum": number(flat.sum()),
        "squares": number((flat * flat).sum()),
        "samples": [number(flat[(2 * i + 1) * count // (2 * kept)]) for i in range(kept)],
    }


def write(name):
    ranges = find_ranges(name)
    cases = {}
    for case, outputs in measure(name, ranges, cases_of(name)):
        cases[case] = {path: summary(output) for path, output in outputs.items()}
        for path, output in outputs.items():
            ratio = output["spread"] / (5 * output["gap"])
            if case != "single" and ratio < 1000:
                print(f"{name} {case} {path}: spread is only {ratio:.0f} times the tolerance", flush=True)
    in_order = [ranges[key] for key in build_part(name).state_dict() if key in ranges]
    lines = [f'"ranges": {json.dumps(in_order, separators=(",", ":"))}']
    for case, outputs in cases.items():
        rows = ",\n".join(f'  {json.dumps(path)}: {json.dumps(row, separators=(",", ":"))}' for path, row in outputs.items())
        lines.append(f'"{case}": {{\n{rows}\n}}')
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    logits = cases["batch"]["logits"]
    print(f"{name}: gap {logits['gap']:.1e}, spread {logits['spread']:.1e} of {logits['scale']:.1e}, "
          f"{(FOLDER / f'{name}.json').stat().st_size / 1000:.1f} kB", flush=True)


if __name__ == "__main__":
    for model in sys.argv[1:] or MODELS:
        write(model)
