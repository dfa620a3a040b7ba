"""Models that torchvision does not have, written plainly in torch: what ours are held against."""
import math
from functools import partial

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models.efficientnet import EfficientNet, MBConv, MBConvConfig
from torchvision.ops.misc import SqueezeExcitation

from own_capsnet import CapsNet


class LeNet5(nn.Module):
    """LeNet-5 as it is usually built today."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc1(x.flatten(1)))
        return self.fc3(F.relu(self.fc2(x)))


class Subsampling(nn.Module):
    """The sum of each 2x2 window, times a weight plus a bias of its map."""

    fan_in = 4

    def __init__(self, maps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(maps))
        self.bias = nn.Parameter(torch.zeros(maps))

    def forward(self, x):
        total = x[..., 0::2, 0::2] + x[..., 0::2, 1::2] + x[..., 1::2, 0::2] + x[..., 1::2, 1::2]
        return total * self.weight[:, None, None] + self.bias[:, None, None]


class ConnectedConv(nn.Module):
    """Layer C3: each map is the sum of convolutions of the maps that the paper's table I connects it with."""

    fan_in = 100
    table = [
        [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 0], [5, 0, 1],
        [0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 0], [4, 5, 0, 1], [5, 0, 1, 2],
        [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5],
    ]

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(sum(len(row) for row in self.table), 5, 5))
        self.bias = nn.Parameter(torch.zeros(len(self.table)))

    def forward(self, x):
        maps, at = [], 0
        for map_, row in enumerate(self.table):
            kernels = self.weight[at:at + len(row)]
            maps.append(F.conv2d(x[:, row], kernels[None], self.bias[map_:map_ + 1]))
            at += len(row)
        return torch.cat(maps, 1)


class RadialBasis(nn.Linear):
    """Minus the squared distance to each row; the rows are fixed."""

    def __init__(self, features, outputs):
        super().__init__(features, outputs, bias=False)
        self.weight.requires_grad_(False)

    def forward(self, x):
        return -((x[:, None] - self.weight) ** 2).sum(2)


class LeNet1998(nn.Module):
    """LeNet-5 of 1998, layer by layer."""

    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, 5)
        self.s2 = Subsampling(6)
        self.c3 = ConnectedConv()
        self.s4 = Subsampling(16)
        self.c5 = nn.Conv2d(16, 120, 5)
        self.f6 = nn.Linear(120, 84)
        self.output = RadialBasis(84, 10)

    def forward(self, x):
        for layer in (self.c1, self.s2, self.c3, self.s4, self.c5):
            x = 1.7159 * torch.tanh(layer(x) * 2 / 3)
        return self.output(1.7159 * torch.tanh(self.f6(x.flatten(1)) * 2 / 3))


def efficientnet_mini():
    """torchvision's EfficientNet over a short table, with a stem that does not stride."""
    stages = [
        # expand, kernel, stride, channels in, channels out, layers, and widths and depths as they are
        MBConvConfig(1, 3, 1, 16, 16, 1, 1.0, 1.0),
        MBConvConfig(4, 3, 2, 16, 24, 2, 1.0, 1.0),
        MBConvConfig(4, 5, 2, 24, 40, 2, 1.0, 1.0),
        MBConvConfig(4, 3, 1, 40, 64, 2, 1.0, 1.0),
    ]
    model = EfficientNet(stages, dropout=0.2, num_classes=10, last_channel=256)
    model.features[0][0].stride = (1, 1)
    return model


def round8(channels):
    """The multiple of 8 nearest to it, and the next one up where that loses more than a tenth."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


def efficientnet_lite(width, depth, dropout):
    """torchvision's EfficientNet-B0 without squeeze-and-excitation and with ReLU6; its ends do not scale."""
    stages = [
        # expand, kernel, stride, channels in, channels out, layers
        (1, 3, 1, 32, 16, 1), (6, 3, 2, 16, 24, 2), (6, 5, 2, 24, 40, 2), (6, 3, 2, 40, 80, 3),
        (6, 5, 1, 80, 112, 3), (6, 5, 2, 112, 192, 4), (6, 3, 1, 192, 320, 1),
    ]
    rows = []
    for i, (expand, kernel, stride, before, after, layers) in enumerate(stages):
        before = before if i == 0 else round8(before * width)
        layers = layers if i in (0, 6) else math.ceil(layers * depth)
        rows.append(MBConvConfig(expand, kernel, stride, before, round8(after * width), layers, 1.0, 1.0))
    norm = partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01)
    model = EfficientNet(rows, dropout=dropout, norm_layer=norm, last_channel=1280)
    for module in list(model.modules()):
        if isinstance(module, MBConv):
            module.block = nn.Sequential(*(layer for layer in module.block if not isinstance(layer, SqueezeExcitation)))
        for name, child in module.named_children():
            if isinstance(child, nn.SiLU):
                setattr(module, name, nn.ReLU6())
    return model


