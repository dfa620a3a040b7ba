"""Cases of kernels for the live comparison: python3 augment_kernels.py SEED COUNT BYTES_FILE

Writes the answers' pixels one after the other to BYTES_FILE and prints the cases as JSON, each with its answer's size.
"""

import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from augment_cases import cases  # noqa: E402


def main():
    seed, count, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    listed = []
    with open(path, "wb") as file:
        for case, image in cases(seed, count):
            file.write(image.tobytes())
            listed.append({"case": case, "width": image.width, "height": image.height, "channels": len(image.getbands())})
    print(json.dumps(listed))


main()
