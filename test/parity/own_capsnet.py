"""CapsuleNet (Sabour, Frosst & Hinton 2017, arXiv 1710.09829) written plainly in torch: what ours is held against."""
import torch
import torch.nn.functional as F
from torch import nn


def squash(s):
    """Sabour et al. 2017 (arXiv 1710.09829), equation 1, along the last axis; 1e-8 under the root as in src."""
    squares = (s * s).sum(-1, keepdim=True)
    return s * (squares + 1e-8).sqrt() / (1 + squares)


class PrimaryCapsules(nn.Module):
    """32 channels of 8-D capsules: [N, C, H, W] to [N, 32 * H' * W', 8]."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(256, 256, 9, stride=2)

    def forward(self, x):
        x = self.conv(x)
        return squash(x.reshape(len(x), 32, 8, -1).transpose(2, 3).flatten(1, 2))


class ClassCapsules(nn.Module):
    """Procedure 1 of the paper, with a gradient through all iterations; weight[i, :, j, :] is W_ij transposed."""

    def __init__(self, below, classes, iterations):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(below, 8, classes, 16) * 0.1)
        self.iterations = iterations

    def forward(self, u):
        votes = torch.einsum("nia,iajb->nijb", u, self.weight)
        logits = torch.zeros_like(votes[..., 0])
        for iteration in range(self.iterations):
            v = squash((logits.softmax(2)[..., None] * votes).sum(1))
            logits = logits + (votes * v[:, None]).sum(-1)
        return v


class Decoder(nn.Module):
    """A picture from the capsules that a mask [N, classes] leaves."""

    def __init__(self, classes, picture):
        super().__init__()
        self.picture = picture
        self.fc1 = nn.Linear(classes * 16, 512)
        self.fc2 = nn.Linear(512, 1024)
        self.fc3 = nn.Linear(1024, picture[0] * picture[1] * picture[2])

    def forward(self, capsules, mask):
        x = F.relu(self.fc1((capsules * mask[..., None]).flatten(1)))
        return torch.sigmoid(self.fc3(F.relu(self.fc2(x)))).reshape(-1, *self.picture)


class CapsNet(nn.Module):
    """CapsuleNet; `lengths` are the scores, and the decoder draws the longest capsule's picture."""

    def __init__(self, picture=(1, 28, 28), classes=10, iterations=3):
        super().__init__()
        height, width = ((size - 17) // 2 + 1 for size in picture[1:])
        self.conv1 = nn.Conv2d(picture[0], 256, 9)
        self.primary = PrimaryCapsules()
        self.capsules = ClassCapsules(32 * height * width, classes, iterations)
        self.decoder = Decoder(classes, picture)

    def lengths(self, x):
        """Lengths of the class capsules, and these."""
        capsules = self.capsules(self.primary(F.relu(self.conv1(x))))
        return ((capsules * capsules).sum(-1) + 1e-8).sqrt(), capsules

    def forward(self, x):
        lengths, capsules = self.lengths(x)
        self.decoder(capsules, F.one_hot(lengths.argmax(1), lengths.shape[1]).to(x.dtype))
        return lengths

    def loss(self, x, target):
        """The margin loss (equation 4) and 0.0005 times the sum of squared errors of the target's picture, by picture."""
        lengths, capsules = self.lengths(x)
        there = F.one_hot(target, lengths.shape[1]).to(x.dtype)
        margin = there * F.relu(0.9 - lengths) ** 2 + 0.5 * (1 - there) * F.relu(lengths - 0.1) ** 2
        errors = (self.decoder(capsules, there) - x) ** 2
        return margin.sum(1) + 0.0005 * errors.flatten(1).sum(1)
