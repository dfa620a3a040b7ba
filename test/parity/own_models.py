"""Models that torchvision does not have, written plainly in torch: what ours are held against."""
import torch.nn.functional as F
from torch import nn
from torchvision.models.efficientnet import EfficientNet, MBConvConfig


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


OWN_MODELS = {"efficientnet_mini": efficientnet_mini, "lenet5": LeNet5}
