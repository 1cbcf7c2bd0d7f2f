"""Fits what a normal beat's frames look like: from the electrocardiogram to normal_beats.npz.

    pip install numpy==2.4.6

    python train.py    # some seconds; writes normal_beats.npz beside this script

The features come from `mote features`, so they are those of the chip. The same versions on the same machine give the same bytes.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from heartbeat.beats import RATE, load, read_offline  # noqa: E402
from heartbeat.check import FITTED_SECONDS  # noqa: E402

MOTE = HERE.parents[1] / "build/release/bin/mote"
HOP = 36  # samples, of pipeline.toml
CLEAR = (0.8, 0.25)  # s before and behind a frame's end in which no beat may be doubtful


def energies(adc: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two energies of each hop [hops, 2], from where filters and frames are filled on, and when each hop ends, in seconds."""
    with tempfile.TemporaryDirectory() as directory:
        recording, features = Path(directory) / "recording.npy", Path(directory) / "features.npz"
        np.save(recording, adc)
        subprocess.run([MOTE, "features", HERE / "pipeline.toml", "-i", recording, "-o", features], check=True, stdout=subprocess.DEVNULL)
        values = np.load(features)["x"].reshape(-1, 2)
    hops = len(adc) // HOP
    return values, (np.arange(hops - len(values), hops) + 1) * HOP / RATE


def main() -> None:
    adc = load()
    values, ends = energies(adc)
    doubtful = read_offline(adc).doubtful()
    clear = np.array([not np.any((doubtful > end - CLEAR[0]) & (doubtful < end + CLEAR[1])) for end in ends])
    normal = values[clear & (ends < FITTED_SECONDS)].astype(np.float64)
    mean, covariance = normal.mean(axis=0), np.cov(normal.T)
    factor = np.linalg.inv(np.linalg.cholesky(covariance))
    squares = (((normal - mean) @ factor.T) ** 2).sum(axis=1)
    np.savez(HERE / "normal_beats.npz", mean=mean.astype(np.float32), factor=factor.astype(np.float32))
    print(f"{len(normal)} frames of normal beats; their squared distances: median {np.median(squares):.1f}, 99 % below {np.quantile(squares, 0.99):.1f}, largest {squares.max():.1f}")


if __name__ == "__main__":
    main()
