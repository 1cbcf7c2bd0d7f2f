"""Compresses float models with `mote compress`: makes docs/compression_figures.md, or checks that what is promised holds.

Usage: make_compression.py MOTE SHARED_DIR           measure and write the page (about half an hour)
       make_compression.py MOTE SHARED_DIR --check   fail where a promise below is not kept
SHARED_DIR holds models/full and datasets. Needs numpy.
"""

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/models"))
from checks import Check, call_json, run_all, usage  # noqa: E402
from keyword_features import features_at_8_khz  # noqa: E402

PAGE = ROOT / "docs/compression_figures.md"


@dataclass
class Case:
    """A float model with unlabelled samples to fit on, and others to measure on."""

    title: str
    model: Path
    fit: np.ndarray
    test: np.ndarray
    labels: np.ndarray | None
    data: str  # what the samples are
    shares: tuple[float, ...] = (0.25, 0.5, 0.6, 0.75)  # of the MACs that go
    most_lost: float | None = None  # points that half of the MACs may cost, of the float model's accuracy


def cases(shared: Path) -> dict[str, Case]:
    full, exports = shared / "models/full", ROOT / "tests/exports"
    tiny = np.load(shared / "datasets/mlperf_tiny_samples/mlperf_tiny_samples.npz")
    cifar = np.load(shared / "datasets/cifar10_unlabelled_250/cifar10_calib_250.npz")["raw"].reshape(-1, 32, 32, 3).astype(np.float32)
    fashion = np.load(shared / "datasets/fashion_mnist/fashion_mnist_4k_1k.npz")
    motions = np.load(shared / "datasets/basicmotions/basicmotions.npz")
    digits = np.load(shared / "datasets/fsdd_digits/fsdd_digits.npz")
    frames = tiny["ad_normal_clip"].reshape(-1, 128)
    windows = np.stack([frames[i:i + 5].reshape(640) for i in range(len(frames) - 4)])
    grey = lambda images: (images[:, None] / np.float32(255)).astype(np.float32)  # noqa: E731
    train, test, labels = grey(fashion["X_train"]), grey(fashion["X_test"]), fashion["y_test"]
    spoken = np.stack([features_at_8_khz(digits["pcm"][digits["offset"][i]:digits["offset"][i + 1]], i) for i in range(len(digits["offset"]) - 1)])
    activities = sorted(set(motions["y_train"]))
    return {
        "fashion": Case("Fashion-MNIST, convolutions", exports / "fashion_cnn.onnx", train, test, labels, "4,000 training images; 1,000 test images", most_lost=0.015),
        "fashion_ds": Case("Fashion-MNIST, depthwise-separable", exports / "fashion_ds_cnn.onnx", train, test, labels, "the same", most_lost=0.03),
        "motions": Case("BasicMotions", exports / "torch/motions_conv1d.onnx", motions["X_train"].astype(np.float32), motions["X_test"].astype(np.float32),
                        np.array([activities.index(y) for y in motions["y_test"]]), "40 training windows; 40 test windows"),
        "kws": Case("keyword spotting (MLPerf Tiny)", full / "mlperf__kws_ref_model_float32.tflite", spoken, tiny["kws_x"].reshape(-1, 49, 10, 1), tiny["kws_y"],
                    "800 spoken digits, nearly none of which is a keyword; 10 labelled keywords"),
        "ic": Case("image classification (MLPerf Tiny)", full / "mlperf__pretrainedResnet.tflite", cifar[:200], cifar[200:], None,
                   "200 CIFAR-10 photos; 50 others without labels: agreement with the float model"),
        "ad": Case("anomaly detection (MLPerf Tiny)", full / "mlperf__model_ToyCar.tflite", windows[::2].astype(np.float32), windows[1::2].astype(np.float32), None,
                   "98 windows of a clip; 98 others of it"),
    }


