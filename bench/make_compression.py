"""Compresses float models with `mote compress` in every way: makes docs/compression.md, or checks that what is promised holds.

Usage: make_compression.py MOTE SHARED_DIR [CASE...]          measure these models (without: all), write figures, charts and the page
       make_compression.py MOTE SHARED_DIR --missing [CASE...]  the same, but for rows that docs/compression.json has already
       make_compression.py MOTE SHARED_DIR --distill [CASE...]  rows with training as well, which need a mote built with LibTorch
       make_compression.py MOTE SHARED_DIR --page             write charts and the page from docs/compression.json
       make_compression.py MOTE SHARED_DIR --check            fail where a promise below is not kept
SHARED_DIR holds models/full and datasets. Needs numpy.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/models"))
from checks import Check, call, json_of, run_all, usage  # noqa: E402
from compression_cases import CASES, DISTILLED, METHODS, Case, Method, fashion, fashion_separable, forms, pruned  # noqa: E402
from compression_page import write_page  # noqa: E402

FIGURES = ROOT / "docs/compression.json"
TARGETS = ["host", "cortex-m0plus", "cortex-m4", "cortex-m55"]
MEASURED = "cortex-m4"
NEAR_LEAST = 1.1  # of the least flash that selection holds: the last tenth costs most of the time
# On Fashion-MNIST, points of the float model's accuracy that a method may cost.
MOST_LOST = [(pruned(50), 1.5), *((method, most) for method, most in zip(forms("", "int4", "clusters16"), (1.0, 0.5)))]
MOST_LOST_SEPARABLE = 3.0  # by half of the MACs, of a network that has few to spare
PRUNED_MODEL = "mlonmcu__model_data_pruned"
DENSE = ("--force", "*=fully_connected.int8_weights")


class Bench:
    def __init__(self, mote: str, shared: Path, work: Path):
        self.mote, self.shared, self.work = mote, shared, work

    def compress(self, case: Case, options: tuple[str, ...], made: Path) -> dict:
        fit, test = made.with_suffix(".fit.npz"), made.with_suffix(".test.npz")
        fit_labels = case.fit_labels if "--distill" in options else None
        for path, inputs, labels in ((fit, case.fit, fit_labels), (test, case.test, case.labels)):
            np.savez(path, x=inputs, **({} if labels is None else {"y": labels.astype(np.int64)}))
        return json_of([self.mote, "compress", str(case.model), "--data", str(fit), "--test", str(test), "-o", str(made), "--json", *options])

    def run(self, model: Path, inputs: Path, target: str, options: tuple[str, ...] = ()) -> tuple[dict, bytes]:
        """What a library costs, and its answers."""
        answers = model.with_suffix(f".{target}.npy")
        result = json_of([self.mote, "run", str(model), "-t", target, "-i", str(inputs), "-o", str(answers), "--json", *options])
        return result, answers.read_bytes()

    def holds(self, model: Path, target: str, limit: float) -> bool:
        return call([self.mote, "compile", str(model), "-t", target, "--flash", str(int(limit)), "-o", str(model.with_suffix(".d"))]).returncode == 0

    def small_limit(self, model: Path) -> int:
        """For `--flash`: a little above the least that can be, on the core that is measured."""
        low, high = 0, 1 << 13
        while not self.holds(model, MEASURED, high):
            low, high = high, 2 * high
        while high > 1.02 * low:
            middle = (low + high) // 2
            low, high = (low, middle) if self.holds(model, MEASURED, middle) else (middle, high)
        return int(NEAR_LEAST * high)

    def few(self, model: Path, samples: np.ndarray) -> Path:
        path = model.with_suffix(".few.npz")
        np.savez(path, x=samples[:3].astype(np.float32))
        return path

    def libraries(self, model: Path, samples: np.ndarray) -> dict:
        """The fastest library and one of nearly the least flash: what they cost, and for which targets their answers are not the reference's."""
        inputs, figures, differ = self.few(model, samples), {}, []
        _, right = self.run(model, inputs, "reference")
        small = self.small_limit(model)
        runs = [(MEASURED, "fastest", ())]
        for target in TARGETS:
            limit = next(small * factor for factor in (1, 1.15, 1.3, 1.5, 2, 3, 8) if self.holds(model, target, small * factor))
            runs.append((target, "smallest", ("--flash", str(int(limit)))))
        for target, kind, options in runs:
            result, answers = self.run(model, inputs, target, options)
            if answers != right:
                differ.append(f"{target}, {kind}")
            if target == MEASURED:
                figures[kind] = {"tables": result["flash_weights_bytes"], "flash": result["flash_bytes"], "ram": result["ram_bytes"] + result["stack_bytes"],
                                 "cycles": result["cycles_estimate"]}
        return figures | {"compared": len(runs), "differ": differ}

    def row(self, case: Case, method: Method) -> dict:
        made, start = self.work / "made.tflite", time.monotonic()
        result = self.compress(case, method.options, made)
        seconds = time.monotonic() - start
        quality = {key: value for key, value in result["compressed"].items() if key in ("accuracy", "agreement", "relative_error", "sqnr_db")}
        inspected = json_of([self.mote, "inspect", str(made), "--json"])
        return {"group": method.group, "options": list(method.options), "original": result["original"].get("accuracy"), "quality": quality,
                "macs": inspected["macs"], "seconds": round(seconds)} | self.libraries(made, case.test)

    def pruned_model(self) -> dict:
        """mlonmcu's model with zeros for nine weights of ten: as it comes, and with dense kernels."""
        model, inputs = self.shared / f"models/full/{PRUNED_MODEL}.tflite", self.work / "digit.npz"
        np.savez(inputs, x=np.random.default_rng(1).random((1, 28, 28, 1), np.float32))
        copy = self.work / model.name
        copy.write_bytes(model.read_bytes())
        rows = {}
        for kind, options in (("sparse", ()), ("dense", DENSE)):
            result, _ = self.run(copy, inputs, MEASURED, options)
            rows[kind] = {"flash": result["flash_bytes"], "ram": result["ram_bytes"] + result["stack_bytes"], "cycles": result["cycles_estimate"]}
        return rows

    # Promises.

    def keeps(self, case: Case, method: Method, most_lost: float, name: str) -> str:
        made = self.work / f"{name}.tflite"
        result = self.compress(case, method.options, made)
        lost = 100 * (result["original"]["accuracy"] - result["compressed"]["accuracy"])
        if lost > most_lost + 1e-9:
            return f"{lost:.2f} points lost, at most {most_lost} are promised"
        if "pruned" in result and result["pruned"]["macs"] > 0.5 * result["pruned"]["macs_before"]:
            return f"{result['pruned']['macs']} MACs of {result['pruned']['macs_before']} are left"
        differ = self.libraries(made, case.test)["differ"]
        return f"answers differ from the reference's on {'; '.join(differ)}" if differ else ""

    def pruned_model_gains(self) -> str:
        rows = self.pruned_model()
        worse = [key for key, factor in (("flash", 4), ("cycles", 2.5)) if factor * rows["sparse"][key] > rows["dense"][key]]
        return f"{', '.join(worse)} of {rows}" if worse else ""

    def checks(self) -> list[Check]:
        case, separable = fashion(self.shared), fashion_separable(self.shared)
        checks = [Check(f"Fashion-MNIST, {method.name}", lambda m=method, l=most, i=i: self.keeps(case, m, l, f"fashion{i}")) for i, (method, most) in enumerate(MOST_LOST)]
        checks.append(Check("depthwise-separable, half of the MACs", lambda: self.keeps(separable, pruned(50), MOST_LOST_SEPARABLE, "separable")))
        return [*checks, Check(f"{PRUNED_MODEL} is smaller and faster for its zeros", self.pruned_model_gains)]


