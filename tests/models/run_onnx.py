"""ONNX models of others against the outputs of ONNX Runtime, on the reference and on this machine, and docs/onnx.md against what comes out.

Usage: run_onnx.py MOTE SHARED_DIR [--write]
--write puts the list of operators and the table of models into docs/onnx.md. Without SHARED_DIR the models are left out and counted.
"""

import json
import re
import sys
from pathlib import Path

from checks import Check, call, call_json, run_all, usage

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "onnx.md"
TARGETS = ("reference", "host")

# Axes that a file leaves open and its golden inputs fix.
DIMS = {"onnx2c__lstm_k1_b1_r1": ["M1=1"]}
# Float outputs of quantized models: the step of the last QuantizeLinear before them. Differences are counted in it.
STEPS = {"mlonmcu__micro_kws_m_static_qdq": 0.00392157, "mlperfres__deep_autoencoder": 0.308426, "tract__qlstm_3-2-3_T3_S1": 0.03125,
         "tract__qsigmoid_1": 0.0078125, "tract__qsigmoid_2": 0.0078125}
# Differences of more than a step that come from ONNX Runtime's own rounding, and where.
EXPLAINED = {
    "mlperfres__resnet": (0.065, "from `model/conv2d/BiasAdd` on, where ONNX Runtime adds in float and rounds once and TensorFlow Lite's rule rounds twice; "
                                 "137 of 65,536 values there are a step apart, the logits before the float softmax at most one"),
}


class Models:
    def __init__(self, mote: str, root: Path):
        self.mote, self.root = mote, root
        self.files = sorted((root / "models" / "onnx").glob("*.onnx"))

    def options(self, name: str) -> list[str]:
        return [word for dim in DIMS.get(name, []) for word in ("--dim", dim)]

    def golden(self, name: str) -> Path:
        return self.root / "golden" / "onnx" / f"{name}.npz"

    def verify(self, path: Path, target: str) -> tuple[dict | None, str]:
        return call_json([self.mote, "verify", str(path), "-t", target, "--golden", str(self.golden(path.stem)), "--expect", "ort", "--json",
                          *self.options(path.stem)])

    def outcome(self, path: Path, target: str) -> tuple[bool, str]:
        """Whether a model does what it should, and a phrase that says what it did."""
        name = path.stem
        if not self.golden(name).exists():
            done = call([self.mote, "inspect", str(path), *self.options(name)])
            reason = done.stderr.strip().removeprefix(f"mote: {path}: ").removeprefix("not supported:").strip().removeprefix("- ")
            return done.returncode == 2 and bool(reason), "refused: " + reason.split("\n")[0]
        result, problem = self.verify(path, target)
        if result is None:
            return False, problem
        differs = result["max_abs_difference"]
        if result["mismatching_values"] == 0:
            return True, "equal" if differs == 0 else f"within 1e-4 (largest difference {differs:.2g})"
        step = STEPS.get(name)
        if name in EXPLAINED:
            most, why = EXPLAINED[name]
            return differs <= most, f"largest difference {differs:.4g}: {why}"
        if step is not None and differs <= step * 1.001:
            share = 100 * result["mismatching_values"] / result["values"]
            return True, f"within 1 step ({share:.2g} % of the values differ)"
        return False, f"{result['mismatching_values']} of {result['values']} values differ by up to {differs}; first: {result['first_mismatch']}"

    def check(self, path: Path, target: str) -> str:
        good, text = self.outcome(path, target)
        return "" if good else text

    def table(self) -> str:
        rows = ["| model | result |", "| --- | --- |"]
        for path in self.files:
            rows.append(f"| {path.stem} | {self.outcome(path, 'reference')[1]} |")
        return "\n".join(rows)


def operator_list(mote: str) -> str:
    listed, problem = call_json([mote, "operators", "--json"])
    if listed is None:
        sys.exit(problem)
    by_domain: dict[str, list[str]] = {}
    for row in listed["onnx"]:
        by_domain.setdefault(row["domain"] or "ai.onnx", []).append(row["operator"])
    return "\n\n".join(f"**{domain}**: {', '.join(sorted(names))}." for domain, names in by_domain.items())


def replaced(text: str, part: str, content: str) -> str:
    pattern = re.compile(rf"(<!-- {part} -->\n).*?(\n<!-- end of {part} -->)", re.DOTALL)
    if not pattern.search(text):
        sys.exit(f"{DOCUMENT} has no part '{part}'")
    return pattern.sub(lambda found: found[1] + content + found[2], text)


def document_is_current(mote: str) -> str:
    text = DOCUMENT.read_text()
    return "" if replaced(text, "operators", operator_list(mote)) == text else f"{DOCUMENT.name} lists other operators; run_onnx.py --write makes it anew"


def main() -> int:
    arguments = [a for a in sys.argv[1:] if a != "--write"]
    if len(arguments) != 2:
        usage(__doc__)
    mote, root = arguments[0], Path(arguments[1])
    models = Models(mote, root)
    if "--write" in sys.argv:
        text = replaced(DOCUMENT.read_text(), "operators", operator_list(mote))
        DOCUMENT.write_text(replaced(text, "models", models.table()) if models.files else text)
        return 0
    checks = [Check("docs/onnx.md lists the operators", lambda: document_is_current(mote))]
    checks += [Check(f"{p.stem} on {t}", lambda p=p, t=t: models.check(p, t)) for p in models.files for t in TARGETS]
    if not models.files:
        print(f"{root} is not there: the checks on other people's ONNX models are left out")
    return run_all(checks, 0 if models.files else 1)


if __name__ == "__main__":
    sys.exit(main())
