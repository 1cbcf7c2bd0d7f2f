"""Random signals as a user's sensors give them, int16."""

from __future__ import annotations

import numpy as np

KINDS = ("white", "pink", "chirp", "sines", "quiet noise", "quiet sine", "clipped", "impulses", "level", "speech-like")


def pink(rng, n):
    spectrum = np.fft.rfft(rng.standard_normal(n))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    return np.fft.irfft(spectrum, n)


def one(rng: np.random.Generator, kind: str, n: int) -> np.ndarray:
    """A signal of one kind, of random loudness."""
    t = np.arange(n)
    peak = lambda x, top: x / np.abs(x).max() * top
    loud = 10 ** rng.uniform(1.5, 4.5)
    if kind == "white":
        x = rng.standard_normal(n) * loud / 3
    elif kind == "pink":
        x = peak(pink(rng, n), loud)
    elif kind == "chirp":
        low, high = np.sort(rng.uniform(0.001, 0.5, 2))
        x = loud * np.cos(2 * np.pi * (low * t + (high - low) * t * t / (2 * n)))
    elif kind == "sines":
        x = sum(rng.uniform(0.1, 1) * np.sin(2 * np.pi * rng.uniform(0.002, 0.498) * t + rng.uniform(0, 6)) for _ in range(rng.integers(1, 5)))
        x = peak(x, loud)
    elif kind == "quiet noise":
        x = rng.standard_normal(n) * rng.uniform(0.7, 5)
    elif kind == "quiet sine":
        x = rng.uniform(1, 8) * np.sin(2 * np.pi * rng.uniform(0.005, 0.45) * t)
    elif kind == "clipped":
        x = 60000 * rng.uniform(1, 5) * np.sin(2 * np.pi * rng.uniform(0.002, 0.3) * t) + 3000 * rng.standard_normal(n)
    elif kind == "impulses":
        x = np.zeros(n)
        x[rng.integers(1, n, rng.integers(1, 6))] = rng.uniform(-1, 1) * loud
        x[rng.integers(1, n)] = loud
    elif kind == "level":
        x = rng.uniform(-30000, 30000) + rng.standard_normal(n) * rng.uniform(0, 50)
    else:
        pitch = rng.uniform(0.005, 0.02)
        x = sum(np.sin(2 * np.pi * pitch * k * t) / k**1.5 for k in range(1, 30) if pitch * k < 0.5)
        x = peak(x * (0.2 + np.abs(pink(rng, n))), loud)
    return np.clip(np.rint(x), -32768, 32767).astype(np.int16)


def many(count: int, n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """`count` signals of n samples and the index of the kind of each."""
    rng = np.random.default_rng(seed)
    kinds = np.arange(count) % len(KINDS)
    return np.stack([one(rng, KINDS[k], n) for k in kinds]), kinds
