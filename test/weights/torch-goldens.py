# Called by torch.live.test.ts: `write FOLDER` saves checkpoints of many kinds with torch.save and prints what torch.load
# reads back from them; `read FILE` prints what torch.load reads from one file; `round` prints hashes of 2^20 float32 bit
# patterns (i * 2654435761 mod 2^32, NaN as 0) rounded to float16 and bfloat16.
import collections
import io
import json
import os
import pickle
import struct
import sys
import tarfile

import numpy as np
import torch

sys.path.insert(0, os.path.dirname(__file__))
from goldens import sha256, walk  # noqa: E402

DTYPES = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
          torch.uint8, torch.bool]


def values(dtype):
    numbers = torch.arange(-12, 12).reshape(2, 3, 4)
    return (numbers % 2 == 0) if dtype == torch.bool else numbers.to(dtype)


def every_dtype():
    return collections.OrderedDict((str(dtype), values(dtype)) for dtype in DTYPES)


def views():
    base = torch.arange(60, dtype=torch.float32).reshape(3, 4, 5)
    return {
        'transposed': base.permute(2, 0, 1), 'sliced': base[1:, ::2, 1:4], 'row': base[1], 'scalar': base[2, 3, 4],
        'expanded': base[0, 0].expand(7, 5), 'empty': base[:0], 'flipped': base.flip(0), 'whole': base,
        'channels_last': torch.arange(120.0).reshape(2, 3, 4, 5).to(memory_format=torch.channels_last),
        'parameter': torch.nn.Parameter(base[:, 1]), 'ones': base[:1, :1, :1].transpose(0, 2),
    }


def numpy_content():
    grid = np.arange(24).reshape(2, 3, 4)
    return {
        'c': grid.astype('float32'), 'f': np.asfortranarray(grid.astype('int16')), 'big': grid.astype('>f8'), 'half': grid.astype('float16'),
        'bool': grid % 3 == 0, 'strided': grid[:, ::2].astype('uint32'), 'zero_d': np.array(4.5), 'empty': np.zeros((0, 3)),
        'scalars': [np.float64(0.5), np.int64(-3), np.bool_(True), np.uint16(7), np.float32(1.25)], 'big_scalar': np.dtype('>i4').type(5),
    }


def others():
    import argparse
    return {
        'int': 3, 'big': 2 ** 40, 'negative': -70000, 'float': 0.1, 'none': None, 'true': True, 'text': 'caf\u00e9 \u4e16\U0001f600', 'long': 'x' * 300,
        'nested': {'a': [1, (2, 3), {'b': torch.ones(2)}], 7: {'c': 'd'}},
        'many': list(range(2000)), 'empty text': '', 'dotted.key': {'x.y': torch.zeros(1)},
    }


def modules():
    model = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.BatchNorm2d(8), torch.nn.Flatten(), torch.nn.Linear(8, 4))
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.randn(2, 3, 3, 3)).sum().backward()
    optimizer.step()
    return {'epoch': 3, 'model': model.state_dict(), 'optimizer': optimizer.state_dict(), 'args': {'lr': 0.1}}


CONTENTS = {'dtypes': every_dtype, 'views': views, 'numpy': numpy_content, 'others': others, 'modules': modules,
            'bare': lambda: torch.arange(6).reshape(2, 3), 'list': lambda: [torch.ones(2), 'x', np.zeros(3)]}


def read(path):
    tensors, other = [], []
    walk(torch.load(path, map_location='cpu'), '', tensors, other)
    return {'tensors': tensors, 'other': other}


def add(tar, name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def write_tar(path):
    """The layout of PyTorch before 0.1.10, which no release since can write."""
    base = np.arange(12, dtype='<f4')
    indices = np.arange(5, dtype='<i8')
    storages = pickle.dumps(2, 2)
    for key, kind, data in ((101, torch.FloatStorage, base), (102, torch.LongStorage, indices)):
        storages += pickle.dumps((key, 'cpu', kind), 2) + struct.pack('<q', data.size) + data.tobytes()
    storages += pickle.dumps([(103, 101, 4, 6)], 2)
    tensors = pickle.dumps(3, 2)
    for key, storage, kind, size, stride, offset in (
            (201, 101, torch.FloatTensor, (3, 4), (4, 1), 0), (202, 102, torch.LongTensor, (5,), (1,), 0),
            (203, 103, torch.FloatTensor, (2, 3), (1, 2), 0)):
        numbers = (*size, *stride, offset)
        tensors += pickle.dumps((key, storage, kind), 2) + struct.pack('<ii', len(size), 0) + struct.pack(f'<{len(numbers)}q', *numbers)

    class Reference:
        def __init__(self, key):
            self.key = key

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            return value.key if isinstance(value, Reference) else None

    stream = io.BytesIO()
    Pickler(stream, 2).dump(collections.OrderedDict([('w', Reference(201)), ('n', Reference(202)), ('v', Reference(203))]))
    with tarfile.open(path, 'w') as tar:
        for name, data in (('storages', storages), ('tensors', tensors), ('pickle', stream.getvalue())):
            add(tar, name, data)


def write(folder):
    results = {}
    for name, make in CONTENTS.items():
        for kind, options in (('zip', {}), ('legacy', {'_use_new_zipfile_serialization': False}), ('zip-p1', {'pickle_protocol': 1}), ('zip-p4', {'pickle_protocol': 4}),
                              ('zip-p5', {'pickle_protocol': 5}), ('legacy-p1', {'_use_new_zipfile_serialization': False, 'pickle_protocol': 1}),
                              ('legacy-p3', {'_use_new_zipfile_serialization': False, 'pickle_protocol': 3})):
            path = os.path.join(folder, f'{name}-{kind}.pth')
            torch.save(make(), path, **options)
            results[os.path.basename(path)] = read(path)
    write_tar(os.path.join(folder, 'old-tar.pth'))
    results['old-tar.pth'] = read(os.path.join(folder, 'old-tar.pth'))
    script = torch.jit.script(torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4)))
    script.save(os.path.join(folder, 'script.pt'))
    tensors = []
    for name, tensor in script.state_dict().items():
        walk(tensor, name, tensors, [])
    results['script.pt'] = {'tensors': tensors, 'other': None}
    return results


def rounded():
    bits = (np.arange(2 ** 20, dtype=np.uint64) * 2654435761 % 2 ** 32).astype(np.uint32)
    values = np.nan_to_num(bits.view(np.float32), nan=0.0, posinf=np.inf, neginf=-np.inf)
    tensor = torch.from_numpy(values)
    return {str(dtype): sha256(tensor.to(dtype).view(torch.int16).numpy().tobytes()) for dtype in (torch.float16, torch.bfloat16)}


COMMANDS = {'write': write, 'read': read, 'round': rounded}
print(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:])))
