"""The sound of a toy car, in order and faulty: a recording, or a sound made from a published recording's features.

MLPerf Tiny publishes a clip of a normal toy car as its features: 200 frames of 128 mel bands in decibels. Sound with this spectrum is made by an iteration after Griffin and Lim
(Signal estimation from modified short-time Fourier transform, 1984); its features are the published ones within 0.2 dB in the mean.
"""

import numpy as np

from support.example import as_int16
from support.recordings import EXAMPLES, Missing, read_wav, shared

RATE, FRAME, STEP, BANDS, FRAMES = 16000, 1024, 512, 128, 200
WINDOW = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)


def mel(hertz: np.ndarray) -> np.ndarray:
    """Slaney's scale: linear up to 1000 Hz, logarithmic above."""
    return np.where(hertz < 1000, hertz * 3 / 200, 15 + 27 * np.log(np.maximum(hertz, 1000) / 1000) / np.log(6.4))


def hertz(mels: np.ndarray) -> np.ndarray:
    return np.where(mels < 15, mels * 200 / 3, 1000 * 6.4 ** ((np.maximum(mels, 15) - 15) / 27))


def mel_filters() -> np.ndarray:
    """[bin of the spectrum][band]: triangles over hertz of equal area."""
    edges = hertz(np.linspace(mel(np.float64(0)), mel(np.float64(RATE / 2)), BANDS + 2))
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    place = np.arange(FRAME // 2 + 1)[:, None] * RATE / FRAME
    return np.maximum(0, np.minimum((place - low) / (centre - low), (high - place) / (high - centre))) * 2 / (high - low)


def spectra(sound: np.ndarray) -> np.ndarray:
    return np.fft.rfft(np.lib.stride_tricks.sliding_window_view(sound, FRAME)[::STEP] * WINDOW)


def features(sound: np.ndarray) -> np.ndarray:
    """[frames][BANDS] in decibels, of a sound between -1 and 1: what the model was trained on, and what the pipeline computes."""
    return 10 * np.log10(np.abs(spectra(sound)) ** 2 @ mel_filters() + np.finfo(np.float64).eps)


def joined(frames: np.ndarray) -> np.ndarray:
    """The sound whose overlapping frames come nearest to these spectra."""
    sound, weight = np.zeros(FRAME + STEP * (len(frames) - 1)), np.zeros(FRAME + STEP * (len(frames) - 1))
    for i, frame in enumerate(np.fft.irfft(frames) * WINDOW):
        sound[i * STEP : i * STEP + FRAME] += frame
        weight[i * STEP : i * STEP + FRAME] += WINDOW**2
    return sound / np.maximum(weight, 1e-3)


def with_features(decibels: np.ndarray) -> np.ndarray:
    """A sound of these features."""
    filters = mel_filters()
    bands = 10 ** (decibels / 10)
    power = np.maximum(bands @ np.linalg.pinv(filters), 1e-12)
    for _ in range(200):  # multiplicative updates keep the power positive
        power *= (bands @ filters.T) / ((power @ filters) @ filters.T + 1e-20)
    magnitude = np.sqrt(power)
    phase = np.exp(2j * np.pi * np.random.default_rng(1).random(magnitude.shape))
    for _ in range(60):
        found = spectra(joined(magnitude * phase))
        phase = found / np.maximum(np.abs(found), 1e-20)
    return joined(magnitude * phase)


def published_features() -> np.ndarray | None:
    directory = shared()
    path = directory / "datasets/mlperf_tiny_samples/mlperf_tiny_samples.npz" if directory else None
    return np.load(path)["ad_normal_clip"].reshape(FRAMES, BANDS).astype(np.float64) if path and path.exists() else None


def normal() -> np.ndarray:
    """6.4 s of a normal car, int16: examples/toy_car/normal.wav if it is there."""
    own = EXAMPLES / "toy_car" / "normal.wav"
    if own.exists():
        return read_wav(own)[: FRAME + STEP * (FRAMES - 1)]
    decibels = published_features()
    if decibels is None:
        raise Missing("a recording is missing: fetch dev_data_ToyCar.zip from https://zenodo.org/record/3678171 and put one of its normal_*.wav at examples/toy_car/normal.wav")
    return as_int16(32768 * with_features(decibels))


def with_squeal(sound: np.ndarray) -> np.ndarray:
    """A dry bearing: a tone of 3.1 kHz, 9 dB weaker than the car."""
    return as_int16(sound + 32768 * 0.01 * np.sin(2 * np.pi * 3100 / RATE * np.arange(len(sound))))


def with_ticking(sound: np.ndarray) -> np.ndarray:
    """A chipped tooth: twelve ticks a second, 7 dB weaker than the car."""
    after = np.arange(200)
    tick = np.exp(-after / 40) * np.sin(2 * np.pi * 2500 / RATE * after)
    ticks = np.zeros(len(sound) + len(tick))
    for begin in range(0, len(sound), RATE // 12):
        ticks[begin : begin + len(tick)] += tick
    return as_int16(sound + 32768 * 0.1 * ticks[: len(sound)])


def slowed(sound: np.ndarray) -> np.ndarray:
    """A tired battery: everything a tenth slower and deeper."""
    return as_int16(np.interp(np.arange(0, len(sound) - 1, 0.9), np.arange(len(sound)), sound))