def read_figures() -> dict:
    return json.loads(FIGURES.read_text()) if FIGURES.exists() else {"cases": {}}


def write_figures(figures: dict) -> None:
    for case in figures["cases"].values():
        case["rows"] = {m.name: case["rows"][m.name] for m in [*METHODS, *DISTILLED] if m.name in case["rows"]}
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n")


def measure(bench: Bench, names: list[str], methods: list[Method], missing: bool) -> None:
    """Measures cases and puts them into the figures, which are written after each row."""
    figures = read_figures()
    figures["pruned_model"] = bench.pruned_model()
    for name in names:
        case = CASES[name](bench.shared)
        known = figures["cases"].get(name, {}).get("rows", {}) if missing else {}
        entry = figures["cases"][name] = {"title": case.title, "data": case.data, "rows": known}
        for method in methods:
            if method.name in known or (method in DISTILLED and case.fit_labels is None):
                continue
            row = entry["rows"][method.name] = bench.row(case, method)
            write_figures(figures)
            print(name, method.name, json.dumps(row), flush=True)


def main() -> int:
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    if len(arguments) < 2:
        usage(__doc__)
    mote, shared, *wanted = arguments
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(mote, Path(shared), Path(directory))
        if "--check" in sys.argv:
            return run_all(bench.checks())
        if "--page" not in sys.argv:
            methods = [*METHODS, *DISTILLED] if "--distill" in sys.argv else METHODS
            measure(bench, wanted or list(CASES), methods, "--missing" in sys.argv)
    write_page(read_figures(), ROOT / "docs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
