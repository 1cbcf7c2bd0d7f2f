"""What SHARED_DIR/datasets holds, as the scripts of this folder use it: images, sounds and movements that models are fitted to and measured on."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from keyword_features import features_at_8_khz


@dataclass
class Labelled:
    inputs: np.ndarray
    labels: np.ndarray


class Datasets:
    def __init__(self, shared: Path):
        self.path = shared / "datasets"

    def load(self, name: str) -> np.lib.npyio.NpzFile:
        return np.load(self.path / f"{name}.npz")

    def tiny(self, task: str) -> Labelled:
        """The labelled samples of an MLPerf Tiny task: kws, ic, vww."""
        samples = self.load("mlperf_tiny_samples/mlperf_tiny_samples")
        inputs = {"kws": lambda x: x.reshape(-1, 49, 10, 1), "ic": lambda x: x.astype(np.float32), "vww": lambda x: (x / np.float32(255)).astype(np.float32)}[task]
        return Labelled(inputs(samples[f"{task}_x"]), samples[f"{task}_y"])

    def cifar(self) -> np.ndarray:
        """250 photos without labels, 0 to 255."""
        return self.load("cifar10_unlabelled_250/cifar10_calib_250")["raw"].reshape(-1, 32, 32, 3).astype(np.float32)

    def fashion(self) -> tuple[Labelled, Labelled]:
        """4,000 images to learn from and 1,000 to measure on, 0 to 1."""
        arrays = self.load("fashion_mnist/fashion_mnist_4k_1k")
        train, test = ((arrays[f"X_{part}"][:, None] / np.float32(255)).astype(np.float32) for part in ("train", "test"))
        return Labelled(train, arrays["y_train"]), Labelled(test, arrays["y_test"])

    def motions(self) -> tuple[Labelled, Labelled]:
        """40 windows of six sensors to learn from and 40 to measure on."""
        arrays = self.load("basicmotions/basicmotions")
        names = sorted(set(arrays["y_train"]))
        parts = (Labelled(arrays[f"X_{part}"].astype(np.float32), np.array([names.index(y) for y in arrays[f"y_{part}"]])) for part in ("train", "test"))
        return next(parts), next(parts)

    def digits(self) -> np.ndarray:
        """800 spoken digits as the keyword spotter's features."""
        arrays = self.load("fsdd_digits/fsdd_digits")
        bounds = arrays["offset"]
        return np.stack([features_at_8_khz(arrays["pcm"][bounds[i] : bounds[i + 1]], i) for i in range(len(bounds) - 1)])

    def machine_windows(self) -> np.ndarray:
        """A toy car's clip in windows of five frames, [196][640]."""
        frames = self.load("mlperf_tiny_samples/mlperf_tiny_samples")["ad_normal_clip"].reshape(-1, 128)
        return np.stack([frames[i : i + 5].reshape(640) for i in range(len(frames) - 4)])

    def machine_tests(self) -> np.ndarray:
        return self.load("mlperf_tiny_samples/mlperf_tiny_samples")["ad_x"]
