"""PyTorch's networks as ONNX with their expected outputs: torch/*.onnx and *.npz.

Usage: make_torch.py [NAME...]; see make_all.sh for the environment. Names that start with a data set are trained on it, the others have random weights.
"""

import sys
from pathlib import Path
from typing import Callable

import numpy as np
import torch
from torch import nn

import networks
from data_sets import digits, motions

FOLDER = Path(__file__).resolve().parent / "torch"


# ---- networks


def digits_cnn() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 12, 3, padding=1), nn.BatchNorm2d(12), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Conv2d(12, 24, 3, padding=1), nn.BatchNorm2d(24), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(96, 10))


class Separable(nn.Module):
    """A depthwise and a pointwise convolution; what comes in is added where the shape stays."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1):
        super().__init__()
        self.depthwise = nn.Sequential(nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False), nn.BatchNorm2d(inputs), nn.ReLU6())
        self.pointwise = nn.Sequential(nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs))
        self.keeps_shape = inputs == outputs and stride == 1

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.pointwise(self.depthwise(x))
        return x + y if self.keeps_shape else nn.functional.relu6(y)


def digits_separable() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU6(), Separable(16, 16), Separable(16, 32, 2),
                         Separable(32, 32), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10), nn.Softmax(1))


def motions_conv1d() -> nn.Module:
    return nn.Sequential(nn.BatchNorm1d(6), nn.Conv1d(6, 16, 5, padding=2), nn.BatchNorm1d(16), nn.ReLU(), nn.MaxPool1d(2), nn.Conv1d(16, 24, 5),
                         nn.BatchNorm1d(24), nn.ReLU(), nn.AvgPool1d(2), nn.Conv1d(24, 24, 3, stride=2, dilation=2), nn.ReLU(),
                         nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(24, 4))


class Recurrent(nn.Module):
    """The last state of a recurrent layer, or the mean of its states, classified."""

    def __init__(self, layer: nn.Module, features: int, mean: bool = False):
        super().__init__()
        self.layer, self.mean, self.out = layer, mean, nn.Linear(features, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        states = self.layer(x)[0]
        return self.out(states.mean(1) if self.mean else states[:, -1])


def motions_gru() -> nn.Module:
    return Recurrent(nn.GRU(6, 12, num_layers=2, batch_first=True), 12)


def motions_lstm() -> nn.Module:
    return Recurrent(nn.LSTM(6, 16, batch_first=True), 16, mean=True)


def motions_bilstm() -> nn.Module:
    return Recurrent(nn.LSTM(6, 8, batch_first=True, bidirectional=True), 16, mean=True)


class MixerBlock(nn.Module):
    """Layer normalization, two linear layers with GELU between them, and the sum with what came in."""

    def __init__(self, features: int):
        super().__init__()
        self.norm, self.wide, self.narrow = nn.LayerNorm(features), nn.Linear(features, 2 * features), nn.Linear(2 * features, features)
        self.act = nn.GELU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.narrow(self.act(self.wide(self.norm(x))))


def digits_gelu() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 24), MixerBlock(24), MixerBlock(24), nn.LayerNorm(24), nn.Linear(24, 10))


class Attention(nn.Module):
    """Self-attention with two heads."""

    def __init__(self, features: int):
        super().__init__()
        self.norm, self.qkv, self.out = nn.LayerNorm(features), nn.Linear(features, 3 * features), nn.Linear(features, features)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, tokens, features = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(batch, tokens, 3, 2, features // 2).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(q @ k.transpose(-2, -1) / (features // 2) ** 0.5, dim=-1)
        return x + self.out((weights @ v).transpose(1, 2).reshape(batch, tokens, features))


class DigitsTransformer(nn.Module):
    """Each row of a digit is a token."""

    def __init__(self) -> None:
        super().__init__()
        self.embed, self.position = nn.Linear(8, 16), nn.Parameter(torch.randn(8, 16) * 0.1)
        self.body = nn.Sequential(Attention(16), MixerBlock(16))
        self.out = nn.Linear(16, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(self.body(self.embed(x.squeeze(1)) + self.position).mean(1))


def autoencoder(up: str) -> Callable[[], nn.Module]:
    def build() -> nn.Module:
        wider = {"transposed": [nn.ConvTranspose2d(8, 8, 2, stride=2)],
                 "nearest": [nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(8, 8, 3, padding=1)],
                 "bilinear": [nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False), nn.Conv2d(8, 8, 3, padding=1)]}[up]
        return nn.Sequential(nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.LeakyReLU(0.1), *wider, nn.ReLU(),
                             nn.ConvTranspose2d(8, 1, 3, stride=1, padding=1), nn.Sigmoid())

    return build


def instance_norm() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 8, 3), nn.InstanceNorm2d(8, affine=True), nn.ELU(), nn.Conv2d(8, 8, 3, groups=2), nn.PReLU(8), nn.Flatten(),
                         nn.Linear(128, 5), nn.Tanh())


def hard_activations() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.Hardswish(), nn.Conv2d(8, 8, 3, padding=2, dilation=2), nn.Hardsigmoid(),
                         nn.AvgPool2d(3, stride=2, padding=1), nn.ConstantPad2d((1, 0, 0, 1), 0.5), nn.Conv2d(8, 6, (1, 3)), nn.Softplus(),
                         nn.Flatten(), nn.Linear(90, 5), nn.LogSoftmax(1))


class Arithmetic(nn.Module):
    """Operations between tensors rather than layers: slices, joins, means, extremes, powers, comparisons."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        left, right = x[:, :, :4], x[:, :, 4:]
        both = torch.cat([left * right, torch.maximum(left, right), (left - right).abs().sqrt()], dim=1)
        scaled = both / (both.pow(2).sum(dim=1, keepdim=True).sqrt() + 1e-3)
        chosen = torch.where(scaled > 0.5, scaled.exp(), torch.log(scaled + 1.5))
        return torch.cat([chosen.mean(dim=(2, 3)), chosen.amax(dim=(2, 3)), chosen.amin(dim=3).sum(dim=2)], dim=1)


