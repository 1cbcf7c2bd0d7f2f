"""Runs many checks of the command side by side and counts them."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Callable


@dataclass
class Check:
    """One check: `run` returns an empty text when all is well, else what is wrong."""

    name: str
    run: Callable[[], str]


def call(arguments: list[str]) -> subprocess.CompletedProcess:
    return subprocess.run(arguments, capture_output=True, text=True, timeout=600)


def call_json(arguments: list[str]) -> tuple[dict | None, str]:
    """The JSON object that a command prints, or None and what it said instead."""
    done = call(arguments)
    try:
        return json.loads(done.stdout), done.stderr
    except json.JSONDecodeError:
        return None, f"exit code {done.returncode}: {done.stderr.strip()}"


def json_of(arguments: list[str]) -> dict:
    """The JSON object that a command prints; RuntimeError with what it said instead."""
    result, problem = call_json(arguments)
    if result is None:
        raise RuntimeError(problem)
    return result


def verify(mote: str, model: str, golden: str, target: str, expect: str = "tflm", options: tuple[str, ...] = ()) -> str:
    result, problem = call_json([mote, "verify", model, "-t", target, "--golden", golden, "--expect", expect, "--json", *options])
    if result is None:
        return problem
    if result["mismatching_values"] or not result["values"]:
        return f"{result['mismatching_values']} of {result['values']} values differ; first: {result['first_mismatch']}"
    return ""


def run_all(checks: list[Check], skipped: int = 0) -> int:
    """Runs the checks on two workers, shows how far it is and what failed, ends with the counts. The exit code is 1 on a failure."""
    failures = []
    started = time.monotonic()

    def one(check: Check) -> tuple[str, str]:
        try:
            return check.name, check.run()
        except Exception as error:  # a check that breaks is a check that failed
            return check.name, f"{type(error).__name__}: {error}"

    with ThreadPoolExecutor(max_workers=2) as pool:
        for done, (name, problem) in enumerate(pool.map(one, checks), 1):
            if problem:
                failures.append(name)
                print(f"FAILED {name}: {problem}", flush=True)
            if done % 50 == 0 or done == len(checks):
                print(f"  {done} of {len(checks)} checks, {time.monotonic() - started:.0f} s", flush=True)
    print(f"{len(checks) - len(failures)} passed, {len(failures)} failed, {skipped} skipped")
    return 1 if failures else 0


def usage(text: str) -> None:
    print(text, file=sys.stderr)
    sys.exit(2)
