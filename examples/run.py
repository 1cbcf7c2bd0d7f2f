#!/usr/bin/env python3
"""Compiles an example's pipeline, runs it on an emulated board with real recordings, and checks what its README promises.

Usage: examples/run.py [NAME...] [--mote PATH] [-t TARGET]     without names, all of them
       examples/run.py [NAME...] --write-figures               on two cores each, and puts what it costs into the READMEs

Exit codes: 0 what was promised is kept, 1 something is not, 3 NumPy or mote is missing. What has no recordings on this machine is left out and counted.
"""

import argparse
import importlib
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

try:
    import numpy  # noqa: F401
except ModuleNotFoundError:
    print("the examples need NumPy: apt-get install python3-numpy", file=sys.stderr)
    sys.exit(3)

from support.board import BoardError, answer_to
from support.example import Figures, Verdict
from support.recordings import EXAMPLES, Missing, find

ROOT = EXAMPLES.parent
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/pipeline.toml"))
DEFAULT_TARGET = "cortex-m4"


@dataclass
class Result:
    name: str
    verdict: Verdict
    figures: Figures
    seconds: float


def prepared(name: str, models: list) -> Path:
    """A copy of the pipeline in the build directory, beside the models that it names."""
    folder = ROOT / "build" / "examples" / name
    folder.mkdir(parents=True, exist_ok=True)
    for path in (EXAMPLES / name).iterdir():
        if path.suffix in (".toml", ".tflite", ".onnx", ".npz"):
            shutil.copyfile(path, folder / path.name)
    for model in models:
        shutil.copyfile(find(name, model.name, model.in_shared, model.source), folder / model.name)
    return folder / "pipeline.toml"


def run_example(name: str, mote: Path, target: str | None) -> Result:
    started = time.monotonic()
    check = importlib.import_module(f"{name}.check")
    target = target or getattr(check, "TARGET", DEFAULT_TARGET)
    pipeline = prepared(name, check.MODELS)
    answer = answer_to(check.samples(), mote, pipeline, target)
    figures, verdict = answer.figures, check.judge(answer)
    limit = getattr(check, "RAM", None)
    if limit is not None:
        verdict.promise += f"; RAM below {limit:,} bytes"
        verdict.reached += f"; {figures.ram:,} bytes"
        verdict.kept = verdict.kept and figures.ram < limit
    return Result(name, verdict, figures, time.monotonic() - started)


def show(result: Result) -> None:
    verdict, figures = result.verdict, result.figures
    print(f"{result.name}: {'kept' if result.verdict.kept else 'NOT KEPT'}: {verdict.reached} (promised: {verdict.promise})")
    for note in verdict.notes:
        print(f"    {note}")
    print(f"    {figures.target}, {figures.hops:,} hops: flash {figures.flash:,} bytes, RAM {figures.ram:,} bytes, {figures.cycles:,} cycles or "
          f"{figures.milliseconds:.3f} ms a hop, estimated; took {result.seconds:.1f} s", flush=True)


def with_section(text: str, title: str, content: str) -> str:
    """The Markdown text with `content` as that of the section of this title."""
    before, _, rest = text.partition(f"## {title}\n")
    _, found, behind = rest.partition("\n## ")
    return f"{before}## {title}\n\n{content}{found}{behind}"


def figures_table(results: list[Result]) -> str:
    rows = [f"| {r.figures.target} | {r.figures.flash:,} | {r.figures.ram:,} | {r.figures.cycles:,} | {r.figures.milliseconds:.3f} |\n" for r in results]
    return "| core | flash, bytes | RAM, bytes | cycles a hop | ms a hop |\n| --- | ---: | ---: | ---: | ---: |\n" + "".join(rows)


def overview(results: list[list[Result]]) -> str:
    lines = ["| example | promised | reached | core | flash, bytes | RAM, bytes | cycles a hop | ms a hop |\n", "| --- | --- | --- | --- | ---: | ---: | ---: | ---: |\n"]
    for (first, *_) in results:
        f = first.figures
        lines.append(f"| [{first.name}]({first.name}) | {first.verdict.promise} | {first.verdict.reached} | {f.target} | {f.flash:,} | {f.ram:,} | {f.cycles:,} | {f.milliseconds:.3f} |\n")
    return "".join(lines)


def write_figures(names: list[str], mote: Path) -> int:
    """Every example on its own core and on another; the READMEs' sections "Figures" get what it costs."""
    results = []
    for name in names:
        own = run_example(name, mote, None)
        other = "cortex-m4" if own.figures.target == "cortex-m0plus" else "cortex-m0plus"
        results.append([own, run_example(name, mote, other)])
        for result in results[-1]:
            show(result)
        readme = EXAMPLES / name / "README.md"
        readme.write_text(with_section(readme.read_text(), "Figures", figures_table(results[-1])))
    if names == NAMES:
        readme = EXAMPLES / "README.md"
        readme.write_text(with_section(readme.read_text(), "Figures", overview(results)))
    return 0 if all(result.verdict.kept for each in results for result in each) else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--mote", type=Path, default=ROOT / "build/release/bin/mote", help="the command; build/release/bin/mote when not said")
    parser.add_argument("-t", "--target", help=f"the core to emulate; the example's own ({DEFAULT_TARGET} for most) when not said")
    parser.add_argument("--write-figures", action="store_true", help="put what each costs into its README")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in NAMES]:
        parser.error(f"there is no example {', '.join(unknown)}: {', '.join(NAMES)}")
    if not arguments.mote.exists():
        print(f"{arguments.mote} is missing: scripts/demo.sh builds it", file=sys.stderr)
        return 3

    names = arguments.names or NAMES
    if arguments.write_figures:
        return write_figures(names, arguments.mote)

    counts = {"passed": 0, "failed": 0, "skipped": 0}

    def attempt(name: str) -> Result | Exception:
        try:
            return run_example(name, arguments.mote, arguments.target)
        except (Missing, BoardError, ValueError) as error:
            return error

    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, result in zip(names, pool.map(attempt, names)):
            if isinstance(result, Result):
                show(result)
                counts["passed" if result.verdict.kept else "failed"] += 1
            else:
                print(f"{name}: {'left out' if isinstance(result, Missing) else 'FAILED'}: {result}", flush=True)
                counts["skipped" if isinstance(result, Missing) else "failed"] += 1
    print(", ".join(f"{count} {word}" for word, count in counts.items()))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
