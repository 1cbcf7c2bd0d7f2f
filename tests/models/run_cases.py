"""Random cases of every operator (made by tests/differential) on the reference, and with every implementation on this machine and emulated boards.

Usage: run_cases.py MOTE CASES_DIR [--all]   (--all: every case on every target; otherwise every case on the reference and a part elsewhere)
"""

import sys
from pathlib import Path

from checks import Check, call_json, run_all, usage, verify

# What TensorFlow Lite Micro takes and mote refuses, by what mote must then say.
REFUSED = {
    "type INT4": ("conv_2d_int8_w4", "depthwise_conv_2d_int8_w4", "fully_connected_int8_w4"),
    "a fused activation on int32 is not supported": ("add_int32", "sub_int32", "mul_int32"),
}
# What TensorFlow Lite Micro does not have, or not as tensors of one graph; unit tests compare these with closed forms.
WITHOUT_CASES = {"gelu", "one_hot", "pow", "range", "reduce_prod", "relu_n1_to_1", "sign", "tile"}
# Every n-th case of an operator and type runs on these targets, with every implementation in turn.
PARTS = {"host": 10, "cortex-m4": 7, "cortex-m55": 10, "cortex-m0plus": 10, "cortex-m3": 30, "rv32imc": 12}


def check(mote: str, stem: Path, target: str) -> str:
    options = () if target == "reference" else ("--each-implementation",)
    problem = verify(mote, f"{stem}.tflite", f"{stem}.npz", target, options=options)
    for reason, kinds in REFUSED.items():
        if reason in problem and stem.name.rsplit("_", 1)[0] in kinds:
            return ""
    return problem


def main() -> int:
    arguments = [a for a in sys.argv[1:] if a != "--all"]
    if len(arguments) != 2:
        usage(__doc__)
    mote, directory = arguments
    checks = []
    for path in sorted(Path(directory).glob("*.npz")):
        stem = path.with_suffix("")
        number = int(stem.name.rsplit("_", 1)[1])
        targets = ["reference"] + [t for t, part in PARTS.items() if number % part == 0 or "--all" in sys.argv]
        for target in targets:
            checks.append(Check(f"{stem.name} on {target}", lambda s=stem, t=target: check(mote, s, t)))
    covered = {c.name.split(" on ")[0].rsplit("_", 1)[0] for c in checks}
    listed, problem = call_json([mote, "operators", "--json"])
    names = [o["name"] for o in listed["operators"] if o["tflite"] and o["name"] not in WITHOUT_CASES] if listed else []
    for name in names or [problem]:
        covers = any(kind == name or kind.startswith(name + "_") for kind in covered)
        checks.append(Check(f"{name} has cases", lambda n=name, c=covers: "" if c else f"no random case for {n}"))
    return run_all(checks)


if __name__ == "__main__":
    sys.exit(main())
