"""The Tecator spectra: absorbance of 100 channels from 850 to 1050 nm, and the fat content in percent."""

from pathlib import Path

import numpy as np

from support.recordings import Missing, find_in_package, shared

CHANNELS = 100


def read_ts(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Reads a .ts file: spectra [n, CHANNELS] and fat [n]. A line that starts with # or @ is header; any other holds the channels, a colon, the fat."""
    rows = [line.strip().split(":") for line in path.read_text().splitlines() if line.strip() and line[0] not in "#@"]
    x = np.array([row[0].split(",") for row in rows], np.float32)
    if x.shape[1:] != (CHANNELS,):
        raise ValueError(f"{path}: spectra have {x.shape[1:]} channels, not {CHANNELS}")
    return x, np.array([row[1] for row in rows], np.float32)


def load(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Spectra and fat of the split "train" (172 pieces of meat) or "test" (43)."""
    if path := find_in_package("sktime", f"datasets/data/Tecator/Tecator_{split.upper()}.ts"):
        return read_ts(path)
    directory = shared()
    if directory and (path := directory / "datasets/tecator_nir/tecator_nir.npz").exists():
        arrays = np.load(path)
        return arrays[f"X_{split}"][:, 0], arrays[f"y_{split}"]
    raise Missing("the Tecator spectra come inside the sktime wheel: pip install --no-deps sktime==1.2.0")
