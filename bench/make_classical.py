"""Figures of classical models on the emulated Cortex-M4 beside emlearn's, docs/classical.json and the table in docs/classical.md.

Usage: make_classical.py MOTE            writes both
       make_classical.py MOTE --check    checks the promises instead, and that nothing has grown; the last line counts
The models and scikit-learn's answers are in tests/exports/sklearn; scikit-learn itself is not needed.
"""

import json
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXPORTS, DOCS = ROOT / "tests" / "exports" / "sklearn", ROOT / "docs"
BEGIN, END = "<!-- figures: made by bench/make_classical.py -->", "<!-- end of figures -->"
WORSE = 1.02
# Of scores, where float32 gives less than 1e-5 (tests/exports).
TOLERANCES = {"digits_gaussian_nb": "1.2e-2"}
# Title, model, its options, and emlearn's instructions and bytes of flash for the same model (int16 inline trees).
ROWS = [
    ("random forest, 20 trees of depth 8, branches", "digits_random_forest", ["--force", "*=tree_ensemble.if_else"], 772, 23232),
    ("the same as tables", "digits_random_forest", ["--force", "*=tree_ensemble.compact"], 772, 23232),
    ("extra trees, 20 of depth 8, branches", "digits_extra_trees", ["--force", "*=tree_ensemble.if_else"], 793, 30976),
    ("the same as tables", "digits_extra_trees", ["--force", "*=tree_ensemble.compact"], 793, 30976),
    ("Gaussian naive Bayes", "digits_gaussian_nb", [], 59749, None),
    ("nearest neighbours, 5 of 200 points", "digits_knn", [], 110017, None),
]
# Row of ROWS, and at most: instructions, bytes of flash.
PROMISES: list[tuple[int, int | None, int | None]] = [
    (0, 772, 23_232),
    (1, None, 15_200),
    (2, 940, 37_000),
    (3, None, 24_500),
    (4, 59_749 // 20, None),
    (5, 110_017 // 2, None),
]


def measure(mote: str, model: str, options: list[str]) -> dict:
    """Figures of the mean inference over all rows of the test set, handed over as bytes."""
    path, golden = EXPORTS / f"{model}.onnx", EXPORTS / f"{model}.npz"
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(golden) as archive:
        features = Path(folder) / "rows.npy"
        features.write_bytes(archive.read("rows/x0.npy"))
        common = [str(path), "-t", "cortex-m4", "--input-type", "uint8", "--json", *options]
        done = subprocess.run([mote, "run", *common, "-i", features], capture_output=True, text=True)
        compared = subprocess.run([mote, "verify", *common, "--golden", golden, "--expect", "sklearn", "--tolerance", TOLERANCES.get(model, "1e-5")],
                                  capture_output=True, text=True)
    if done.returncode != 0 or compared.returncode not in (0, 1):
        raise RuntimeError(f"{model}: {done.stderr}{compared.stderr}")
    result, same = json.loads(done.stdout), json.loads(compared.stdout)
    kept = {key: result[key] for key in ("cycles_estimate", "flash_code_bytes", "flash_weights_bytes", "arena_bytes", "stack_bytes")}
    return kept | {"instructions": round(result["instructions_mean"]), "labels_equal": compared.returncode == 0,
                   "largest_difference": same["max_abs_difference"]}


def measure_all(mote: str) -> list[dict]:
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda row: measure(mote, row[1], row[2]), ROWS))


def number(value) -> str:
    return "-" if value is None else f"{round(value):,}"


def table(measured: list[dict]) -> str:
    text = "| model | instructions | emlearn | cycles (est.) | code | tables | together | emlearn | labels as scikit-learn | largest difference of scores |\n"
    text += "|---|" + "---:|" * 9 + "\n"
    for (title, _, _, instructions, flash), figures in zip(ROWS, measured):
        code, tables = figures["flash_code_bytes"], figures["flash_weights_bytes"]
        text += f"| {title} | {number(figures['instructions'])} | {number(instructions)} | {number(figures['cycles_estimate'])} | {number(code)} | {number(tables)} | " \
                f"{number(code + tables)} | {number(flash)} | {'all' if figures['labels_equal'] else 'no'} | {figures['largest_difference']:.1e} |\n"
    return text


def check(measured: list[dict]) -> int:
    committed = json.loads((DOCS / "classical.json").read_text())
    passed = failed = 0

    def promise(kept: bool, text: str) -> None:
        nonlocal passed, failed
        passed, failed = passed + kept, failed + (not kept)
        if not kept:
            print(text)

    for (title, *_), figures, before in zip(ROWS, measured, committed):
        promise(figures["labels_equal"], f"{title}: not all labels are scikit-learn's")
        for key in ("instructions", "flash_code_bytes", "flash_weights_bytes"):
            promise(figures[key] <= WORSE * before[key], f"{title}: {figures[key]} {key}, {before[key]} in docs/classical.json")
    for row, instructions, flash in PROMISES:
        figures, title = measured[row], ROWS[row][0]
        together = figures["flash_code_bytes"] + figures["flash_weights_bytes"]
        if instructions is not None:
            promise(figures["instructions"] <= instructions, f"{title}: {figures['instructions']} instructions, at most {instructions} are promised")
        if flash is not None:
            promise(together <= flash, f"{title}: {together} bytes of flash, at most {flash} are promised")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


def main() -> int:
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    measured = measure_all(sys.argv[1])
    if len(sys.argv) == 3:
        return check(measured)
    (DOCS / "classical.json").write_text(json.dumps(measured, indent=1, sort_keys=True) + "\n")
    page = (DOCS / "classical.md").read_text()
    begin, end = page.index(BEGIN) + len(BEGIN), page.index(END)
    (DOCS / "classical.md").write_text(page[:begin] + "\n" + table(measured) + page[end:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
