#!/usr/bin/env python3
"""Checks the tree's order: check_includes.py [ROOT]. Fails on an include against the arrows between the folders of compiler/, on a cycle of
includes, on a type that two headers define, on an operator without its row, file or matching name, and on a device header that includes more than the C headers it may."""

import pathlib
import re
import sys

# A folder may include itself and the levels before its own.
LEVELS = [["support"], ["metrics"], ["targets"], ["graph"], ["ops"], ["fit"], ["export", "passes", "data"], ["import"], ["pipeline"], ["compress"], ["rows"], ["memory"], ["select"], ["codegen"], ["emulate"], ["search"], ["advise", "compare"],
          ["report"], ["deploy"], ["cli"]]
LEVEL = {folder: level for level, folders in enumerate(LEVELS) for folder in folders}

# The TFLite schema's generated header belongs to those who read the file format.
SCHEMA_HEADER, SCHEMA_READERS = "tflite_generated.h", {"ops", "import", "export"}

# Beside compiler/, on top of all but the command.
TRAINING = "train"

CMSIS_NN_HEADERS = ("arm_nnfunctions.h", "arm_nnsupportfunctions.h")
DEVICE_HEADERS = {"math.h", "stddef.h", "stdint.h", "string.h"}
# Intrinsics come with the compiler; one file of each turns them into functions of our own.
INTRINSICS = {"mote/isa/dsp.hpp": "arm_acle.h", "mote/isa/mve.hpp": "arm_mve.h"}

TYPE = re.compile(r"^(?:struct|class|enum class) ([A-Z]\w+)[^;{(]*\{", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
ROW = re.compile(r"^MOTE_(?:OWN_|CUSTOM_)?OPERATOR\((\w+)[,)]", re.MULTILINE)
DEFINITION = re.compile(r"^MOTE_DEFINE_OPERATOR\(\w+, (\w+)\)", re.MULTILINE)


def sources(folder):
    return sorted(p for p in folder.rglob("*") if p.suffix in {".cpp", ".hpp", ".c", ".h", ".inc"})


def arrows(compiler):
    """What is wrong with the includes of compiler/."""
    for path in sources(compiler):
        name = path.relative_to(compiler)
        folder = name.parts[0]
        if folder not in LEVEL:
            yield f"compiler/{name}: the folder '{folder}' has no place in the order"
            continue
        for bracket, included in INCLUDE.findall(path.read_text()):
            if included == SCHEMA_HEADER:
                if folder not in SCHEMA_READERS:
                    yield f"compiler/{name} includes {included}, which is for {' and '.join(sorted(SCHEMA_READERS))}"
                continue
            if bracket == "<" or "/" not in included:
                continue
            target = included.split("/")[0]
            if target == TRAINING and folder == "cli":
                continue
            if target not in LEVEL:
                yield f"compiler/{name} includes {included}: no folder of compiler/"
            elif folder != target and LEVEL[target] >= LEVEL[folder]:
                yield f"compiler/{name} includes {included}: {folder} must not know {target}"


def cycles(root, prefix=""):
    """Headers under `root` that include each other in a circle."""
    edges = {}
    for path in sources(root):
        name = prefix + str(path.relative_to(root))
        edges[name] = [i for _, i in INCLUDE.findall(path.read_text())]
    done, path = set(), []

    def visit(name):
        if name in path:
            yield "includes in a circle: " + " -> ".join(path[path.index(name):] + [name])
            return
        if name in done or name not in edges:
            return
        path.append(name)
        for included in edges[name]:
            yield from visit(included)
        path.pop()
        done.add(name)

    for name in edges:
        yield from visit(name)


def one_definition(compiler):
    """Two headers that define a type of the same name in namespace mote: programs of both mix them up, and no tool has to say so."""
    where = {}
    for path in sources(compiler):
        name = path.relative_to(compiler)
        if path.suffix != ".hpp" or "runtime" in name.parts:
            continue
        for defined in set(TYPE.findall(path.read_text())):
            where.setdefault(defined, []).append(str(name))
    for defined, paths in where.items():
        if len(paths) > 1:
            yield f"'{defined}' is defined in {' and in '.join('compiler/' + path for path in paths)}"


def operators(ops):
    """Rows of ops.inc and files of operators must match one to one."""
    rows = ROW.findall((ops / "ops.inc").read_text())
    if rows != sorted(set(rows)):
        yield "compiler/ops/ops.inc: rows are not in alphabetical order, or one stands twice"
    files = sorted(ops.rglob("*.cpp"))
    for row in sorted(set(rows) - {path.stem for path in files}):
        yield f"compiler/ops/ops.inc: the row '{row}' has no file {row}.cpp in compiler/ops or a folder there"
    for path in files:
        for defined in DEFINITION.findall(path.read_text()):
            if defined != path.stem:
                yield f"compiler/ops/{path.relative_to(ops)} defines '{defined}'; operator and file have one name"
            if defined not in rows:
                yield f"compiler/ops/{path.relative_to(ops)} defines '{defined}', which has no row in ops.inc"


def device(include):
    """Device code includes its own headers and some of C's; one header those of the library that it calls."""
    for path in sources(include):
        for bracket, included in INCLUDE.findall(path.read_text()):
            if path.name == "cmsis_nn.hpp" and included in CMSIS_NN_HEADERS:
                continue
            own = bracket == '"' and included.startswith("mote/") and (include / included).exists()
            allowed = included in DEVICE_HEADERS or INTRINSICS.get(str(path.relative_to(include))) == included
            if not own and not (bracket == "<" and allowed):
                yield f"device/include/{path.relative_to(include)} includes {included}; device code may include only mote/ and {', '.join(sorted(DEVICE_HEADERS))}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2])
    compiler, include = root / "compiler", root / "device/include"
    faults = [*arrows(compiler), *cycles(compiler), *cycles(include), *one_definition(compiler), *operators(compiler / "ops"), *device(include)]
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


main()
