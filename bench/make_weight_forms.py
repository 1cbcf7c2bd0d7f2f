"""Measures layers and models in each form of weights on emulated cores: makes the figures in docs/weight_forms.md.

Usage: make_weight_forms.py MOTE SHARED_DIR
SHARED_DIR holds models/full and datasets. Needs numpy.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from compression_cases import anomaly_detection, keyword_spotting
from make_compression import DENSE, PRUNED_MODEL, ROOT, Bench, json_of, usage

PAGE = ROOT / "docs/weight_forms.md"
BEGIN, END = "<!-- figures: made by bench/make_weight_forms.py -->", "<!-- end of figures -->"
COMPACT = ("clustered", "huffman", "sparse", "codes_", "scalar_codes_")  # how names of implementations begin


@dataclass
class Model:
    path: Path
    few: Path  # inputs


class Forms:
    def __init__(self, bench: Bench):
        self.bench, self.models = bench, {}

    def model(self, case: str, form: str) -> Model:
        """A model whose weights have a form."""
        if (case, form) not in self.models:
            made = self.bench.work / f"{case}_{form.replace(':', '_')}.tflite"
            samples = {"kws": keyword_spotting, "ad": anomaly_detection}[case](self.bench.shared)
            self.bench.compress(samples, ("--weights", form), made)
            self.models[case, form] = Model(made, self.bench.few(made, samples.test))
        return self.models[case, form]

    def implementation(self, model: Model, layer: int, target: str, form: str) -> dict | None:
        """The fastest by prediction of those that hold a layer's weights in a form, or of those that do not care."""
        explained = json_of([self.bench.mote, "compile", str(model.path), "-t", target, "-o", str(self.bench.work / "library"), "--json", "--explain"])
        found = explained["alternatives"][layer]
        for each in found["implementations"]:
            name = each["implementation"].split(".")[1]
            if "cycles" in each and (name.startswith(COMPACT) and name.startswith(form) if form != "dense" else not name.startswith(COMPACT)):
                return each | {"layer": found["name"]}
        return None

    def cell(self, case: str, weights: str, layer: int, target: str, forms: tuple[str, ...], macs: int) -> str:
        """Bytes of tables, and cycles for each MAC of the dense layer (instructions where cycles are not known)."""
        model = self.model(case, weights)
        chosen = next((found for form in forms if (found := self.implementation(model, layer, target, form))), None)
        if chosen is None:
            return "-"
        result, _ = self.bench.run(model.path, model.few, target, ("--force", f"{chosen['layer']}={chosen['implementation']}"))
        measured = result["layers"][layer]
        return f"{chosen['table_bytes']:,} B, {(measured['cycles_estimate'] or measured['instructions']) / macs:.2f}"


# Name, weights, how implementations are called.
KEYWORD_FORMS = [("dense", "int4", ("dense",)), ("4 bits, `clustered`", "int4", ("clustered",)), ("4 bits, `huffman`", "int4", ("huffman",)), ("1 of 8, `sparse`", "1:8", ("sparse",))]
TOY_FORMS = [("dense", "int4", ("dense",)), ("4 bits, codes multiplied", "int4", ("codes_", "scalar_codes_")), ("1 of 4, `sparse`", "1:4", ("sparse",)), ("1 of 8, `sparse`", "1:8", ("sparse",))]


def layer_table(forms: Forms, case: str, layer: int, macs: int, rows: list, targets: dict[str, str]) -> list[str]:
    lines = ["| form | " + " | ".join(targets.values()) + " |", "|---" * (len(targets) + 1) + "|"]
    return [*lines, *("| " + " | ".join([name, *(forms.cell(case, weights, layer, target, called, macs) for target in targets)]) + " |" for name, weights, called in rows)]


def model_row(forms: Forms, title: str, model: Model, target: tuple[str, str], options: tuple[str, ...], without: tuple[str, ...]) -> str:
    (with_form, answers), (dense, same) = (forms.bench.run(model.path, model.few, target[0], o) for o in (options, without))
    if answers != same:
        raise RuntimeError(f"{title}: answers differ")
    return "| " + " | ".join([title, target[1], *(f"{r[key]:,}" for key in ("flash_bytes", "cycles_estimate") for r in (with_form, dense))]) + " |"


def figures(bench: Bench) -> list[str]:
    forms, cores = Forms(bench), {"cortex-m0plus": "Cortex-M0+", "cortex-m4": "Cortex-M4", "cortex-m55": "Cortex-M55", "rv32imc": "RV32IMC"}
    m4, m0 = ("cortex-m4", "Cortex-M4"), ("cortex-m0plus", "Cortex-M0+")
    pruned = bench.pruned_model()
    toy, keywords = forms.model("ad", "int4"), forms.model("kws", "int4")
    lines = ["The first pointwise layer of MLPerf Tiny's keyword spotting (25x5x64 to 64, its weights rounded to 4 bits per channel; or all but one of eight set to zero). Table bytes",
             "with biases and requantization, and estimated cycles per MAC of the dense layer (RV32IMC: instructions), measured by `mote run --force`:", "",
             *layer_table(forms, "kws", 2, 25 * 5 * 64 * 64, KEYWORD_FORMS, cores), "", "The first layer of the ToyCar autoencoder (640 to 128), rounded to 4 bits or pruned:", "",
             *layer_table(forms, "ad", 0, 640 * 128, TOY_FORMS, dict([m0, m4])), "", "Whole models on emulated boards, beside the fastest without compact forms:", "",
             "| model | target | flash | without | cycles | without |", "|---|---|---|---|---|---|",
             model_row(forms, "keyword spotting, 4 bits, `--flash 30000`", keywords, m4, ("--flash", "30000"), ()),
             model_row(forms, "ToyCar, 4 bits, `codes_4`", toy, m4, ("--force", "*=fully_connected.codes_4"), ()),
             model_row(forms, "ToyCar, 4 bits, `scalar_codes_4`", toy, m0, ("--force", "*=fully_connected.scalar_codes_4"), ())]
    cells = [f"{pruned[kind][key]:,}" for key in ("flash", "cycles") for kind in ("sparse", "dense")]
    return [*lines, "| " + " | ".join([f"`{PRUNED_MODEL}` (float activations, 9 of 10 weights zero; without: `{' '.join(DENSE)}`)", m4[1], *cells]) + " |"]


def main() -> int:
    if len(sys.argv) != 3:
        usage(__doc__)
    before, rest = PAGE.read_text().split(BEGIN)
    with tempfile.TemporaryDirectory() as directory:
        made = figures(Bench(sys.argv[1], Path(sys.argv[2]), Path(directory)))
    PAGE.write_text("\n".join([before + BEGIN, *made, END]) + rest.split(END)[1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
