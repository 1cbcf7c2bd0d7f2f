"""Quantizes float models with `mote quantize` in every way: makes docs/quantization_figures.md, or checks that what is promised holds.

Usage: make_quantization.py MOTE SHARED_DIR           measure and write the page
       make_quantization.py MOTE SHARED_DIR --check   fail where a promise below is not kept, or where TensorFlow Lite Micro answers otherwise than mote
SHARED_DIR holds models/full and datasets. Needs numpy; the comparison needs PyPI's tflite-micro and is left out without it.
"""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/models"))
from checks import Check, json_of, run_all, usage, verify  # noqa: E402
from datasets import Datasets  # noqa: E402

PAGE = ROOT / "docs/quantization_figures.md"


@dataclass
class Case:
    """A float model with what it learns from and what it is measured on."""

    title: str
    model: Path
    calibration: np.ndarray
    test: np.ndarray
    labels: np.ndarray | None
    least_accuracy: float | None = None  # share of right decisions that is promised
    most_lost: float | None = None  # points below the float model
    error_range: tuple[float, float] | None = None  # an autoencoder's mean square error on the test windows


def cases(shared: Path) -> dict[str, Case]:
    full, exports, data = shared / "models/full", ROOT / "tests/exports", Datasets(shared)
    cifar, windows, machine = data.cifar(), data.machine_windows(), data.machine_tests()
    keywords, photos, people = data.tiny("kws"), data.tiny("ic"), data.tiny("vww")
    images, image_tests = data.fashion()
    train, test, labels = images.inputs[:250], image_tests.inputs, image_tests.labels
    return {
        "kws": Case("keyword spotting", full / "mlperf__kws_ref_model_float32.tflite", keywords.inputs, keywords.inputs, keywords.labels, least_accuracy=1.0),
        "ic": Case("image classification", full / "mlperf__pretrainedResnet.tflite", cifar, photos.inputs, photos.labels, least_accuracy=1.0),
        "vww": Case("visual wake words", full / "mlperf__vww_96_float.tflite", people.inputs, people.inputs, people.labels, least_accuracy=0.9),
        "ad": Case("anomaly detection", full / "mlperf__model_ToyCar.tflite", np.concatenate([windows[::2], machine]), machine, None,
                   error_range=(9.5, 12.5)),
        "fashion": Case("Fashion-MNIST", exports / "fashion_cnn.onnx", train, test, labels, most_lost=0.003),
        "fashion_ds": Case("Fashion-MNIST, depthwise-separable", exports / "fashion_ds_cnn.onnx", train, test, labels, most_lost=0.003),
    }


# What the page compares: each line is one change to what mote does unasked.
WAYS = {
    "as it comes (mse, equalized where it helps, biases corrected)": [],
    "min-max": ["--calibration", "minmax"],
    "percentile 99.99": ["--calibration", "percentile"],
    "entropy": ["--calibration", "entropy"],
    "without equalization": ["--no-equalize"],
    "without bias correction": ["--no-bias-correction"],
    "neither": ["--no-equalize", "--no-bias-correction"],
    "learned rounding": ["--rounding", "learned"],
    "int16 activations": ["--activations", "int16"],
    "int8 weights alone": ["--activations", "float"],
}