class Bench:
    def __init__(self, mote: str, shared: Path, work: Path):
        self.mote, self.work, self.cases = mote, work, cases(shared)
        for name, case in self.cases.items():
            labels = {} if case.labels is None else {"y": case.labels.astype(np.int64)}
            np.savez(work / f"{name}_fit.npz", x=case.fit)
            np.savez(work / f"{name}_test.npz", x=case.test, **labels)

    def compress(self, name: str, options: list[str], tag: str) -> tuple[dict, Path, float]:
        start, made = time.monotonic(), self.work / f"{name}_{tag}.tflite"
        result, problem = call_json([self.mote, "compress", str(self.cases[name].model), "--data", str(self.work / f"{name}_fit.npz"),
                                     "--test", str(self.work / f"{name}_test.npz"), "-o", str(made), "--json", *options])
        if result is None:
            raise RuntimeError(problem)
        return result, made, time.monotonic() - start

    def promise(self, name: str) -> str:
        result, _, _ = self.compress(name, ["--prune-macs", "50%"], "promise")
        pruned = result["pruned"]
        if pruned["macs"] > 0.5 * pruned["macs_before"]:
            return f"{pruned['macs']} MACs of {pruned['macs_before']} are left"
        lost = result["original"]["accuracy"] - min(pruned["accuracy"], result["compressed"]["accuracy"])
        return f"{100 * lost:.2f} points lost" if lost > self.cases[name].most_lost else ""

    def measured(self, model: Path, name: str) -> dict:
        """One sample on an emulated Cortex-M4."""
        np.savez(self.work / "one.npz", x=self.cases[name].test[:1])
        result, problem = call_json([self.mote, "run", str(model), "-t", "cortex-m4", "-i", str(self.work / "one.npz"), "--json"])
        if result is None:
            raise RuntimeError(problem)
        return result


def shown(quality: dict) -> str:
    if "accuracy" in quality:
        return f"{100 * quality['accuracy']:.1f} %"
    if "agreement" in quality:
        return f"{100 * quality['agreement']:.1f} % agree"
    return f"error {100 * quality['relative_error']:.1f} %"


def section(bench: Bench, name: str) -> list[str]:
    case = bench.cases[name]
    lines = ["", f"## {case.title}", "", f"Fitted on, and measured on: {case.data}.", "",
             "| MACs gone | MACs left | weights left | float | int8 | dB | flash, bytes | RAM, bytes | cycles, Cortex-M4 | seconds |", "|" + "---|" * 10]
    for share in (0.0, *case.shares):
        options = ["--prune-macs", str(share)] if share else []
        result, made, seconds = bench.compress(name, options, f"{round(100 * share)}")
        pruned = result.get("pruned")
        board = bench.measured(made, name)
        total = board["macs"]
        cells = [f"{100 * share:.0f} %", f"{pruned['macs'] if pruned else total:,}", f"{pruned['weights']:,}" if pruned else "all",
                 shown(pruned if pruned else result["original"]), shown(result["compressed"]), f"{result['compressed']['sqnr_db']:.1f}",
                 f"{board['flash_bytes']:,}", f"{board['arena_bytes']:,}", f"{board['cycles']:,}", f"{seconds:.0f}"]
        lines.append("| " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    return lines


def page(bench: Bench) -> str:
    lines = ["# What compression costs", "", "Made by `bench/make_compression.py`; do not edit. Whole channels go (`mote compress --prune-macs`), what stays is fitted to the original's activations on unlabelled samples,",
             "and the result becomes int8 by `mote quantize`'s defaults. Nothing is trained. dB: signal to noise of the int8 model's answers against the original float model. Cycles are estimates.",
             "Seconds are those of `mote compress` on two cores that others used too."]
    for name in bench.cases:
        lines += section(bench, name)
    return "\n".join(lines) + "\n"


def main() -> int:
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    if len(arguments) != 2:
        usage(__doc__)
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(arguments[0], Path(arguments[1]), Path(directory))
        if "--check" in sys.argv:
            promised = [name for name, case in bench.cases.items() if case.most_lost is not None]
            return run_all([Check(f"{name}: half of the MACs", lambda n=name: bench.promise(n)) for name in promised])
        PAGE.write_text(page(bench))
    return 0


if __name__ == "__main__":
    sys.exit(main())
