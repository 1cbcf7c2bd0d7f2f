"""The sound of a toy car, in order and faulty: a recording, or a sound made from a published recording's features.

MLPerf Tiny publishes a clip of a normal toy car as its features: frames of 128 mel bands in decibels. Sound with this spectrum is made by an iteration after Griffin and Lim (Signal
estimation from modified short-time Fourier transform, 1984) on twice as many frames, so that it sounds the same wherever a frame begins; its features are the published ones within 1 dB in the mean.
"""

import numpy as np

from support.example import as_int16
from support.recordings import EXAMPLES, Missing, read_wav, shared

RATE, FRAME, STEP, BANDS = 16000, 1024, 512, 128
FRAMES = 130  # of the clip's 200: four seconds
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


def spectra(sound: np.ndarray, step: int) -> np.ndarray:
    return np.fft.rfft(np.lib.stride_tricks.sliding_window_view(sound, FRAME)[::step] * WINDOW)


def joined(frames: np.ndarray, step: int) -> np.ndarray:
    """The sound whose overlapping frames come nearest to these spectra."""
    sound, weight = np.zeros(FRAME + step * (len(frames) - 1)), np.zeros(FRAME + step * (len(frames) - 1))
    for i, frame in enumerate(np.fft.irfft(frames) * WINDOW):
        sound[i * step : i * step + FRAME] += frame
        weight[i * step : i * step + FRAME] += WINDOW**2
    return sound / np.maximum(weight, 1e-3)


def power_of(bands: np.ndarray) -> np.ndarray:
    """Spectra whose mel bands are these; multiplicative updates keep them positive."""
    filters = mel_filters()
    power = np.maximum(bands @ np.linalg.pinv(filters), 1e-12)
    for _ in range(100):
        power *= (bands @ filters.T) / ((power @ filters) @ filters.T + 1e-20)
    return power


def with_features(decibels: np.ndarray) -> np.ndarray:
    """A sound of these features [frames][BANDS], between -1 and 1."""
    step, given = STEP // 2, np.arange(len(decibels))
    denser = np.stack([np.interp(np.arange(0, len(decibels) - 0.5, 0.5), given, band) for band in decibels.T], axis=1)
    magnitude = np.sqrt(power_of(10 ** (denser / 10)))
    phase = np.exp(2j * np.pi * np.random.default_rng(1).random(magnitude.shape))
    for _ in range(20):
        found = spectra(joined(magnitude * phase, step), step)
        phase = found / np.maximum(np.abs(found), 1e-20)
    return joined(magnitude * phase, step)


def published_features() -> np.ndarray | None:
    directory = shared()
    path = directory / "datasets/mlperf_tiny_samples/mlperf_tiny_samples.npz" if directory else None
    return np.load(path)["ad_normal_clip"].reshape(-1, BANDS)[:FRAMES].astype(np.float64) if path and path.exists() else None


def normal() -> np.ndarray:
    """Four seconds of a normal car, int16: examples/toy_car/normal.wav if it is there."""
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
