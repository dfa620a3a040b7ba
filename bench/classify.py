"""The shortest script that does what `ocelli classify` does with torchvision: picture, weights file in, five labels out."""
import sys

import torch
from PIL import Image
from torchvision.models import EfficientNet_B0_Weights, efficientnet_b0

model = efficientnet_b0()
model.load_state_dict(torch.load(sys.argv[2]))
weights = EfficientNet_B0_Weights.IMAGENET1K_V1
with torch.no_grad():
    logits = model.eval()(weights.transforms()(Image.open(sys.argv[1]).convert("RGB"))[None])
for score, index in zip(*logits.softmax(1)[0].topk(5)):
    print(f"{score:.4f} {weights.meta['categories'][index]}")
