"""Writes tflm_support.md: which types TensorFlow Lite Micro takes for each operator, and what it says to the others."""

import pathlib
import re

import tflm_runner
from cases import OPERATORS

PROBES = 4
TABLE = pathlib.Path(__file__).resolve().parent / "tflm_support.md"

HEADER = """\
# What TensorFlow Lite Micro takes

Made by `make_cases.py OUT_DIR --support-table` with {version}; do not edit. Each type is tried with {probes} random models.
A type is the type of the data (`from_to` for conversions); behind an underscore what else differs: `b32` 32-bit bias, `tensor` one
weight scale for the tensor, `channel` one per channel, `w4` int4 weights, `3x3` such kernels in many sizes, `state8` 8-bit state, `nobias` no bias, `mixed` inputs quantized
differently from the output, `rankN` N dimensions, `relu` fused activation, `newaxis`, `ellipsis`, `offset` that option of STRIDED_SLICE.

Taken is not always right: DEPTHWISE_CONV_2D and TRANSPOSE_CONV read a 32-bit bias of int16 data as 64 bits, past its end,
CONCATENATION of int16 copies the stored values whatever the quantization of the inputs, SPACE_TO_BATCH_ND of int8 fills borders with
whatever stands in memory, and the last shift of an int8 DIV may pass 31 bits. No cases are made of those.

| Operator | Takes | Refuses |
| --- | --- | --- |
"""


def write(out_dir, schema, names, seed, jobs):
    tasks = [
        (name, kind, index)
        for name in names
        for kind in sorted({*OPERATORS[name][1], *OPERATORS[name][2]})
        for index in range(PROBES)
    ]
    results = tflm_runner.run(tasks, out_dir, schema, seed, jobs, save=False)
    rows = {}
    for result in results:
        rows.setdefault((result["op"], result["type"]), []).append(result)
    lines = []
    for name in names:
        takes, refuses = [], {}
        for (op, kind), answers in rows.items():
            if op != name:
                continue
            reasons = [_short(r["reason"]) for r in answers if not r["ok"]]
            if not reasons:
                takes.append(kind)
            else:
                part = "" if len(reasons) == PROBES else f" ({len(reasons)} of {PROBES})"
                refuses.setdefault(reasons[0], []).append(kind + part)
        refused = "<br>".join(f"{', '.join(kinds)}: {reason}" for reason, kinds in refuses.items())
        lines.append(f"| {name} | {', '.join(takes)} | {refused} |")
    requirement = next(
        line for line in (TABLE.parent / "requirements.txt").read_text().splitlines() if line.startswith("tflite-micro")
    )
    TABLE.write_text(HEADER.format(version=requirement.replace("==", " "), probes=PROBES) + "\n".join(lines) + "\n")
    for model in out_dir.glob("*.tflite"):
        model.unlink()
    print(f"wrote {TABLE}")
    return 0


def _short(reason):
    reason = re.sub(r"\S*/(?:kernels|micro)/(\S+?\.(?:cc|h))(?::\d+)?", r"\1:", reason)
    reason = re.sub(r"\(-?\d+ != -?\d+\)", "", reason)
    return reason.replace("|", "\\|").strip()[:160]
