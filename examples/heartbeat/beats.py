"""The electrocardiogram, and what an offline reader that sees all of it at once says of each beat."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from support.recordings import Missing, find_in_package, shared

RATE = 360
ZERO, PER_MILLIVOLT = 1024, 200  # of the analog-to-digital converter


def load() -> np.ndarray:
    """Five minutes as the converter gave them, int16."""
    packaged = find_in_package("scipy", "misc/ecg.dat") or Path("/usr/lib/python3/dist-packages/scipy/misc/ecg.dat")
    if packaged.exists():
        return np.load(packaged)["ecg"].astype(np.int16)
    directory = shared()
    if directory and (path := directory / "datasets/ecg_mitbih208/ecg.npz").exists():
        return np.load(path)["adc"].astype(np.int16)
    raise Missing("the electrocardiogram comes with SciPy before 1.12: apt-get install python3-scipy on Debian 12, or pip install 'scipy<1.12'")


@dataclass
class Beats:
    """When each beat's R peak is, in seconds, and how like the usual beat it is: the correlation with the median beat, 1 for the same shape."""

    seconds: np.ndarray
    likeness: np.ndarray

    def normal(self) -> np.ndarray:
        return self.seconds[self.likeness >= 0.8]

    def doubtful(self) -> np.ndarray:
        """All that are not normal: the abnormal ones, and those half way (fusion beats)."""
        return self.seconds[self.likeness < 0.8]

    def abnormal(self) -> np.ndarray:
        return self.seconds[self.likeness < 0.5]


def band(signal: np.ndarray, low: float, high: float) -> np.ndarray:
    """What lies between two frequencies, without delay."""
    spectrum = np.fft.rfft(signal)
    hertz = np.fft.rfftfreq(len(signal), 1 / RATE)
    spectrum[(hertz < low) | (hertz > high)] = 0
    return np.fft.irfft(spectrum, len(signal))


def peaks(signal: np.ndarray, height: float, apart: int) -> list[int]:
    """Where the signal is above `height` and highest within `apart` samples to either side."""
    return [i for i in np.flatnonzero(signal > height) if signal[i] == signal[max(0, i - apart) : i + apart + 1].max()]


def read_offline(adc: np.ndarray) -> Beats:
    """Finds the beats by the energy of their slopes and compares the shape of each with the median beat, in a window from 0.2 s before R to 0.4 s behind it."""
    millivolts = (adc.astype(np.float64) - ZERO) / PER_MILLIVOLT
    smooth = band(millivolts, 0.5, 40)
    energy = np.convolve(np.gradient(band(millivolts, 5, 15)) ** 2, np.ones(54) / 54, "same")
    typical = np.median([energy[i : i + 2 * RATE].max() for i in range(0, len(energy) - 2 * RATE, 2 * RATE)])
    before, behind, reach, slack = 72, 144, 40, 6
    found = peaks(energy, 0.05 * typical, RATE // 4)
    tops = sorted({max(0, i - reach) + int(np.argmax(smooth[max(0, i - reach) : i + reach])) for i in found})
    tops = np.array([i for i in tops if before + slack <= i < len(smooth) - behind - slack])
    shapes = np.stack([[smooth[i + s - before : i + s + behind] for s in range(-slack, slack + 1, 2)] for i in tops])
    usual = np.median(shapes[:, slack // 2], axis=0)
    for _ in range(5):
        likeness = np.array([max(np.corrcoef(shape, usual)[0, 1] for shape in shifted) for shifted in shapes])
        usual = np.median(shapes[likeness > 0.9, slack // 2], axis=0)
    return Beats(tops / RATE, likeness)