# ---- data


def images(rows: np.ndarray) -> np.ndarray:
    return (rows.reshape(-1, 1, 8, 8) / np.float32(16)).astype(np.float32)


def digits_rows() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    x, y, x_test, y_test = digits()
    return images(x), y, images(x_test), y_test


def windows(time_first: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """In tens, which suits the layers' gates."""
    (x, y), (x_test, y_test) = motions("TRAIN"), motions("TEST")
    turn = lambda w: np.ascontiguousarray(w.transpose(0, 2, 1) / np.float32(10) if time_first else w)  # noqa: E731
    return turn(x), y, turn(x_test), y_test


# ---- what is exported


def trained(name: str, build: Callable[[], nn.Module], data: tuple, epochs: int, exports: dict[str, dict], every: int = 13) -> None:
    """One training, several exports of it: a suffix and the options of each. Of the test rows one in `every` is kept."""
    x, y, x_test, y_test = data
    torch.manual_seed(0)
    model = networks.train(build(), x, y, epochs, rate=1e-2)
    note = f"accuracy {networks.accuracy(model, x_test, y_test):.3f}"
    for suffix, options in exports.items():
        networks.export(FOLDER, name + suffix, model, x_test[::every], note=note, **options)


def untrained(name: str, build: Callable[[], nn.Module], opset: int, **options: bool) -> None:
    torch.manual_seed(0)
    networks.export(FOLDER, name, build(), digits_rows()[2][:20], opset=opset, **options)


MAKERS: dict[str, Callable[[str], None]] = {
    "digits_cnn": lambda name: trained(name, digits_cnn, digits_rows(), 12, {
        "": {"opset": 9}, "_dynamic": {"opset": 13, "dynamic": True}, "_functions": {"opset": 15, "functions": True},
        "_batch_norm": {"opset": 17, "fold": False}}),
    "digits_separable": lambda name: trained(name, digits_separable, digits_rows(), 12, {"": {"opset": 11}}),
    "digits_gelu": lambda name: trained(name, digits_gelu, digits_rows(), 15, {
        "": {"opset": 17, "dynamic": True}, "_decomposed": {"opset": 13}, "_functions": {"opset": 16, "functions": True}}),
    "digits_transformer": lambda name: trained(name, DigitsTransformer, digits_rows(), 15, {"": {"opset": 17}, "_opset13": {"opset": 13, "dynamic": True}}),
    "motions_conv1d": lambda name: trained(name, motions_conv1d, windows(False), 60, {"": {"opset": 11}, "_dynamic": {"opset": 17, "dynamic": True}}, every=4),
    "motions_gru": lambda name: trained(name, motions_gru, windows(True), 60, {"": {"opset": 13}, "_dynamic": {"opset": 17, "dynamic": True}}, every=4),
    "motions_lstm": lambda name: trained(name, motions_lstm, windows(True), 60, {"": {"opset": 11}, "_dynamic": {"opset": 14, "dynamic": True}}, every=4),
    "motions_bilstm": lambda name: trained(name, motions_bilstm, windows(True), 60, {"": {"opset": 17}}, every=4),
    "autoencoder_transposed": lambda name: untrained(name, autoencoder("transposed"), 11),
    "autoencoder_nearest": lambda name: untrained(name, autoencoder("nearest"), 9),
    "autoencoder_bilinear": lambda name: untrained(name, autoencoder("bilinear"), 13, dynamic=True),
    "instance_norm": lambda name: untrained(name, instance_norm, 13),
    "hard_activations": lambda name: untrained(name, hard_activations, 14),
    "arithmetic": lambda name: untrained(name, Arithmetic, 13),
}

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for wanted in sys.argv[1:] or MAKERS:
        MAKERS[wanted](wanted)