def conv_norm_relu(channels_in, channels_out, kernel, stride=1, groups=1, relu=nn.ReLU):
    conv = nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(channels_out), relu())


class MobileNetV1(nn.Module):
    """MobileNet v1 at width 1, with the activation of its authors' code."""

    def __init__(self):
        super().__init__()
        layers, before = [conv_norm_relu(3, 32, 3, 2, relu=nn.ReLU6)], 32
        widths = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]
        strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]
        for width, stride in zip(widths, strides):
            layers.append(nn.Sequential(
                conv_norm_relu(before, before, 3, stride, groups=before, relu=nn.ReLU6),
                conv_norm_relu(before, width, 1, relu=nn.ReLU6),
            ))
            before = width
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(0.0), nn.Linear(1024, 1000))

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


class MnasBlock(nn.Module):
    """An inverted residual of MnasNet; `se` is the part of the input's channels that the gate squeezes to, or 0."""

    def __init__(self, channels_in, channels_out, kernel, stride, expand, se):
        super().__init__()
        inside = channels_in * expand
        self.layers = nn.Sequential(
            *conv_norm_relu(channels_in, inside, 1),
            *conv_norm_relu(inside, inside, kernel, stride, groups=inside),
            *([SqueezeExcitation(inside, int(channels_in * se))] if se else []),
            nn.Conv2d(inside, channels_out, 1, bias=False),
            nn.BatchNorm2d(channels_out),
        )
        self.shortcut = stride == 1 and channels_in == channels_out

    def forward(self, x):
        return x + self.layers(x) if self.shortcut else self.layers(x)


class MnasNetA1(nn.Module):
    """MnasNet-A1."""

    def __init__(self):
        super().__init__()
        layers = [
            *conv_norm_relu(3, 32, 3, 2),
            *conv_norm_relu(32, 32, 3, groups=32),
            nn.Conv2d(32, 16, 1, bias=False),
            nn.BatchNorm2d(16),
        ]
        before = 16
        for kernel, stride, expand, width, count, se in [
            (3, 2, 6, 24, 2, 0), (5, 2, 3, 40, 3, 0.25), (3, 2, 6, 80, 4, 0),
            (3, 1, 6, 112, 2, 0.25), (5, 2, 6, 160, 3, 0.25), (3, 1, 6, 320, 1, 0),
        ]:
            blocks = [MnasBlock(before, width, kernel, stride, expand, se)]
            blocks += [MnasBlock(width, width, kernel, 1, expand, se) for _ in range(count - 1)]
            layers.append(nn.Sequential(*blocks))
            before = width
        self.layers = nn.Sequential(*layers, *conv_norm_relu(320, 1280, 1))
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, 1000))
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 0.0003  # as of torchvision's MNASNet

    def forward(self, x):
        return self.classifier(self.layers(x).mean((2, 3)))


OWN_MODELS = {
    "capsnet": CapsNet,
    "efficientnet_lite0": partial(efficientnet_lite, 1.0, 1.0, 0.2),
    "efficientnet_lite1": partial(efficientnet_lite, 1.0, 1.1, 0.2),
    "efficientnet_lite2": partial(efficientnet_lite, 1.1, 1.2, 0.3),
    "efficientnet_lite3": partial(efficientnet_lite, 1.2, 1.4, 0.3),
    "efficientnet_lite4": partial(efficientnet_lite, 1.4, 1.8, 0.3),
    "efficientnet_mini": efficientnet_mini,
    "lenet5": LeNet5,
    "lenet5_1998": LeNet1998,
    "mnasnet_a1": MnasNetA1,
    "mobilenet_v1": MobileNetV1,
}
