"""Measures real models on emulated cores: makes docs/benchmarks.md and docs/benchmarks.json, or checks that nothing got worse.

Usage: make_benchmarks.py MOTE SHARED_DIR           measure and write both files
       make_benchmarks.py MOTE SHARED_DIR --check   measure again and fail where instructions are more than 2 % above docs/benchmarks.json, or
                                                    a promise below is not kept
SHARED_DIR holds models/full and baselines/tflm.csv (TensorFlow Lite Micro on the same emulator with the same inputs). Columns with
CMSIS-NN's kernels are measured when MOTE_CMSIS_NN_DIR names its directory.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"
MODELS = {
    "mlperf__kws_ref_model": "keyword spotting",
    "mlperf__vww_96_int8": "visual wake words",
    "mlperf__pretrainedResnet_quant": "image classification",
    "mlperf__model_ToyCar_quant_fullint_micro_intio": "anomaly detection",
    "mlperf__str_ww_ref_model": "streaming wake word",
    "tflm__micro_speech_quantized": "micro speech",
    "tflm__person_detect": "person detection",
    "tinyengine__vww": "MCUNet visual wake words",
}
TARGETS = ["cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55", "rv32imc"]
BASELINE_CORES = {"cortex-m4": "m4", "cortex-m55": "m55"}
KEPT = ["instructions", "cycles_estimate", "arena_bytes", "stack_bytes", "flash_code_bytes", "flash_weights_bytes"]
WORSE = 1.02
# What is promised: most estimated cycles in millions, the part of TensorFlow Lite Micro's instructions with CMSIS-NN, the slowdown by -Os.
MOST_CYCLES = {
    "cortex-m4": {"keyword spotting": 3.5, "visual wake words": 5.5, "image classification": 9, "anomaly detection": 0.37, "streaming wake word": 1.1,
                  "micro speech": 0.55, "MCUNet visual wake words": 18},
    "cortex-m0plus": {"keyword spotting": 12, "visual wake words": 38, "image classification": 40, "anomaly detection": 1.2},
}
MOST_OF_TFLM = {"cortex-m55": 0.45}
MOST_FLASH = {"cortex-m4": 1 << 20, "cortex-m0plus": 512 << 10}
MOST_SLOWER_WITH_OS = 1.1
# Model, budget, and then at most: bytes of tables, estimated cycles in millions, on cortex-m4.
WITHIN_FLASH = ("mlperf__pretrainedResnet_quant", "200K", 170 << 10, 10)
HEAD = """# Benchmarks

Made by `scripts/bench.sh`; do not edit. The same figures as data are in `benchmarks.json`. One inference, input byte i = int8((37 i + 11) mod 256 - 128),
arm-none-eabi-gcc {gcc}. Instructions are counted exactly in QEMU; cycles are estimates from the cores' manuals without flash wait states (how good they are:
[cycles.md](cycles.md)). Flash code is everything but tables. TFLM: TensorFlow Lite Micro with its reference kernels and with CMSIS-NN, same emulator and compiler.