class Bench:
    MOST_SAMPLES = 84  # to learn from

    def __init__(self, mote: str, shared: Path, work: Path):
        self.mote, self.work, self.cases = mote, work, cases(shared)
        for name, case in list(self.cases.items()):
            self.add(name, replace(case, calibration=case.calibration[:: -(-len(case.calibration) // self.MOST_SAMPLES)]))

    def add(self, name: str, case: Case) -> None:
        self.cases[name] = case
        labels = {} if case.labels is None else {"y": case.labels.astype(np.int64)}
        np.savez(self.work / f"{name}_calibration.npz", x=case.calibration)
        np.savez(self.work / f"{name}_test.npz", x=case.test, **labels)

    def quantize(self, name: str, options: list[str], tag: str) -> tuple[dict, float]:
        start = time.monotonic()
        result = json_of([self.mote, "quantize", str(self.cases[name].model), "--data", str(self.work / f"{name}_calibration.npz"),
                          "--test", str(self.work / f"{name}_test.npz"), "-o", str(self.work / f"{name}_{tag}.tflite"), "--json", *options])
        return result, time.monotonic() - start

    def reconstruction_error(self, name: str, tag: str) -> float:
        """Mean over the test windows of the mean square difference between an autoencoder's input and output."""
        result = json_of([self.mote, "run", str(self.work / f"{name}_{tag}.tflite"), "-t", "reference", "-i", str(self.work / f"{name}_test.npz"), "--json"])
        outputs = np.array([sample[0] for sample in result["outputs"]])
        return float(((outputs - self.cases[name].test.reshape(outputs.shape)) ** 2).mean())

    def promise(self, name: str) -> str:
        case = self.cases[name]
        result, _ = self.quantize(name, ["--no-sensitivity"], "promise")
        if case.error_range:
            error = self.reconstruction_error(name, "promise")
            return "" if case.error_range[0] <= error <= case.error_range[1] else f"mean square error {error:.2f}"
        accuracy = result["quantized"]["accuracy"]
        if case.least_accuracy is not None and accuracy < case.least_accuracy:
            return f"accuracy {accuracy}, at least {case.least_accuracy} is promised"
        lost = result["float"]["accuracy"] - accuracy
        return f"{100 * lost:.2f} points lost" if case.most_lost is not None and lost > case.most_lost else ""

    def same_as_tflm(self, name: str, options: list[str], tag: str) -> str:
        """TensorFlow Lite Micro's answers to a few inputs, and mote's on the reference, this machine and an emulated Cortex-M4."""
        from tflite_micro import runtime

        self.quantize(name, ["--no-sensitivity", *options], tag)
        model = self.work / f"{name}_{tag}.tflite"
        interpreter = runtime.Interpreter.from_file(str(model), arena_size=4 << 20)
        arrays = {}
        for i, sample in enumerate(self.cases[name].test[:3]):
            details = interpreter.get_input_details(0)
            values = sample[None] if list(details["shape"]) == [1, *sample.shape] else sample.transpose(1, 2, 0)[None]
            if details["dtype"] != np.float32:
                limits = np.iinfo(details["dtype"])
                scale, zero = details["quantization_parameters"]["scales"][0], details["quantization_parameters"]["zero_points"][0]
                values = np.clip(np.round(values / scale) + zero, limits.min, limits.max).astype(details["dtype"])
            interpreter.set_input(values.reshape(details["shape"]), 0)
            interpreter.invoke()
            arrays[f"case{i}/x0"], arrays[f"case{i}/y0_tflm"] = values.reshape(details["shape"]), interpreter.get_output(0)
        golden = self.work / f"{name}_{tag}_golden.npz"
        np.savez(golden, meta=json.dumps({"kind": "single"}), **arrays)
        problems = [f"{target}: {problem}" for target in ("reference", "host", "cortex-m4") if (problem := verify(self.mote, str(model), str(golden), target))]
        return "; ".join(problems)

    def checks(self) -> tuple[list[Check], int]:
        checks = [Check(f"{name}: what is promised", lambda n=name: self.promise(n)) for name in self.cases]
        compared = [("kws", ["--activations", "int16"], "int16"), ("vww", [], "int8"), ("ad", ["--io", "float"], "float_io"),
                    ("fashion_ds", ["--rounding", "learned"], "learned"), ("fashion", ["--keep", "/0/Conv", "--keep-weights", "float"], "kept")]
        try:
            import tflite_micro  # noqa: F401
        except ImportError:
            print("PyPI's tflite-micro is not there: the comparison with it is left out")
            return checks, len(compared)
        checks += [Check(f"{name} {tag} as TensorFlow Lite Micro", lambda n=name, o=options, t=tag: self.same_as_tflm(n, o, t)) for name, options, tag in compared]
        return checks, 0


def shown(result: dict) -> str:
    text = f"{result['quantized']['sqnr_db']:.1f} dB"
    if "accuracy" in result["quantized"]:
        text += f", {100 * result['quantized']['accuracy']:.1f} %"
    return text


def uneven(model: Path, out: Path) -> None:
    """The same function with channels of the first convolution made 1 to 1/128 of their size, and the second's weights as much larger."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(model)
    constants = {c.name: c for c in graph.graph.initializer}
    first, second = [n for n in graph.graph.node if n.op_type == "Conv"][:2]
    by = np.float32(2.0) ** -(np.arange(numpy_helper.to_array(constants[first.input[1]]).shape[0]) % 8).astype(np.float32)
    for name, factor in ((first.input[1], by[:, None, None, None]), (first.input[2], by), (second.input[1], 1 / by[None, :, None, None])):
        constants[name].CopyFrom(numpy_helper.from_array((numpy_helper.to_array(constants[name]) * factor).astype(np.float32), name))
    onnx.save(graph, out)


def hard_cases(bench: Bench) -> list[str]:
    """Models and data for which the methods are made, out of the plain network for Fashion-MNIST."""
    case = bench.cases["fashion"]
    bad = case.calibration.copy()
    bad[5] *= 60
    bench.add("bad_sample", Case("", case.model, bad, case.test, case.labels))
    uneven(case.model, bench.work / "uneven.onnx")
    bench.add("uneven", Case("", bench.work / "uneven.onnx", case.calibration, case.test, case.labels))
    tried = [("fashion", "nothing special", ["--calibration minmax", "--calibration mse"]),
             ("bad_sample", "one of the samples is 60 times too bright", [f"--calibration {c}" for c in ("minmax", "mse", "entropy", "percentile --percentile 99.5")]),
             ("uneven", "channels 1 to 1/128 of each other's size", ["--no-equalize", ""])]
    rows = []
    for name, title, ways in tried:
        for way in ways:
            result, _ = bench.quantize(name, ["--no-sensitivity", *way.split()], "hard")
            rows.append(f"| {title} | {f'`{way}`' if way else 'equalized'} | {shown(result)} |")
    return ["", "## Where a method matters", "", "The plain Fashion-MNIST network, and what was done to it or to its samples.", "", "| | | |", "|---|---|---|", *rows]


def sensitivity_section(bench: Bench) -> list[str]:
    """The layers of the depthwise-separable network that cost most, and what holding a drop of nothing keeps."""
    result, _ = bench.quantize("fashion_ds", ["--max-drop", "0"], "hold")
    worst = sorted(result["layers"], key=lambda layer: layer["sqnr_db"])[:6]
    kept = ", ".join(f"{k['layer']} ({k['precision']})" for k in result.get("kept", []))
    lines = ["", "## Sensitivity and mixed precision", "", "The six most costly layers of the depthwise-separable network, each quantized alone:", "", "| layer | operator | dB | accuracy |", "|---|---|---|---|"]
    lines += [f"| {w['layer']} | {w['operator']} | {w['sqnr_db']:.1f} | {100 * w['accuracy']:.1f} % |" for w in worst]
    before = result.get("without_kept_layers", result["quantized"])["accuracy"]
    return [*lines, "", f"`--max-drop 0` keeps {len(result.get('kept', []))} of {len(result['layers'])} layers wider{': ' + kept if kept else ''}; accuracy {100 * before:.1f} % before, "
            f"{100 * result['quantized']['accuracy']:.1f} % after, {100 * result['float']['accuracy']:.1f} % in float."]


def page(bench: Bench) -> str:
    names = list(bench.cases)
    rows, seconds, floats, layers = [], {}, {}, {}
    for way, options in WAYS.items():
        cells = []
        for name in names:
            result, took = bench.quantize(name, ["--no-sensitivity", *options], "page")
            cells.append(shown(result))
            if not options:
                floats[name] = result["float"].get("accuracy")
                seconds[name], layers[name] = [took], result
                if bench.cases[name].error_range:
                    cells[-1] += f", error {bench.reconstruction_error(name, 'page'):.2f}"
            if way == "learned rounding":
                seconds[name].append(took)
        rows.append([way, *cells])
    lines = ["# What quantization costs", "", "Made by `bench/make_quantization.py`; do not edit. Signal to quantization noise of the outputs against the float model, and accuracy on labelled samples",
             "that ranges were not learned from, but for keyword spotting and visual wake words, of which there are ten in all.", "",
             "| | " + " | ".join(bench.cases[n].title for n in names) + " |", "|---" * (len(names) + 1) + "|"]
    lines.append("| float | " + " | ".join("" if floats[n] is None else f"{100 * floats[n]:.1f} %" for n in names) + " |")
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    lines.append("| samples learned from | " + " | ".join(str(len(bench.cases[n].calibration)) for n in names) + " |")
    lines.append("| bytes, float | " + " | ".join(f"{layers[n]['bytes_before']:,}" for n in names) + " |")
    lines.append("| bytes, int8 | " + " | ".join(f"{layers[n]['bytes']:,}" for n in names) + " |")
    lines.append("| seconds, on two cores that others used too | " + " | ".join(f"{seconds[n][0]:.1f}" for n in names) + " |")
    lines.append("| seconds with learned rounding | " + " | ".join(f"{seconds[n][1]:.1f}" for n in names) + " |")
    return "\n".join([*lines, *sensitivity_section(bench), *hard_cases(bench)]) + "\n"


def main() -> int:
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    if len(arguments) != 2:
        usage(__doc__)
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(arguments[0], Path(arguments[1]), Path(directory))
        if "--check" in sys.argv:
            checks, skipped = bench.checks()
            return run_all(checks, skipped)
        PAGE.write_text(page(bench))
    return 0


if __name__ == "__main__":
    sys.exit(main())
