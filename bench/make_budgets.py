"""Compresses a float model to five budgets with `mote compress --budget`, measures each library that comes out, and stops and continues a search.

Usage: make_budgets.py MOTE SHARED_DIR          show it all on Fashion-MNIST: makes docs/budget_figures.md
       make_budgets.py MOTE SHARED_DIR --check  the same on a small net, fails where a budget is not held to the byte or a front differs
SHARED_DIR holds datasets. Needs numpy.
"""

import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/models"))
from checks import Check, call, json_of, run_all, usage  # noqa: E402
from datasets import Datasets  # noqa: E402

PAGE = ROOT / "docs/budget_figures.md"
BOARD = "nucleo-l4r5zi"
GIVEN = f"flash=64K,ram=24K,latency=30ms@{BOARD},energy=1mJ"


@dataclass
class Budget:
    name: str
    limits: str
    can_be_held: bool = True


class Bench:
    def __init__(self, mote: str, shared: Path, work: Path, quick: bool):
        self.mote, self.work = mote, work
        if quick:
            self.model, self.drop = ROOT / "tests/exports/torch/motions_conv1d.onnx", "5%"
            train, test = Datasets(shared).motions()
        else:
            self.model, self.drop = ROOT / "tests/exports/fashion_cnn.onnx", "1.5%"
            train, test = Datasets(shared).fashion()
        np.savez(work / "train.npz", x=train.inputs[:1000])
        np.savez(work / "test.npz", x=test.inputs, y=test.labels.astype(np.int64))
        np.savez(work / "one.npz", x=test.inputs[:1])
        self.free = self.search(Budget("given", GIVEN))

    def command(self, budget: Budget, tag: str = "") -> list[str]:
        return [self.mote, "compress", str(self.model), "--data", str(self.work / "train.npz"), "--test", str(self.work / "test.npz"),
                "--budget", budget.limits, "--max-drop", self.drop, "-o", str(self.made(budget, tag))]

    def made(self, budget: Budget, tag: str = "") -> Path:
        return self.work / f"{budget.name.replace(' ', '_')}{tag}.tflite"

    def search(self, budget: Budget, tag: str = "") -> dict:
        return json_of([*self.command(budget, tag), "--json"])

    def budgets(self) -> list[Budget]:
        """Limits near the least that the models have which keep to the drop."""
        share = float(self.drop.rstrip("%")) / 100
        kept = [point for point in self.free["front"] if point["drop"] <= share]
        least = lambda name: min(point[name] for point in kept)  # noqa: E731
        return [Budget("given", GIVEN),
                Budget("impossible", f"flash=2K,ram=24K,latency=30ms@{BOARD}", can_be_held=False),
                Budget("tight in flash", f"flash={int(1.08 * least('flash_bytes'))},latency=1s@{BOARD}"),
                Budget("tight in RAM", f"ram={int(1.04 * least('ram_bytes'))},latency=1s@{BOARD}"),
                Budget("tight in latency", f"ram=24K,latency={1.1 * least('milliseconds'):.2f}ms@{BOARD}")]

    def held(self, budget: Budget) -> str:
        """What is wrong with what a search says and with the library that comes of its file."""
        if not budget.can_be_held:
            said = call(self.command(budget))
            return "" if said.returncode == 1 and re.search("^not kept: flash: .* 2,048 asked$", said.stdout, re.M) else said.stdout + said.stderr
        result = self.search(budget)
        if not result["held"]:
            return f"it is not held: {result['not_kept']}"
        options = result["compile_options"].split()
        compiled = call([self.mote, "compile", str(self.made(budget)), *options, "-o", str(self.made(budget).with_suffix(".library"))])
        if compiled.returncode != 0:
            return compiled.stderr
        ran = json_of([self.mote, "run", str(self.made(budget)), *options, "-i", str(self.work / "one.npz"), "--json"])
        claimed = result["chosen"]
        taken = (ran["flash_bytes"], ran["ram_bytes"] + ran["stack_bytes"])
        if taken != (claimed["flash_bytes"], claimed["ram_bytes"]):
            return f"flash and RAM {taken}, {claimed['flash_bytes']} and {claimed['ram_bytes']} were claimed"
        limits = dict(part.split("@")[0].split("=") for part in budget.limits.split(","))
        most = lambda text: float(text.replace("K", "")) * (1024 if text.endswith("K") else 1)  # noqa: E731
        over = [name for name, value in (("flash", taken[0]), ("ram", taken[1])) if name in limits and value > most(limits[name])]
        return f"over the limit: {over}" if over else ""

    def goes_on(self) -> str:
        """A search that is stopped by Ctrl-C and started again ends with the front of one that was not."""
        budget = Budget("given", GIVEN)
        journal = Path(f"{self.made(budget, '_stopped')}.search.jsonl")
        process = subprocess.Popen([*self.command(budget, "_stopped"), "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        while process.poll() is None and (not journal.exists() or journal.read_text().count("\n") < 4):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        stopped = json.loads(process.communicate()[0])
        whole = self.search(budget, "_stopped")
        if not stopped["interrupted"] or stopped["looked_at"] >= whole["looked_at"]:
            return f"it was not stopped: {stopped['looked_at']} of {whole['looked_at']} models"
        if whole["front"] != self.free["front"] or whole["chosen"] != self.free["chosen"]:
            return "the fronts differ"
        return ""

    def checks(self) -> list[Check]:
        return [*(Check(f"budget {budget.name}: {budget.limits}", lambda b=budget: self.held(b)) for budget in self.budgets()),
                Check("a search that is stopped and goes on", self.goes_on)]

    def page(self) -> str:
        lines = ["# Five budgets", "", "Made by `bench/make_budgets.py`; do not edit. `fashion_cnn.onnx` (Fashion-MNIST), fitted on 1,000 training images without labels, measured on 1,000 test images,",
                 "at most 1.5 points lost. The library of each was built again from the written file with the options of `mote compile` in the last line, and took exactly the flash and RAM that are claimed."]
        for budget in self.budgets():
            start = time.monotonic()
            problem = self.held(budget)
            if problem:
                raise RuntimeError(f"{budget.name}: {problem}")
            shown = call(self.command(budget))
            text = shown.stdout.replace(str(self.work) + "/", "")
            lines += ["", f"## {budget.name[0].upper() + budget.name[1:]}", "",
                      f"    $ mote compress fashion_cnn.onnx --data train.npz --test test.npz --budget {budget.limits} --max-drop {self.drop} -o {self.made(budget).name}",
                      *(("    " + line).rstrip() for line in text.rstrip().split("\n")), "", f"Exit code {shown.returncode}."]
            print(f"{budget.name}: {time.monotonic() - start:.0f} s", flush=True)
        return "\n".join(lines) + "\n"


def main() -> int:
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    if len(arguments) != 2:
        usage(__doc__)
    quick = "--check" in sys.argv
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(arguments[0], Path(arguments[1]), Path(directory), quick)
        if quick:
            return run_all(bench.checks())
        PAGE.write_text(bench.page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
