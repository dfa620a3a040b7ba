"""Answers requests of the live tests, one JSON line each: torch's values go to a file, a line about them to standard output.

{"model": name, "cases": [...]} gives logits and features.
"""
import json
import os
import sys
import tempfile

import torch

from measure import measure
from models import build_part, read_ranges


def answer(request):
    """Pairs of (description, tensor)."""
    name = request["model"]
    for case, outputs in measure(name, read_ranges(name, build_part(name)), request["cases"]):
        for path, output in outputs.items():
            yield {"name": f"{case}/{path}", "gap": output["gap"]}, output["values"]


def serve(answer):
    """Answers standard input's requests with pairs of (description, tensor)."""
    torch.set_num_threads(int(os.environ.get("PARITY_THREADS", "1")))
    print(json.dumps({"torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        handle, path = tempfile.mkstemp(prefix="ocelli-parity-")
        tensors, offset = [], 0
        with os.fdopen(handle, "wb") as file:
            for description, tensor in answer(json.loads(line)):
                data = tensor.contiguous().numpy()
                offset += file.write(b"\0" * (-offset % 8))
                dtype = str(tensor.dtype).replace("torch.", "")
                tensors.append({**description, "dtype": dtype, "shape": list(tensor.shape), "offset": offset})
                offset += file.write(data.tobytes())
        print(json.dumps({"file": path, "tensors": tensors}), flush=True)


if __name__ == "__main__":
    serve(answer)
