"""What torch's models are built with beside their shapes, for constants.live.test.ts.

{"model": name} gives [eps, momentum] of every batch normalization, [eps] of every other norm, and [p] of dropout and stochastic depth
that drop something, by path.
"""
import torch
import torchvision

from live import serve
from models import build


def skip_init():
    """Building is all that is wanted: the values do not matter."""
    for name in ["kaiming_normal_", "kaiming_uniform_", "uniform_", "normal_", "trunc_normal_", "constant_", "zeros_", "ones_"]:
        setattr(torch.nn.init, name, lambda tensor, *args, **kwargs: tensor)


def constants(module):
    if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
        return [module.eps, module.momentum]
    if isinstance(module, (torch.nn.LayerNorm, torch.nn.GroupNorm)):
        return [module.eps]
    if isinstance(module, (torch.nn.Dropout, torchvision.ops.StochasticDepth)) and module.p > 0:
        return [module.p]
    return None


def answer(request):
    for path, module in build(request["model"]).named_modules():
        found = constants(module)
        if found:
            yield {"name": path}, torch.tensor(found, dtype=torch.float64)


if __name__ == "__main__":
    skip_init()
    serve(answer)
