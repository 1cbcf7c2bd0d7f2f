"""The data sets behind the exports. Each comes inside a package: nothing is downloaded, nothing is copied into the repository."""

import gzip
import importlib.util
from pathlib import Path

import numpy as np

ACTIVITIES = ("Badminton", "Running", "Standing", "Walking")
GARMENTS = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """scikit-learn's digits, 8x8 pixels of 0..16: 1,297 rows to train on and 500 to test, x then y."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    x, y = load_digits(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(x.astype(np.float32), y, test_size=500, random_state=0, stratify=y)
    return x_train, y_train, x_test, y_test


def motions(split: str) -> tuple[np.ndarray, np.ndarray]:
    """BasicMotions of the aeon wheel, "TRAIN" or "TEST": windows [40, 6 channels, 100 samples] and labels as indices of ACTIVITIES."""
    spec = importlib.util.find_spec("aeon")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("aeon is not installed: pip install --no-deps aeon==1.6.0")
    path = Path(spec.submodule_search_locations[0]) / "datasets" / "data" / "BasicMotions" / f"BasicMotions_{split}.ts"
    windows, labels = [], []
    for line in path.read_text().splitlines():
        if line.strip() and line[0] not in "#@":
            *series, label = line.strip().split(":")
            windows.append([[float(v) for v in s.split(",")] for s in series])
            labels.append(ACTIVITIES.index(label))
    return np.array(windows, np.float32), np.array(labels, np.int64)


def motion_features(windows: np.ndarray) -> np.ndarray:
    """Of each channel its mean, deviation, lowest, highest value and mean step: [n, 30]."""
    steps = np.abs(np.diff(windows, axis=2)).mean(axis=2)
    parts = [windows.mean(axis=2), windows.std(axis=2), windows.min(axis=2), windows.max(axis=2), steps]
    return np.concatenate(parts, axis=1).astype(np.float32)


def fashion(split: str, directory: Path = Path("/usr/share/datasets/fashion-mnist")) -> tuple[np.ndarray, np.ndarray]:
    """Fashion-MNIST of Debian's package dataset-fashion-mnist, "train" or "t10k": images uint8 [n, 28, 28] and labels."""
    with gzip.open(directory / f"{split}-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(directory / f"{split}-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8).astype(np.int64)
    return images, labels
