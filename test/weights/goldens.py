# What torch.load reads from every file of ../shared/data/checkpoints and ../shared/data/weights: names, dtypes, shapes
# and the SHA-256 of the values. Remake with
#   /usr/bin/python3 test/weights/goldens.py > test/weights/checkpoints.golden.json
import hashlib
import json
import os
import struct
import sys

import numpy as np
import torch

SAFETENSORS = {'F16': 'float16', 'F32': 'float32', 'F64': 'float64', 'I64': 'int64'}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def tensor_bytes(tensor):
    tensor = tensor.detach().contiguous()
    if tensor.dtype == torch.bfloat16:
        tensor = tensor.view(torch.int16)
    return tensor.numpy().tobytes(order='C')


def walk(value, name, tensors, other):
    join = lambda key: str(key) if name == '' else f'{name}.{key}'
    if isinstance(value, torch.Tensor):
        dtype = str(value.dtype).removeprefix('torch.')
        tensors.append({'name': name, 'dtype': dtype, 'shape': list(value.shape), 'sha256': sha256(tensor_bytes(value))})
    elif isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
        data = array.astype(array.dtype.newbyteorder('<')).tobytes(order='C')
        tensors.append({'name': name, 'dtype': array.dtype.name, 'shape': list(array.shape), 'sha256': sha256(data)})
    elif isinstance(value, dict):
        for key, item in value.items():
            walk(item, join(key), tensors, other)
    elif isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            walk(item, join(i), tensors, other)
    else:
        other.append({'name': name, 'value': value})


def read_safetensors(path):
    data = open(path, 'rb').read()
    length, = struct.unpack('<Q', data[:8])
    header = json.loads(data[8:8 + length])
    body = data[8 + length:]
    tensors = []
    for name, entry in header.items():
        if name == '__metadata__':
            continue
        begin, end = entry['data_offsets']
        tensors.append({'name': name, 'dtype': SAFETENSORS[entry['dtype']], 'shape': entry['shape'], 'sha256': sha256(body[begin:end])})
    return {'tensors': tensors, 'other': []}


def read(path):
    if path.endswith('.safetensors'):
        return read_safetensors(path)
    tensors, other = [], []
    walk(torch.load(path, map_location='cpu'), '', tensors, other)
    return {'tensors': tensors, 'other': other}


def main():
    shared = os.path.join(os.path.dirname(__file__), '../../../shared/data')
    goldens = {}
    for folder in ('checkpoints', 'weights'):
        for file in sorted(os.listdir(os.path.join(shared, folder))):
            if not file.endswith(('.pt', '.pth', '.th', '.safetensors')):
                continue
            try:
                goldens[f'{folder}/{file}'] = read(os.path.join(shared, folder, file))
            except Exception:
                goldens[f'{folder}/{file}'] = None
    # One line for each tensor.
    json.dump(goldens, sys.stdout, separators=(',', ':'))
    sys.stdout.write('\n')


if __name__ == '__main__':
    main()
