"""mote with CMSIS-NN's kernels: random cases and real models, bit for bit, and the instructions against TensorFlow Lite Micro's with them.

Usage: run_cmsis_nn.py MOTE CMSIS_NN_DIR CASES_DIR SHARED_DIR [--all]   (CMSIS_NN_DIR "": found in the PyPI package bakenn, or all is left out and counted)
SHARED_DIR holds models/, golden/ and baselines/; without it those checks are left out. --all: every case on every target.
"""

import csv
import importlib.util
import json
import sys
import tempfile
from math import prod
from pathlib import Path

from checks import Check, call, call_json, run_all, usage, verify

OPERATORS = ("conv_2d", "depthwise_conv_2d", "fully_connected", "average_pool_2d", "max_pool_2d")
# Every n-th int8 case of these operators, and of whole graphs, runs on these targets.
PARTS = {"cortex-m4": 2, "host": 3, "cortex-m55": 3, "cortex-m0plus": 6}
MODELS = ("mlperf__kws_ref_model", "mlperf__model_ToyCar_quant_fullint_micro_intio", "mlperf__pretrainedResnet_quant", "mlperf__vww_96_int8",
          "mlperf__str_ww_ref_model", "tflm__hello_world_int8", "tflm__micro_speech_quantized", "tinyengine__vww")
BITS_ONLY = {"cortex-m7": 1, "cortex-m33": 1, "cortex-m3": 1, "cortex-m55": 3}  # the first n models
KERNELS = ("--kernels", "cmsis-nn", "--cmsis-nn")
# Of the random int8 cases, how many the library must run: fewer means that a proof has become too narrow.
LEAST_PART = 0.75


def find_library() -> str:
    package = importlib.util.find_spec("bakenn")
    folders = [Path(each) / "backend/cmsis_nn/vendor/cmsis_nn" for each in package.submodule_search_locations] if package else []
    return next((str(f) for f in folders if (f / "Include/arm_nnfunctions.h").exists()), "")


def implementations(mote: str, model: str, library: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        result, problem = call_json([mote, "compile", model, "-t", "cortex-m4", "-o", folder, "--json", *KERNELS, library])
        if result is None:
            raise RuntimeError(problem)
        return [layer["implementation"] for layer in result["layers"] if layer.get("implementation")]


def instructions(mote: str, model: str, library: str, limit: int) -> str:
    inspected, problem = call_json([mote, "inspect", model, "--json"])
    if inspected is None:
        return problem
    tensor = inspected["inputs"][0]
    count = prod(tensor["shape"]) * (4 if tensor["type"] == "float32" else 1)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "in.bin"
        data.write_bytes(bytes((37 * i + 11 - 128) % 256 for i in range(count)))
        result, problem = call_json([mote, "run", model, "-t", "cortex-m4", "-i", str(data), "--json", *KERNELS, library])
    if result is None:
        return problem
    if not any("cmsis_nn" in layer.get("implementation", "") for layer in result["layers"]):
        return "no layer runs on CMSIS-NN"
    return "" if result["instructions"] <= limit else f"{result['instructions']} instructions, TensorFlow Lite Micro takes {limit}"


def covers(mote: str, stems: list[Path], library: str) -> str:
    ran = sum(any("cmsis_nn" in each for each in implementations(mote, f"{stem}.tflite", library)) for stem in stems)
    return "" if ran >= LEAST_PART * len(stems) else f"{ran} of {len(stems)} cases run on CMSIS-NN"


def says_what_to_do(mote: str, model: str, folder: str, words: str) -> str:
    done = call([mote, "compile", model, "-t", "cortex-m4", "-o", f"{folder}/out", *KERNELS, folder])
    return "" if done.returncode == 2 and words in done.stderr and "--cmsis-nn DIR" in done.stderr else f"exit code {done.returncode}: {done.stderr}"


def main() -> int:
    arguments = [a for a in sys.argv[1:] if a != "--all"]
    if len(arguments) != 4:
        usage(__doc__)
    mote, library, cases, shared = arguments
    library = library or find_library()
    if not library:
        print("the PyPI package bakenn, which holds CMSIS-NN 4.0.0, is not installed: the checks with CMSIS-NN are left out")
        return run_all([], skipped=1)
    options = (*KERNELS, library)
    checks = []
    stems = {operator: [] for operator in OPERATORS}
    for path in sorted(Path(cases).glob("*.npz")):
        stem = path.with_suffix("")
        kind, number = stem.name.rsplit("_", 1)
        operator = next((o for o in OPERATORS if kind in (f"{o}_int8", f"{o}_int8_tensor", f"{o}_int8_channel")), None)
        if operator is None and kind != "graph_int8":
            continue
        if operator is not None:
            stems[operator].append(stem)
        for target, part in PARTS.items():
            if int(number) % part == 0 or "--all" in sys.argv:
                checks.append(Check(f"{stem.name} on {target}", lambda s=stem, t=target: verify(mote, f"{s}.tflite", f"{s}.npz", t, options=options)))
    for operator, each in stems.items():
        if each:
            checks.append(Check(f"{operator}: cases that CMSIS-NN runs", lambda e=each: covers(mote, e, library)))
    root = Path(shared)
    skipped = 0 if (root / "baselines/tflm.csv").exists() and stems["conv_2d"] else 1
    if (root / "baselines/tflm.csv").exists():
        rows = csv.DictReader((root / "baselines/tflm.csv").open())
        limits = {r["model"]: int(r["instructions"]) for r in rows if r["runtime"] == "tflm+cmsis-nn" and r["core"] == "m4"}
        catalogue = {m["name"]: m for m in json.loads((root / "catalogue.json").read_text())}
        for name in MODELS:
            model, golden = str(root / "models" / catalogue[name]["file"]), str(root / "golden" / catalogue[name]["golden"])
            targets = ["cortex-m4", "host", *(t for t, n in BITS_ONLY.items() if MODELS.index(name) < n)]
            for target in targets:
                checks.append(Check(f"{name} on {target}", lambda m=model, g=golden, t=target: verify(mote, m, g, t, options=options)))
            checks.append(Check(f"{name}: instructions", lambda m=model, n=name: instructions(mote, m, library, limits[n])))
    some_model = next((f"{each[0]}.tflite" for each in stems.values() if each), None)
    if some_model:
        empty = tempfile.mkdtemp()
        checks.append(Check("a folder without CMSIS-NN", lambda: says_what_to_do(mote, some_model, empty, "is not CMSIS-NN")))
        checks.append(Check("no folder", lambda: says_what_to_do(mote, some_model, empty + "/none", "is no directory")))
    return run_all(checks, skipped)


if __name__ == "__main__":
    sys.exit(main())
