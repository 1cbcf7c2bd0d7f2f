"""Signal operators against float64 formulas on 1,000 random signals, with the bounds that docs/signal.md states.

Usage: check_signal.py MOTE [--show]   (--show: the worst signal of each kind)
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import references as ref
from graph_text import GraphText
from signals import KINDS, many

COUNT, FRAME, LENGTH, RATE, BANDS, CEPSTRA = 1000, 480, 512, 16000, 40, 13
BINS = LENGTH // 2 + 1
PAGE = Path(__file__).resolve().parents[2] / "docs/signal.md"
ROW = re.compile(r"^\| `([a-z0-9_ ]+)` .*\| (?:at least|at most) ([0-9.e+-]+) *(?:dB)? \|", re.MULTILINE)

LOG_SCALE, CEPSTRA_SCALE = 1 / 256, 1 / 128  # in int16


def run(mote: str, graph: GraphText, output: int, samples: np.ndarray) -> np.ndarray:
    """What an output of the graph is for samples (an inference for each row)."""
    with tempfile.TemporaryDirectory() as directory:
        base = Path(directory)
        (base / "signal.graph").write_text(graph.text(output))
        np.save(base / "in.npy", np.ascontiguousarray(samples))
        command = [mote, "run", str(base / "signal.graph"), "-t", "reference", "-i", str(base / "in.npy"), "-o", str(base / "out.npy")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return np.load(base / "out.npy")


class Int16Chain:
    """From frames of int16 to cepstra; each stage's values as float64."""

    def __init__(self, mote, samples, length=LENGTH, remove_mean=False):
        self.mote, self.samples, n = mote, samples, samples.shape[1]
        self.graph = g = GraphText("integers")
        self.window = np.rint(32767 * ref.hann(n)).astype(np.int16)
        bins, count = length // 2 + 1, len(samples)
        exponents = ("int32", (count, 1))
        frames = g.input("int16", samples.shape)
        scaled = g.node("signal_block_window", [frames, g.constant("int16", self.window)], [("int16", samples.shape), exponents], remove_mean=remove_mean)
        self.spectrum = g.node("signal_block_rfft", scaled, [("int16", (count, length + 2)), exponents], fft_length=length)
        self.power = g.node("signal_power", self.spectrum, [("uint32", (count, bins)), exponents])
        self.magnitude = g.node("signal_power", self.spectrum, [("uint32", (count, bins)), exponents], magnitude=True)
        if length == LENGTH:
            bank = dict(fft_length=length, bands=BANDS, rate=float(RATE), low=20.0, high=float(RATE // 2))
            self.mel = g.node("signal_mel", self.power, [("uint32", (count, BANDS)), exponents], **bank)
            self.log = g.node("signal_log", self.mel, [("int16", (count, BANDS), LOG_SCALE)], factor=1.0, floor=1.0)
            self.dct = g.node("signal_dct", self.log, [("int16", (count, CEPSTRA), CEPSTRA_SCALE)], coefficients=CEPSTRA)

    def values(self, tensors, scale=1.0):
        """Of block floating point, or int16 with a scale."""
        results = [run(self.mote, self.graph, t, self.samples[None]) for t in tensors]
        results = [r.reshape(len(self.samples), -1).astype(np.float64) for r in results]
        return results[0] * 2.0 ** results[1] if len(results) == 2 else results[0] * scale


def complex_of(pairs):
    return pairs[:, 0::2] + 1j * pairs[:, 1::2]


def signal_to_noise(actual, expected):
    """In dB, for each row; rows that are 0 must be met exactly, which is infinitely good."""
    power = np.sum(np.abs(expected) ** 2, axis=1)
    noise = np.sum(np.abs(actual - expected) ** 2, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(noise == 0, np.inf, 10 * np.log10(power / noise))


def relative(actual, expected, scale=None):
    """The largest error of each row, over its largest value (or a given one)."""
    largest = np.max(np.abs(expected), axis=1) if scale is None else scale
    return np.max(np.abs(actual - expected), axis=1) / np.maximum(largest, np.finfo(np.float64).tiny)


def integer_figures(mote, samples):
    chain = Int16Chain(mote, samples)
    x = samples.astype(np.float64)
    exact = np.fft.rfft(x * chain.window / 32768, LENGTH)
    power = np.abs(exact) ** 2
    mel = power @ ref.mel_weights(LENGTH, RATE, BANDS, 20, RATE / 2, "htk").T
    actual_log = chain.values(chain.log, LOG_SCALE)
    log = np.log(np.maximum(mel, 1.0))
    near = np.maximum(mel, 1.0) >= mel.max(axis=1, keepdims=True) * 1e-5  # bands within 50 dB of the loudest
    yield "int16 spectrum", signal_to_noise(complex_of(chain.values(chain.spectrum)), exact)
    yield "int16 power", signal_to_noise(chain.values(chain.power), power)
    yield "int16 magnitude", signal_to_noise(chain.values(chain.magnitude), np.abs(exact))
    yield "int16 mel", signal_to_noise(chain.values(chain.mel), mel)
    yield "int16 log of given mel", signal_to_noise(actual_log, np.log(np.maximum(chain.values(chain.mel), 1.0)))
    yield "int16 log_mel", np.max(np.abs(actual_log - log) * near, axis=1)
    yield "int16 dct", signal_to_noise(chain.values(chain.dct, CEPSTRA_SCALE), actual_log @ ref.dct_matrix(BANDS, CEPSTRA).T)
    centred = Int16Chain(mote, samples, remove_mean=True)
    yield "int16 spectrum without mean", signal_to_noise(
        complex_of(centred.values(centred.spectrum)), np.fft.rfft((x - x.mean(axis=1, keepdims=True)) * centred.window / 32768, LENGTH)
    )
    for length in (64, 300, 1024, 2048):
        some = many(200, length, seed=length)[0]
        other = Int16Chain(mote, some, length)
        worst = signal_to_noise(complex_of(other.values(other.spectrum)), np.fft.rfft(some * (other.window / 32768)))
        yield f"int16 spectrum of {length}", worst


def filter_figures(mote, samples):
    """Filters with state: each signal is one run of a model that begins anew."""
    x = samples.astype(np.float64)
    sections = np.array(ref.BANDPASS, np.float32)
    taps = ref.lowpass_taps(63, 0.2)
    fixed = np.rint(taps * 32768).astype(np.int16)
    for dtype, scale in (("int16", 1.0), ("float32", 1.0)):
        g = GraphText("filters")
        n = samples.shape[1]
        at = g.input(dtype, (n, len(samples)))
        state = ("int32", (len(samples), len(sections) + 1, 2)) if dtype == "int16" else ("float32", (len(samples), len(sections), 2))
        kept = g.tensor(*state, state=True)
        biquads = g.node("signal_biquads", [at, g.constant("float32", sections), kept], [(dtype, (n, len(samples)))])[0]
        h = fixed if dtype == "int16" else taps.astype(np.float32)
        kept = g.tensor(dtype, (len(samples), len(h) - 1 + n), state=True)
        fir = g.node("signal_fir", [at, g.constant(dtype, h), kept], [(dtype, (n // 4, len(samples)))], decimation=4, shift=15)[0]
        columns = samples.T[None].astype(dtype)
        outputs = [run(mote, g, output, columns)[0].T.astype(np.float64) for output in (biquads, fir)]
        expected = [ref.biquads(x, sections.astype(np.float64)), ref.fir(x, h / 32768.0 if dtype == "int16" else h.astype(np.float64))[:, ::4]]
        for name, actual, exact in zip(("biquads", "fir"), outputs, expected):
            if dtype == "int16":  # what rounds to int16 in the end, and what saturates
                yield f"int16 {name}", np.max(np.abs(actual - np.clip(exact, -32768, 32767)), axis=1)
            else:
                yield f"float {name}", relative(actual, exact, np.max(np.abs(x), axis=1))


def float_figures(mote, samples):
    x32 = (samples / np.float32(32768)).astype(np.float32)
    x = x32.astype(np.float64)
    count = len(samples)
    g = GraphText("floats")
    frames = g.input("float32", samples.shape)
    one = lambda op, source, width, **attributes: g.node(op, [source], [("float32", (count, width))], **attributes)[0]
    spectrum = one("signal_rfft", frames, LENGTH + 2, fft_length=LENGTH)
    power = one("signal_power", spectrum, BINS)
    magnitude = one("signal_power", spectrum, BINS, magnitude=True)
    banks = {
        "htk": one("signal_mel", power, BANDS, fft_length=LENGTH, bands=BANDS, rate=float(RATE), low=20.0, high=8000.0),
        "slaney": one("signal_mel", power, BANDS, fft_length=LENGTH, bands=BANDS, rate=float(RATE), low=0.0, high=8000.0, slaney=True, unit_area=True),
        "in mels": one("signal_mel", power, BANDS, fft_length=LENGTH, bands=BANDS, rate=float(RATE), low=0.0, high=8000.0, in_mels=True),
    }
    log = one("signal_log", banks["htk"], BANDS, floor=1e-6)
    cepstra = one("signal_dct", log, CEPSTRA, coefficients=CEPSTRA)
    statistics = one("signal_statistics", frames, len(ref.STATISTICS), which=list(range(len(ref.STATISTICS))))
    bands = [0, 8, 8, 64, 64, BINS]
    features = one("signal_spectral_features", power, len(ref.SPECTRAL) + 3, hertz=RATE / LENGTH, which=list(range(len(ref.SPECTRAL))), edges=bands)
    autocorrelation = one("signal_autocorrelation", frames, 32, lags=32)
    values = lambda output: run(mote, g, output, x32[None]).reshape(count, -1).astype(np.float64)

    exact = np.fft.rfft(x, LENGTH)
    exact_power = np.abs(exact) ** 2
    yield "float spectrum", relative(complex_of(values(spectrum)), exact)
    yield "float power", relative(values(power), exact_power)
    yield "float magnitude", relative(values(magnitude), np.abs(exact))
    for name, low, area in (("htk", 20, False), ("slaney", 0, True), ("in mels", 0, False)):
        scale = "slaney" if name == "slaney" else "htk"
        mel = exact_power @ ref.mel_weights(LENGTH, RATE, BANDS, low, 8000, scale, area, name == "in mels").T
        yield f"float mel {name}", relative(values(banks[name]), mel)
    mel = exact_power @ ref.mel_weights(LENGTH, RATE, BANDS, 20, 8000, "htk").T
    exact_log = np.log(np.maximum(mel, 1e-6))
    near = np.maximum(mel, 1e-6) >= mel.max(axis=1, keepdims=True) * 1e-9  # bands within 90 dB of the loudest
    yield "float log_mel", np.max(np.abs(values(log) - exact_log) * near, axis=1)
    yield "float mfcc of given log", relative(values(cepstra), values(log) @ ref.dct_matrix(BANDS, CEPSTRA).T)
    yield "autocorrelation", relative(values(autocorrelation), ref.autocorrelation(x, 32))
    actual = values(statistics)
    expected = ref.statistics(x)
    sizes = ref.statistic_sizes(x, expected)
    for i, name in enumerate(ref.STATISTICS):
        if name in ref.COUNTS:
            continue  # whole numbers that hang on comparisons with a rounded mean
        yield f"statistic {name}", np.abs(actual[:, i] - expected[:, i]) / sizes[name]
    given = values(power)
    exact_features = ref.spectral_features(given, RATE / LENGTH, bands)
    for i, name in enumerate([*ref.SPECTRAL, "band", "band", "band"]):
        size = RATE / 2 if name in ("centroid", "bandwidth", "roll_off", "dominant") else np.maximum(np.abs(exact_features[:, i]), 1e-12)
        yield f"spectral {name}", np.abs(values(features)[:, i] - exact_features[:, i]) / size
    counts = ref.statistics(x32.astype(np.float64))
    zero = ref.STATISTICS.index("zero_crossings")
    yield "statistic zero_crossings", np.abs(actual[:, zero] - counts[:, zero])


def noise_figures(mote, samples):
    energies = np.abs(samples[:, :BANDS].astype(np.float32)) ** 2 + np.float32(1)
    for name, op in (("pcen", "signal_pcen"), ("noise_subtraction", "signal_noise_subtraction")):
        g = GraphText(name)
        frames = g.input("float32", energies.shape)
        kept = g.tensor("float32", (BANDS,), state=True)
        out = g.node(op, [frames, kept], [("float32", energies.shape)], smoothing=0.1)[0]
        actual = run(mote, g, out, energies[None])[0].astype(np.float64)
        expected = ref.pcen(energies.astype(np.float64), 0.1) if name == "pcen" else ref.noise_subtraction(energies.astype(np.float64), 0.1, 0.05)
        size = np.abs(expected) if name == "noise_subtraction" else np.abs(expected) + 1
        yield name, np.max(np.abs(actual - expected) / size, axis=1)


def main() -> int:
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    if len(arguments) != 1:
        sys.exit(__doc__)
    mote = arguments[0]
    samples, kinds = many(COUNT, FRAME)
    bounds = {name: float(bound) for name, bound in ROW.findall(PAGE.read_text())}
    passed, failures = 0, []
    seen = {}
    for part in (integer_figures, filter_figures, float_figures, noise_figures):
        for name, figures in part(mote, samples):
            decibels = name.startswith("int16") and name.split()[1] not in ("log_mel", "biquads", "fir")
            seen.setdefault(name, [decibels, []])[1].append(figures)
    for name, (decibels, lists) in seen.items():
        figures = np.concatenate(lists)
        worst = float(np.min(figures) if decibels else np.max(figures))
        print(f"{name:34} {worst:10.3g}{' dB' if decibels else ''}   bound {bounds.get(name, 'missing')}")
        if "--show" in sys.argv and len(figures) == COUNT:
            pick = np.min if decibels else np.max
            print("    " + ", ".join(f"{kind} {pick(figures[kinds == k]):.3g}" for k, kind in enumerate(KINDS)))
        good = name in bounds and (worst >= bounds[name] if decibels else worst <= bounds[name])
        passed += good
        failures += [] if good else [name]
    for name in sorted(set(bounds) - set(seen)):
        failures.append(f"{name} (stated, not measured)")
    if failures:
        print("outside of their bounds: " + ", ".join(failures))
    print(f"{passed} passed, {len(failures)} failed, 0 skipped")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
