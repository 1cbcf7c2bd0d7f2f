"""What make_compression.py compresses, with which data, and in which ways."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from datasets import Datasets

EXPORTS = Path(__file__).resolve().parents[1] / "tests/exports"


@dataclass
class Case:
    """A float model with unlabelled samples to fit on, and others to measure on."""

    title: str
    model: Path
    fit: np.ndarray
    test: np.ndarray
    labels: np.ndarray | None
    data: str  # what the samples are
    fit_labels: np.ndarray | None = None  # there are enough samples to train with, which labels help; nothing else looks at these


@dataclass(frozen=True)
class Method:
    name: str
    group: str  # methods of a group are a line of the chart
    options: tuple[str, ...] = ()


def forms(group: str, *names: str) -> list[Method]:
    return [Method(name, group, ("--weights", name)) for name in names]


def pruned(percent: int, *options: str) -> Method:
    with_form = [o for o in options if not o.startswith("-")]
    name = ", ".join([f"{percent} % of the MACs pruned", *with_form])
    return Method(name, "together" if with_form else "channels", ("--prune-macs", f"{percent}%", "--prune-multiple", "4", *options))


PLAIN = Method("int8 alone", "int8")
METHODS = [
    PLAIN,
    *(pruned(percent) for percent in (25, 50, 65, 75)),
    *forms("bits", "int4", "int3", "int2"),
    *forms("clusters", "clusters64", "clusters16", "clusters8", "clusters4"),
    *forms("N:M", "2:4", "1:4"),
    *forms("zeros", "zeros50%", "zeros75%", "zeros90%"),
    *forms("together", "int4+zeros50%"),
    *(pruned(percent, "--weights", form) for percent, form in ((25, "int4"), (50, "int4"), (50, "clusters16"), (50, "int4+zeros50%"), (75, "int4"))),
]

def trained(method: Method, *options: str) -> Method:
    return Method(f"{method.name}, trained", "trained", (*method.options, "--distill", *options))


DISTILLED = [
    trained(forms("", "int2")[0], "20", "--learning-rate", "5e-4"),
    trained(pruned(75), "20", "--learning-rate", "2e-3"),
    trained(pruned(50, "--weights", "int4"), "20", "--learning-rate", "2e-3"),
    trained(Method("50 % of the MACs pruned, zeros50%", "", ("--prune-macs", "50%", "--weights", "zeros50%")), "40", "--learning-rate", "4e-3", "--noise", "0"),
]


def fashion(shared: Path) -> Case:
    train, test = Datasets(shared).fashion()
    return Case("Fashion-MNIST, convolutions", EXPORTS / "fashion_cnn.onnx", train.inputs, test.inputs, test.labels, "4,000 training images; 1,000 test images",
                fit_labels=train.labels)


def fashion_separable(shared: Path) -> Case:
    return replace(fashion(shared), title="Fashion-MNIST, depthwise-separable", model=EXPORTS / "fashion_ds_cnn.onnx")


def motions(shared: Path) -> Case:
    train, test = Datasets(shared).motions()
    return Case("BasicMotions, one-dimensional convolutions", EXPORTS / "torch/motions_conv1d.onnx", train.inputs, test.inputs, test.labels,
                "40 training windows; 40 test windows")


def keyword_spotting(shared: Path) -> Case:
    data, moved = Datasets(shared), (-4, -2, 0, 2, 4)  # frames of 20 ms
    keywords = data.tiny("kws")
    return Case("Keyword spotting (MLPerf Tiny)", shared / "models/full/mlperf__kws_ref_model_float32.tflite", data.digits(),
                np.concatenate([np.roll(keywords.inputs, by, 1) for by in moved]), np.tile(keywords.labels, len(moved)),
                "800 spoken digits, nearly none of which is a keyword; 10 labelled keywords, each at five places in the second")


def image_classification(shared: Path) -> Case:
    photos = Datasets(shared).cifar()
    return Case("Image classification (MLPerf Tiny)", shared / "models/full/mlperf__pretrainedResnet.tflite", photos[:200], photos[200:], None,
                "200 CIFAR-10 photos; 50 others without labels, so that the share of the float model's decisions is measured")


def anomaly_detection(shared: Path) -> Case:
    windows = Datasets(shared).machine_windows().astype(np.float32)
    return Case("Anomaly detection (MLPerf Tiny)", shared / "models/full/mlperf__model_ToyCar.tflite", windows[::2], windows[1::2], None,
                "98 windows of a machine's sound; 98 others of it. No decisions: the relative error of the outputs is measured")


CASES = {"fashion": fashion, "motions": motions, "kws": keyword_spotting, "ic": image_classification, "ad": anomaly_detection}
