"""Measures real models on emulated cores and writes docs/benchmarks.md.

Usage: make_benchmarks.py MOTE SHARED_DIR
SHARED_DIR holds models/full and baselines/tflm.csv (TensorFlow Lite Micro on the same emulator with the same inputs).
"""

import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

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
TARGETS = ["cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55"]
HEAD = """# Benchmarks

Made by `bench/make_benchmarks.py`; do not edit. One inference, input byte i = int8((37 i + 11) mod 256 - 128), arm-none-eabi-gcc {gcc}.
Instructions are counted exactly in QEMU; cycles are an estimate from the Cortex-M4 Technical Reference Manual without flash wait states. Flash
code is everything but tables. TFLM: TensorFlow Lite Micro with its reference kernels and with CMSIS-NN, same emulator and compiler.

"""


def measure(mote: str, model: Path, target: str) -> dict | None:
    inspected = json.loads(subprocess.run([mote, "inspect", model, "--json"], capture_output=True, text=True, check=True).stdout)
    with tempfile.NamedTemporaryFile(suffix=".bin") as data:
        for entry in inspected["inputs"]:
            data.write(bytes((37 * i + 11 - 128) % 256 for i in range(entry["bytes"])))
        data.flush()
        done = subprocess.run([mote, "run", model, "-t", target, "-i", data.name, "--json"], capture_output=True, text=True)
    return json.loads(done.stdout) | {"macs": inspected["macs"]} if done.returncode == 0 else None


def number(value) -> str:
    return "-" if value in (None, "") else f"{int(value):,}"


def row(*cells) -> str:
    return "| " + " | ".join(str(c) for c in cells) + " |\n"


def compared_table(results: dict, tflm: dict) -> str:
    text = "## Cortex-M4, beside TensorFlow Lite Micro\n\n"
    text += row("model", "MACs", "mote cycles", "per MAC", "TFLM + CMSIS-NN cycles", "TFLM reference cycles", "mote code", "TFLM + CMSIS-NN code",
                "mote arena", "TFLM arena", "mote stack")
    text += row("---", *["---:"] * 10)
    for name, title in MODELS.items():
        ours = results[name, "cortex-m4"]
        best = tflm.get((name, "m4", "tflm+cmsis-nn"), {})
        plain = tflm.get((name, "m4", "tflm+reference"), {})
        text += row(title, number(ours["macs"]), number(ours["cycles_estimate"]), f"{ours['cycles_estimate'] / ours['macs']:.2f}", number(best.get("cycles_estimate")),
                    number(plain.get("cycles_estimate")), number(ours["flash_code_bytes"]), number(best.get("flash_runtime_bytes")), number(ours["arena_bytes"]),
                    number(best.get("arena_bytes")), number(ours["stack_bytes"]))
    return text + "\n"


def target_table(results: dict) -> str:
    text = "## Instructions on each core\n\n" + row("model", *TARGETS) + row("---", *["---:"] * len(TARGETS))
    for name, title in MODELS.items():
        cells = [results[name, t] for t in TARGETS]
        text += row(title, *[number(c["instructions"]) if c else "does not fit" for c in cells])
    text += "\n## Flash and RAM in bytes (code / tables / arena / stack)\n\n" + row("model", *TARGETS) + row("---", *["---:"] * len(TARGETS))
    for name, title in MODELS.items():
        cells = []
        for target in TARGETS:
            r = results[name, target]
            cells.append(" / ".join(number(r[k]) for k in ("flash_code_bytes", "flash_weights_bytes", "arena_bytes", "stack_bytes")) if r else "does not fit")
        text += row(title, *cells)
    return text


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    mote, shared = sys.argv[1], Path(sys.argv[2])
    results = {}
    for name in MODELS:
        for target in TARGETS:
            print(f"{name} on {target}", file=sys.stderr, flush=True)
            results[name, target] = measure(mote, shared / "models" / "full" / f"{name}.tflite", target)
    with open(shared / "baselines" / "tflm.csv", newline="") as file:
        tflm = {(r["model"], r["core"], r["runtime"]): r for r in csv.DictReader(file)}
    gcc = subprocess.run(["arm-none-eabi-gcc", "-dumpversion"], capture_output=True, text=True, check=True).stdout.strip()
    page = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
    page.write_text(HEAD.format(gcc=gcc) + compared_table(results, tflm) + target_table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
