"""Two small networks for Fashion-MNIST, trained with PyTorch on 12,000 images: fashion_cnn.onnx and fashion_ds_cnn.onnx, with outputs for 40 test images.

Usage: make_fashion.py [NAME...]; see make_all.sh for the environment. About two minutes on one core.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from data_sets import fashion
from networks import accuracy, export, train

FOLDER = Path(__file__).resolve().parent


def convolution(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    layer = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [layer, nn.BatchNorm2d(outputs), nn.ReLU6() if groups > 1 else nn.ReLU()]


def plain() -> nn.Module:
    return nn.Sequential(*convolution(1, 12), nn.MaxPool2d(2), *convolution(12, 24), nn.MaxPool2d(2), *convolution(24, 32), nn.MaxPool2d(2),
                         nn.Flatten(), nn.Linear(288, 10))


class Residual(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.body = nn.Sequential(*convolution(channels, channels, groups=channels), *convolution(channels, channels, 1)[:2])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(x + self.body(x))


def separable() -> nn.Module:
    def narrower(inputs: int, outputs: int, stride: int) -> list[nn.Module]:
        return [*convolution(inputs, inputs, stride=stride, groups=inputs), *convolution(inputs, outputs, 1)]

    return nn.Sequential(*convolution(1, 16, stride=2), *narrower(16, 40, 2), Residual(40), Residual(40), *narrower(40, 64, 1),
                         nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def main() -> None:
    x, y = (part[:12000] for part in fashion("train"))
    x_test, y_test = fashion("t10k")
    as_rows = lambda images: (images[:, None] / np.float32(255)).astype(np.float32)  # noqa: E731
    for name, build, opset in (("fashion_cnn", plain, 13), ("fashion_ds_cnn", separable, 17)):
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        torch.manual_seed(0)
        model = train(build(), as_rows(x), y, epochs=4, rate=1e-2, batch=128)
        right = [accuracy(model, as_rows(images), labels) for images, labels in ((x_test, y_test), (x_test[:1000], y_test[:1000]))]
        export(FOLDER, name, model, as_rows(x_test[:40]), opset=opset, dynamic=True, note=f"accuracy {right[0]:.4f}, first 1,000 {right[1]:.3f}")


if __name__ == "__main__":
    main()
