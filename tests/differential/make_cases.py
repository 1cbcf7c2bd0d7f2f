#!/usr/bin/env python3
"""Random valid models per operator and type, with the outputs of TensorFlow Lite Micro. See README.md."""

import argparse
import collections
import json
import os
import pathlib
import shutil
import sys
import time

import tflm_runner
from cases import OPERATORS
from model_builder import generate_schema


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out_dir", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", metavar="OP", action="append", help="an operator (may be repeated)")
    parser.add_argument("--per-op", type=int, default=10, metavar="K", help="cases per operator and type")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--support-table", action="store_true", help="write tflm_support.md beside this program instead of cases"
    )
    args = parser.parse_args()

    names = [name.upper() for name in args.only] if args.only else list(OPERATORS)
    unknown = [name for name in names if name not in OPERATORS]
    if unknown:
        parser.error(f"no cases for {', '.join(unknown)}; there are: {', '.join(OPERATORS)}")
    if not shutil.which("flatc"):
        print("make_cases.py: flatc is missing (Debian: apt-get install flatbuffers-compiler)", file=sys.stderr)
        return 3
    args.out_dir.mkdir(parents=True, exist_ok=True)
    schema = args.out_dir / "_schema"
    generate_schema(schema)

    if args.support_table:
        import support_table

        return support_table.write(args.out_dir, schema, names, args.seed, args.jobs)

    started = time.monotonic()
    tasks = [(name, kind, index) for name in names for kind in OPERATORS[name][1] for index in range(args.per_op)]
    results = tflm_runner.run(tasks, args.out_dir, schema, args.seed, args.jobs)
    refused = {
        result["name"]: {"op": result["op"], "type": result["type"], "note": result["note"], "reason": result["reason"]}
        for result in results
        if not result["ok"]
    }
    (args.out_dir / "refused.json").write_text(json.dumps(refused, indent=1, sort_keys=True) + "\n")

    counts = collections.Counter((r["op"], r["type"]) for r in results if r["ok"])
    for name in names:
        kinds = "  ".join(f"{kind}:{counts[(name, kind)]}" for kind in OPERATORS[name][1])
        print(f"{name:26} {kinds}")
    saturated = [r["saturated"] for r in results if r["ok"] and r["saturated"] is not None]
    mean = 100 * sum(saturated) / max(1, len(saturated))
    print(
        f"{sum(counts.values())} cases, {len(refused)} refused (refused.json), "
        f"{mean:.0f} % of the quantized outputs at the ends of their range, {time.monotonic() - started:.0f} s"
    )
    return 0


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())
