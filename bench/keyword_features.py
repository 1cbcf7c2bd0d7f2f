"""The features that MLPerf Tiny's keyword spotting model takes: ten MFCCs of 49 frames of a second of sound at 16 kHz, as TensorFlow's signal library computes them."""

from functools import cache

import numpy as np

RATE, FRAME, STEP, FFT, BINS, COEFFICIENTS, FRAMES = 16000, 640, 320, 1024, 40, 10, 49


def mel(hertz: np.ndarray) -> np.ndarray:
    return 1127.0 * np.log(1 + hertz / 700.0)


@cache
def mel_filters() -> np.ndarray:
    """[bin of the spectrum][filter]: triangles from 20 to 4,000 Hz."""
    edges = np.linspace(mel(np.float64(20)), mel(np.float64(4000)), BINS + 2)
    place = mel(np.arange(1, FFT // 2 + 1) * RATE / FFT)[:, None]
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    triangles = np.minimum((place - low) / (centre - low), (high - place) / (high - centre))
    return np.vstack([np.zeros((1, BINS)), np.maximum(0, triangles)])


def features(sound: np.ndarray) -> np.ndarray:
    """[49][10][1] of a sound at 16 kHz, scaled to its peak and padded to a second."""
    sound = sound.astype(np.float64) / max(1e-9, np.abs(sound).max())
    sound = np.pad(sound[:RATE], (0, max(0, RATE - len(sound))))
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
    frames = np.stack([sound[i * STEP:i * STEP + FRAME] * window for i in range(FRAMES)])
    logs = np.log(np.abs(np.fft.rfft(frames, FFT)) @ mel_filters() + 1e-6)
    cosines = 2 * np.cos(np.pi * (2 * np.arange(BINS)[None] + 1) * np.arange(COEFFICIENTS)[:, None] / (2 * BINS))
    return (logs @ cosines.T / np.sqrt(2 * BINS)).astype(np.float32)[:, :, None]


def features_at_8_khz(sound: np.ndarray, seed: int) -> np.ndarray:
    """Of a sound at 8 kHz that begins somewhere within the second, in a little noise."""
    random = np.random.default_rng(seed)
    faster = np.fft.irfft(np.fft.rfft(sound.astype(np.float64)), 2 * len(sound))[:RATE]
    second = random.normal(0, 1e-3 * np.abs(faster).max(), RATE)
    begin = random.integers(0, RATE - len(faster) + 1)
    second[begin:begin + len(faster)] += faster
    return features(second)
