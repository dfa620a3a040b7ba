"""torchvision's operations of AutoAugment and its kin: python3 augment_operations.py CASES_FILE BYTES_FILE

CASES_FILE is JSON: operations with their magnitudes and pictures. The answers' pixels go to BYTES_FILE one after the other.
Prints, as JSON, the magnitudes of every space of torchvision's, for pictures of 32 x 48 and 224 x 224.
"""

import json
import os
import sys

from torchvision.transforms import InterpolationMode, autoaugment

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from augment_cases import picture  # noqa: E402


def space(meta):
    return {name: {"magnitudes": values.tolist() if values.ndim else [], "signed": signed} for name, (values, signed) in meta.items()}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    with open(sys.argv[2], "wb") as file:
        for case in cases:
            mode = InterpolationMode(case["interpolation"])
            image = autoaugment._apply_op(picture(case["picture"]), case["operation"], case["magnitude"], mode, case["fill"])
            file.write(image.tobytes())
    sizes = [(48, 32), (224, 224)]
    print(json.dumps({
        "autoAugment": [space(autoaugment.AutoAugment()._augmentation_space(10, size)) for size in sizes],
        "randAugment": [space(autoaugment.RandAugment()._augmentation_space(31, size)) for size in sizes],
        "trivialAugment": [space(autoaugment.TrivialAugmentWide()._augmentation_space(31)) for _ in sizes],
        "augMix": [space(autoaugment.AugMix()._augmentation_space(10, size)) for size in sizes],
        "augMixFew": [space(autoaugment.AugMix(all_ops=False)._augmentation_space(10, size)) for size in sizes],
        "policies": {policy.value: autoaugment.AutoAugment(policy).policies for policy in autoaugment.AutoAugmentPolicy},
    }))


main()