"""


def measure(mote: str, model: Path, target: str, kernels: str, options: tuple[str, ...] = ()) -> dict | None:
    inspected = json.loads(subprocess.run([mote, "inspect", model, "--json"], capture_output=True, text=True, check=True).stdout)
    with tempfile.NamedTemporaryFile(suffix=".bin") as data:
        for entry in inspected["inputs"]:
            data.write(bytes((37 * i + 11 - 128) % 256 for i in range(entry["bytes"])))
        data.flush()
        extra = [*options] if kernels == "mote" else ["--kernels", kernels]
        done = subprocess.run([mote, "run", model, "-t", target, "-i", data.name, "--json", *extra], capture_output=True, text=True)
    if done.returncode != 0:
        if "does not fit" not in done.stderr:
            raise RuntimeError(f"{model.name} on {target}: {done.stderr}")
        return None
    result = json.loads(done.stdout)
    return {"macs": inspected["macs"]} | {key: result[key] for key in KEPT}


def measure_all(mote: str, shared: Path) -> dict:
    """{kernels: {model: {target: figures}}}"""
    jobs = [("mote", name, target) for name in MODELS for target in TARGETS]
    if os.environ.get("MOTE_CMSIS_NN_DIR"):
        jobs += [("cmsis-nn", name, target) for name in MODELS for target in ("cortex-m4", "cortex-m55")]
    results: dict = {}

    def one(job):
        kernels, name, target = job
        figures = measure(mote, shared / "models" / "full" / f"{name}.tflite", target, kernels)
        print(f"{name} on {target} with {kernels}", file=sys.stderr, flush=True)
        return figures

    with ThreadPoolExecutor(2) as pool:
        for (kernels, name, target), figures in zip(jobs, pool.map(one, jobs)):
            results.setdefault(kernels, {}).setdefault(name, {})[target] = figures
    return results


def read_baselines(shared: Path) -> dict:
    """{runtime: {model: {target: figures}}}"""
    cores = {core: target for target, core in BASELINE_CORES.items()}
    found: dict = {}
    with open(shared / "baselines" / "tflm.csv", newline="") as file:
        for row in csv.DictReader(file):
            if row["core"] not in cores:
                continue
            figures = {key: int(float(row[key])) for key in ("instructions", "cycles_estimate", "arena_bytes", "flash_runtime_bytes") if row[key] not in ("", "-")}
            if row["core"] != "m4":
                figures.pop("cycles_estimate", None)
            found.setdefault(row["runtime"], {}).setdefault(row["model"], {})[cores[row["core"]]] = figures
    return found


def number(value) -> str:
    return "-" if value in (None, "") else f"{int(value):,}"


def ratio(a, b) -> str:
    return f"{a / b:.2f}" if a and b else "-"


def row(*cells) -> str:
    return "| " + " | ".join(str(c) for c in cells) + " |\n"


def table(*heads) -> str:
    return row(*heads) + row("---", *["---:"] * (len(heads) - 1))


def get(data: dict, kind: str, model: str, target: str) -> dict:
    return data.get(kind, {}).get(model, {}).get(target) or {}


def m4_table(data: dict) -> str:
    text = "## Cortex-M4, beside TensorFlow Lite Micro\n\nEstimated cycles of one inference, and memory in bytes.\n\n"
    text += table("model", "MACs", "mote", "per MAC", "mote with CMSIS-NN's kernels", "TFLM + CMSIS-NN", "TFLM reference", "mote code", "TFLM + CMSIS-NN code",
                  "mote arena", "TFLM arena", "mote stack")
    for name, title in MODELS.items():
        ours, theirs = get(data, "mote", name, "cortex-m4"), get(data, "cmsis-nn", name, "cortex-m4")
        best, plain = get(data, "tflm+cmsis-nn", name, "cortex-m4"), get(data, "tflm+reference", name, "cortex-m4")
        cycles = ours.get("cycles_estimate")
        text += row(title, number(ours.get("macs")), number(cycles), ratio(cycles, ours.get("macs")), number(theirs.get("cycles_estimate")),
                    number(best.get("cycles_estimate")), number(plain.get("cycles_estimate")), number(ours.get("flash_code_bytes")),
                    number(best.get("flash_runtime_bytes")), number(ours.get("arena_bytes")), number(best.get("arena_bytes")), number(ours.get("stack_bytes")))
    return text + "\n"


def instructions_beside(data: dict, target: str, title: str) -> str:
    text = f"## {title}\n\nInstructions of one inference.\n\n"
    text += table("model", "mote", "mote with CMSIS-NN's kernels", "TFLM + CMSIS-NN", "mote / TFLM")
    for name, label in MODELS.items():
        ours, theirs, best = (get(data, kind, name, target).get("instructions") for kind in ("mote", "cmsis-nn", "tflm+cmsis-nn"))
        text += row(label, number(ours), number(theirs), number(best), ratio(ours, best))
    return text + "\n"


def core_tables(data: dict) -> str:
    text = ""
    for key, title in (("instructions", "Instructions on each core"), ("cycles_estimate", "Estimated cycles on each core")):
        text += f"## {title}\n\n" + table("model", *TARGETS)
        for name, label in MODELS.items():
            cells = [data["mote"][name].get(t) for t in TARGETS]
            text += row(label, *[number(c[key]) if c else "does not fit" for c in cells])
        text += "\n"
    text += "## Flash and RAM in bytes (code / tables / arena / stack)\n\n" + table("model", *TARGETS)
    for name, label in MODELS.items():
        cells = [data["mote"][name].get(t) for t in TARGETS]
        text += row(label, *[" / ".join(number(c[k]) for k in ("flash_code_bytes", "flash_weights_bytes", "arena_bytes", "stack_bytes")) if c else "does not fit"
                             for c in cells])
    return text


def broken_promises(measured: dict, baselines: dict, with_os: dict, within_flash: dict) -> tuple[int, list[str]]:
    """How many promises there are, and a line for each that is not kept."""
    count, broken = 0, []

    def promise(kept: bool, text: str) -> None:
        nonlocal count
        count += 1
        if not kept:
            broken.append(text)

    for name, title in MODELS.items():
        for target, limits in MOST_CYCLES.items():
            if title not in limits:
                continue
            figures = measured["mote"][name][target]
            cycles, flash = figures["cycles_estimate"], figures["flash_code_bytes"] + figures["flash_weights_bytes"]
            promise(cycles <= 1e6 * limits[title], f"{title} on {target}: {number(cycles)} cycles, at most {limits[title]} million are promised")
            promise(flash <= MOST_FLASH[target], f"{title} on {target}: {number(flash)} bytes of flash")
        for target, part in MOST_OF_TFLM.items():
            theirs = get(baselines, "tflm+cmsis-nn", name, target).get("instructions")
            if theirs:
                ours = measured["mote"][name][target]["instructions"]
                promise(ours <= part * theirs, f"{title} on {target}: {number(ours)} instructions, TensorFlow Lite Micro {number(theirs)}")
        before, after = measured["mote"][name]["cortex-m4"]["cycles_estimate"], with_os[name]["cycles_estimate"]
        promise(after <= MOST_SLOWER_WITH_OS * before, f"{title} with -Os: {number(after)} cycles, {number(before)} otherwise")
    name, budget, tables, millions = WITHIN_FLASH
    kept = within_flash["flash_weights_bytes"] <= tables and within_flash["cycles_estimate"] <= 1e6 * millions
    promise(kept, f"{MODELS[name]} within {budget}: {within_flash}")
    return count, broken


def check(measured: dict, baselines: dict, with_os: dict, within_flash: dict) -> int:
    committed = json.loads((DOCS / "benchmarks.json").read_text())
    promises, broken = broken_promises(measured, baselines, with_os, within_flash)
    passed, failed = promises - len(broken), len(broken)
    print("\n".join(broken))
    for kernels, models in measured.items():
        for name, targets in models.items():
            for target, figures in targets.items():
                before = get(committed, kernels, name, target)
                if not before:
                    continue
                now = figures["instructions"] if figures else None
                if now is not None and now <= WORSE * before["instructions"]:
                    passed += 1
                    continue
                failed += 1
                print(f"{name} on {target} with {kernels}: {number(now)} instructions, {number(before['instructions'])} in docs/benchmarks.json")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


def main() -> int:
    if len(sys.argv) not in (3, 4) or sys.argv[3:] not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    mote, shared = sys.argv[1], Path(sys.argv[2])
    measured = measure_all(mote, shared)
    if len(sys.argv) == 4:
        with_os = {name: measure(mote, shared / "models" / "full" / f"{name}.tflite", "cortex-m4", "mote", ("--cxxflags=-Os",)) for name in MODELS}
        name, budget, _, _ = WITHIN_FLASH
        within_flash = measure(mote, shared / "models" / "full" / f"{name}.tflite", "cortex-m4", "mote", ("--flash", budget))
        return check(measured, read_baselines(shared), with_os, within_flash)
    data = measured | read_baselines(shared)
    gcc = subprocess.run(["arm-none-eabi-gcc", "-dumpversion"], capture_output=True, text=True, check=True).stdout.strip()
    (DOCS / "benchmarks.json").write_text(json.dumps(data, indent=1, sort_keys=True) + "\n")
    (DOCS / "benchmarks.md").write_text(HEAD.format(gcc=gcc) + m4_table(data) + instructions_beside(data, "cortex-m4", "Instructions on Cortex-M4") +
                                        instructions_beside(data, "cortex-m55", "Instructions on Cortex-M55 (Helium)") + core_tables(data))
    return 0


if __name__ == "__main__":
    sys.exit(main())
