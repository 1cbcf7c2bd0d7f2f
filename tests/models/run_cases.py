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
# Operators that have no cases of their own name.
CASES_OF = {"read_variable": "variable", "assign_variable": "variable"}
# Every n-th case of an operator and type runs on these targets, with every implementation in turn.
PARTS = {"host": 10, "cortex-m4": 7, "cortex-m55": 10, "cortex-m0plus": 10, "cortex-m3": 30, "rv32imc": 12}

# Where cases of compact weights run in turn.
COMPACT = ["cortex-m4", "cortex-m0plus", "cortex-m55", "rv32imc"]

# Operators whose kernels are the same C++ on every core: one case of a type runs on this machine and on one board.
ONE_KERNEL = set(
    "abs arg_max arg_min batch_matmul batch_to_space_nd broadcast_to ceil cos cumsum depth_to_space div elu embedding_lookup equal exp fill floor floor_div"
    " floor_mod gather_nd greater greater_equal l2_normalization less less_equal log logical_and logical_not logical_or mirror_pad neg not_equal prelu"
    " reduce_max reduce_min reverse_v2 round rsqrt select_v2 sin space_to_batch_nd space_to_depth sqrt square squared_difference sum zeros_like".split()
)


def targets_of(stem: str, operator: str, number: int) -> list[str]:
    """The targets besides the reference that run a case."""
    parts = [t for t, part in PARTS.items() if number % part == 0]
    if {"cortex-m3", "rv32imc"} <= set(parts) and "--all" not in sys.argv:  # neither has SIMD: one of them
        parts.remove(["cortex-m3", "rv32imc"][sum(stem.encode()) % 2])
    if "compact" in stem:  # one form of weights each, whose kernels differ from core to core
        parts = [COMPACT[number % len(COMPACT)]]
    if operator not in ONE_KERNEL or "--all" in sys.argv:
        return list(PARTS) if "--all" in sys.argv else parts
    boards = [t for t in PARTS if t != "host"]
    return ["host", boards[sum(stem.encode()) % len(boards)]] if number == 0 else []


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
        operator = next((name for name in ONE_KERNEL if stem.name.startswith(name + "_")), "")
        targets = ["reference"] + targets_of(stem.name, operator, number)
        for target in targets:
            checks.append(Check(f"{stem.name} on {target}", lambda s=stem, t=target: check(mote, s, t)))
    covered = {c.name.split(" on ")[0].rsplit("_", 1)[0] for c in checks}
    listed, problem = call_json([mote, "operators", "--json"])
    names = [o["name"] for o in listed["operators"] if o["tflite"] and o["name"] not in WITHOUT_CASES] if listed else []
    for name in names or [problem]:
        cases = CASES_OF.get(name, name)
        covers = any(kind == cases or kind.startswith(cases + "_") for kind in covered)
        checks.append(Check(f"{name} has cases", lambda n=name, c=covers: "" if c else f"no random case for {n}"))
    return run_all(checks)


if __name__ == "__main__":
    sys.exit(main())
