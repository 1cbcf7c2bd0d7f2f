"""Where the examples' recordings and models come from: an example's own folder, an installed package, or the directory that MOTE_SHARED_DIR names."""

import importlib.util
import os
import wave
from pathlib import Path

import numpy as np

EXAMPLES = Path(__file__).resolve().parents[1]


class Missing(Exception):
    """A recording or a model is not on this machine; the text says what to fetch and where to put it."""


def shared() -> Path | None:
    """The directory of other people's models and data, if there is one."""
    path = Path(os.environ.get("MOTE_SHARED_DIR", EXAMPLES.parents[1] / "shared"))
    return path if path.is_dir() else None


def find(example: str, name: str, in_shared: str, source: str) -> Path:
    """The file `name` of the example's own folder, or else `in_shared` of the shared directory. `source`: where anyone gets it."""
    own = EXAMPLES / example / name
    if own.exists():
        return own
    directory = shared()
    if directory and (directory / in_shared).exists():
        return directory / in_shared
    raise Missing(f"{name} is missing: fetch {source} and put it at examples/{example}/{name}")


def find_in_package(package: str, path: str) -> Path | None:
    """A data file that comes inside an installed package, which is not imported."""
    spec = importlib.util.find_spec(package)
    for folder in spec.submodule_search_locations or [] if spec else []:
        if (Path(folder) / path).exists():
            return Path(folder) / path
    return None


def read_wav(path: Path, rate: int = 16000) -> np.ndarray:
    """The first channel of a 16-bit .wav file."""
    with wave.open(str(path)) as file:
        if file.getsampwidth() != 2 or file.getframerate() != rate:
            raise ValueError(f"{path}: 16 bits at {rate} Hz are wanted, not {8 * file.getsampwidth()} bits at {file.getframerate()} Hz")
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())[:, 0]
