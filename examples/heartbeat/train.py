"""Fits what a normal beat's frames look like: from the electrocardiogram to normal_beats.npz.

    pip install numpy==2.4.6

    python train.py    # a second; writes normal_beats.npz beside this script

The filters and energies are those of pipeline.toml. The same versions on the same machine give the same bytes.
"""

import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from heartbeat.beats import PER_MILLIVOLT, RATE, ZERO, load, read_offline  # noqa: E402
from heartbeat.check import FITTED_SECONDS  # noqa: E402

BANDS = ((3.0, 8.0), (8.0, 20.0))  # Hz
FRAME, STEP = 108, 36  # samples
SETTLED = 2.0  # s until the filters have forgotten where they began
CLEAR = (0.8, 0.25)  # s before and behind a frame's end in which no beat may be doubtful


def band_pass(low: float, high: float) -> np.ndarray:
    """b0, b1, b2, a1, a2 of a Butterworth band-pass of order 1, by the bilinear transform."""
    warped_low, warped_high = np.tan(np.pi * low / RATE), np.tan(np.pi * high / RATE)
    width, square = warped_high - warped_low, warped_low * warped_high
    whole = 1 + width + square
    return np.array([width, 0, -width, 2 * (square - 1), 1 - width + square]) / whole


def filtered(signal: np.ndarray, section: np.ndarray) -> np.ndarray:
    b0, b1, b2, a1, a2 = section
    out = np.empty_like(signal)
    first = second = 0.0
    for i, x in enumerate(signal):
        out[i] = y = b0 * x + first
        first, second = b1 * x - a1 * y + second, b2 * x - a2 * y
    return out


def energies(adc: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The root mean squares [frames, bands], and when each frame ends, in seconds."""
    millivolts = (adc.astype(np.float64) - ZERO) / PER_MILLIVOLT
    bands = np.stack([filtered(millivolts, band_pass(*band)) for band in BANDS], axis=1)
    frames = np.lib.stride_tricks.sliding_window_view(bands, FRAME, axis=0)[::STEP]
    return np.sqrt((frames**2).mean(axis=-1)), (np.arange(len(frames)) * STEP + FRAME) / RATE


def main() -> None:
    adc = load()
    values, ends = energies(adc)
    doubtful = read_offline(adc).doubtful()
    clear = np.array([not np.any((doubtful > end - CLEAR[0]) & (doubtful < end + CLEAR[1])) for end in ends])
    normal = values[clear & (ends > SETTLED) & (ends < FITTED_SECONDS)].astype(np.float32)
    mean, covariance = normal.mean(axis=0, dtype=np.float64), np.cov(normal.T.astype(np.float64))
    stray = normal - mean
    squares = np.einsum("ni,ij,nj->n", stray, np.linalg.inv(covariance), stray)
    np.savez(HERE / "normal_beats.npz", mean=mean.astype(np.float32), factor=np.linalg.inv(np.linalg.cholesky(covariance)).astype(np.float32))
    print(f"{len(normal)} frames of normal beats; their squared distances: median {np.median(squares):.1f}, 99 % below {np.quantile(squares, 0.99):.1f}, largest {squares.max():.1f}")


if __name__ == "__main__":
    main()
