"""docs/compression.md and its charts, out of the figures that make_compression.py measured."""

import math
from pathlib import Path

from chart import Panel, draw

HEAD = """# What compression costs

Made by `bench/make_compression.py`; do not edit. The same figures as data are in `compression.json`. Float models are made smaller in different ways by `mote compress`, alone and together,
without training unless a row says so, and become int8: how that works is in [pruning.md](pruning.md) and [quantization.md](quantization.md), how weights then lie in flash in
[weight_forms.md](weight_forms.md), how to let `mote` find what keeps to a budget in [budgets.md](budgets.md). To make a row:

    mote compress MODEL --data fit.npz --test test.npz -o small.tflite [--prune-macs 50% --prune-multiple 4] [--weights FORM]
    mote run small.tflite -t cortex-m4 -i test.npz                                  # the fastest library
    mote run small.tflite -t cortex-m4 -i test.npz --flash BYTES                    # a smaller one

FORM is what the row's name says; the options of rows with training stand below their table, and of those alone `--data` has labels. Each model is built as two libraries for a
Cortex-M4: the fastest, which may unroll weights into large tables, and one with `--flash` a tenth above the least that can be held, where weights take as few bits as their form or
entropy allows. **Flash** is all of the library with its code, **tables** the part of it that is weights, **RAM** arena and stack, **cycles** are estimates for one inference on the
emulator. dB: signal to noise of the outputs against the float model. **Bold**: no other row without training that is at least as good has less of it.

"""


def shown(quality: dict) -> str:
    if "accuracy" in quality:
        return f"{100 * quality['accuracy']:.1f} %"
    if "agreement" in quality:
        return f"{100 * quality['agreement']:.0f} % agree"
    return f"error {100 * quality['relative_error']:.1f} %"


def worth(row: dict) -> float:
    """What is better when larger."""
    quality = row["quality"]
    return quality.get("accuracy", quality.get("agreement", -quality.get("relative_error", 0)))


def best(row: dict, rows: list[dict], library: str, key: str) -> bool:
    mine = row[library][key]
    others = [other for other in rows if other is not row and worth(other) >= worth(row)]
    return all(other[library][key] > mine or (other[library][key] == mine and worth(other) == worth(row)) for other in others)


def cells(row: dict, rows: list[dict]) -> list[str]:
    def number(library: str, key: str, marked: bool) -> str:
        text = f"{row[library][key]:,}"
        return f"**{text}**" if marked and best(row, rows, library, key) else text

    return [row["method"], shown(row["quality"]), f"{row['quality']['sqnr_db']:.1f}", f"{row['macs']:,}",
            number("smallest", "tables", False), number("smallest", "flash", True), number("smallest", "ram", False), number("smallest", "cycles", False),
            number("fastest", "flash", False), number("fastest", "ram", False), number("fastest", "cycles", True)]


COLUMNS = ["", "quality", "dB", "MACs", "small: tables", "flash", "RAM", "cycles", "fast: flash", "RAM", "cycles"]


def chart(rows: list[dict]) -> str:
    """Quality over the flash of the small libraries and over the cycles of the fast ones, a line for each way; the worst seventh lies on the bottom."""
    points = [100 * worth(row) for row in rows]
    top = math.ceil(max(points))
    bottom = min(top - 4, math.floor(sorted(points)[len(points) // 7]))
    panels = []
    for title, library, key in (("flash, bytes", "smallest", "flash"), ("cycles, Cortex-M4", "fastest", "cycles")):
        lines: dict[str, list[tuple[float, float]]] = {}
        for row in rows:
            lines.setdefault(row["group"], []).append((row[library][key], 100 * worth(row)))
        joined = {name: sorted(line) for name, line in lines.items()}
        panels.append(Panel(title, joined, bottom, top, " %"))
    return draw(panels)


def training_notes(rows: list[dict]) -> list[str]:
    notes = [f"- {row['method']}: `{' '.join(row['options'])}`" for row in rows if row["group"] == "trained"]
    return [*notes, ""] if notes else []


def case_section(name: str, case: dict, docs: Path) -> list[str]:
    rows = [{"method": method} | row for method, row in case["rows"].items()]
    untrained = [row for row in rows if row["group"] != "trained"]
    (docs / "images").mkdir(exist_ok=True)
    (docs / f"images/compression_{name}.svg").write_text(chart(rows))
    original = rows[0]["original"]
    lines = [f"## {case['title']}", "", f"Fitted on, and measured on: {case['data']}." + ("" if original is None else f" Float model: {100 * original:.1f} %."), "",
             f"![quality over flash and cycles](images/compression_{name}.svg)", "", "| " + " | ".join(COLUMNS) + " |", "|---|" + "---:|" * (len(COLUMNS) - 1)]
    return [*lines, *("| " + " | ".join(cells(row, untrained)) + " |" for row in rows), "", *training_notes(rows)]


def pruned_model_section(rows: dict) -> list[str]:
    lines = ["## A model that was pruned elsewhere", "", "`mlonmcu__model_data_pruned`: dense layers with zeros for nine weights of ten, under float activations. Nothing is asked for: the row for sparse layers is the",
             "faster one. Dense: `--force '*=fully_connected.int8_weights'`.", "", "| kernels | flash | RAM | cycles |", "|---|---:|---:|---:|"]
    return [*lines, *(f"| {kind} | {row['flash']:,} | {row['ram']:,} | {row['cycles']:,} |" for kind, row in rows.items()), ""]


def equality_section(rows: list[dict]) -> list[str]:
    differ = [f"{row['method']} ({where})" for row in rows for where in row["differ"]]
    verdict = "all answers are the reference's, bit for bit." if not differ else "not the reference's: " + ", ".join(differ) + "."
    return ["## The same answers everywhere", "", f"The small library of each of the {len(rows)} models above was built for a workstation, Cortex-M0+, M4 and M55, and the fast one for the M4; all ran on three samples there and in the emulator,",
            f"{sum(row['compared'] for row in rows)} libraries in all: {verdict}", ""]


BUDGETS = """## Five budgets

`mote compress --budget` searches these ways and their mixtures itself, layer by layer. What it does with a budget as given, one that cannot be met, and ones that are tight in flash, in RAM and in
latency, asked and measured: [budget_figures.md](budget_figures.md)."""


def write_page(figures: dict, docs: Path) -> None:
    measured = figures["cases"]
    rows = [{"method": method} | row for case in measured.values() for method, row in case["rows"].items()]
    lines = [line for name, case in measured.items() for line in case_section(name, case, docs)]
    if "pruned_model" in figures:
        lines += pruned_model_section(figures["pruned_model"])
    lines += equality_section(rows)
    if (docs / "budget_figures.md").exists():
        lines.append(BUDGETS)
    (docs / "compression.md").write_text(HEAD + "\n".join(lines).rstrip() + "\n")
