"""Runs the ONNX checker, with type and shape inference, over the models of a folder and prints what it refuses as JSON.

    /usr/bin/python3 test/gradients/check_models.py <folder>
"""
import glob
import json
import os
import sys

import onnx

refused = {}
checked = 0
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.onnx"))):
    model = onnx.load(path)
    checked += 1
    try:
        assert {entry.domain: entry.version for entry in model.opset_import}[""] == 17, "is not of opset 17"
        standard = all(node.domain == "" for node in model.graph.node)
        onnx.checker.check_model(model, full_check=standard)
    except Exception as error:
        refused[os.path.basename(path)] = str(error)
print(json.dumps({"onnx": onnx.__version__, "checked": checked, "refused": refused}))
