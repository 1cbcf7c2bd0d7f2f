#!/usr/bin/env python3
"""Writes the first inputs of every fuzz target under DIR, from examples/activity and tests/golden: seed_corpus.py DIR [MODEL.tflite...]"""

import io
import json
import pathlib
import re
import struct
import sys
import zipfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def npy(descr, shape, data):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def npz(arrays):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in arrays.items():
            archive.writestr(zipfile.ZipInfo(name + ".npy"), data)
    return out.getvalue()


def png(width, height, colour, pixels):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    stride = len(pixels) // height
    rows = b"".join(b"\0" + pixels[i:i + stride] for i in range(0, len(pixels), stride))
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def text_array(text):
    return npy(f"<U{len(text)}", "()", text.encode("utf-32-le"))


def golden(kind, steps):
    values = bytes(range(4 * steps))
    floats = struct.pack(f"<{4 * steps}f", *range(4 * steps))
    return npz({
        "meta": text_array(json.dumps({"kind": kind})),
        "a/x0": npy("|i1", (steps, 4), values), "a/y0_tflm": npy("|i1", (steps, 4), values),
        "b/x0": npy("<f4", (steps, 4), floats), "b/y0_tflm": npy("<f4", (steps, 4), floats),
        "b/x1": npy("<i8", (steps, 2), bytes(16 * steps)),
    })


JOURNAL = b"""{"format":"mote search 1","search":"this"}
{"recipe":"not pruned","finding":{"drop":0.002,"macs":9342,"quality":[38.7,0.01,0.02,0.998,null],"plans":[{"flash_limit":15706,"ram_limit":null,"flash":15700,"ram":1200,"cycles":1.5e6,"milliseconds":12.5,"millijoules":null}]}}
{"pruned":0.25,"forms":[[["conv","clusters16"],["dense","int4+2:4"]],[]]}
{"recipe":"pruned 25 %, conv clusters16
"""


# Each a chain of steps behind a source, settings as in docs/pipeline_steps.md.
STEPS = {
    "filters": ["preemphasis integers=true", "biquads bandpass=[300,3400] order=3", "fir highpass=50 taps=31", "decimate by=4"],
    "sections": ["biquads coefficients=[0.5,0,0,-0.5,0] integers=true", "difference", "band_passes edges=[300,800,800,3000]"],
    "spectra": ['frames length="30 ms" step="20 ms"', 'window kind="blackman" integers=true', "power_spectrum points=512",
                'mel bands=20 scale="slaney" triangles="area" straight="mel"', 'log unit="decibels" floor=1e-9', "dct coefficients=13", "stack rows=5"],
    "mfcc": ["frames length=480 step=320", "mfcc bands=26 first=1 coefficients=12", "standardize mean=1 deviation=[2.0]", "normalize"],
    "numbers": ["frames length=480 step=320", "remove_mean", "magnitude_spectrum", 'spectral_features values=["centroid","flatness"] bands=[0,1000]'],
    "statistics": ["frames length=32", 'statistics values=["rms","peaks"]', "scale multiply=2 add=1 minimum=0 maximum=3"],
    "channels": ["frames length=480 step=320", "power_spectrum", "noise_subtraction smoothing=0.1", "pcen gain=0.9", "autocorrelation lags=20"],
}


def pipeline(steps):
    sections = "".join("[[features]]\nop = \"{}\"\n{}\n".format(*(step.split(" ", 1) + [""])[:2]) for step in steps)
    return '[source]\nrate = 16000\nhop = "20 ms"\nscale = 0.5\n' + re.sub(r"(?<=\S) (?=[a-z]+=)", "\n", sections)


def seeds(models):
    windows = (ROOT / "examples/activity/test_windows.npz").read_bytes()
    members = {}
    with zipfile.ZipFile(io.BytesIO(windows)) as archive:
        for name in archive.namelist():
            members[pathlib.Path(name).name] = archive.read(name)
    small = {name: data for name, data in members.items() if len(data) < 1 << 16}
    yield "journal/search", JOURNAL
    yield "tflite/activity", (ROOT / "examples/activity/activity.tflite").read_bytes()
    for model in models:
        yield f"tflite/{pathlib.Path(model).name}", pathlib.Path(model).read_bytes()
    for path in sorted((ROOT / "tests/exports").rglob("*.onnx")):
        if path.stat().st_size < 1 << 15:
            yield f"onnx/{path.stem}", path.read_bytes()
    for name, data in small.items():
        yield f"npy/{name}", data
    yield "npy/archive", npz({name.removesuffix(".npy"): data for name, data in small.items()})
    yield "npy/float", npy("<f4", (2, 3), struct.pack("<6f", *range(6)))
    yield "samples/csv", b"\x00a,b,c,d\n1,2,3,4\n-5,6,7,8\n"
    yield "samples/csv_real", b"\x00 1.5; 2e3; -3 ;+4.25\r\n"
    yield "samples/npy", b"\x01" + npy("<f8", (2, 4), struct.pack("<8d", *range(8)))
    yield "samples/npz", b"\x02" + npz({"x": npy("|i1", (2, 4), bytes(8)), "y": npy("<i4", (2,), bytes(8)), "class_names": text_array("yes")})
    yield "samples/npz_mixed", b"\x06" + npz({"real": npy("<f4", (1, 4), bytes(16)), "x1": npy("<i8", (2,), bytes(16))})
    yield "samples/csv_labels", b"\x08kind,a,b,c,d\nwalk,1,2,3,4\n\"run, fast\",-5,6,7,8\n"
    yield "samples/csv_missing", b"\x40a,b,c,d,y\n1,,NA,4,0.5\n"
    yield "samples/bin", b"\x03" + bytes(8)
    yield "media/ppm", b"\x00P6 2 1 255\n" + bytes(range(6))
    yield "media/bmp", b"\x00BM" + struct.pack("<IIIIiiHHIIiiII", 62, 0, 54, 40, 1, 2, 1, 24, 0, 8, 0, 0, 0, 0) + bytes(8)
    yield "media/png", b"\x00" + png(3, 2, 2, bytes(range(18)))
    yield "media/png_grey", b"\x00" + png(3, 2, 0, bytes(range(6)))
    yield "media/wav", b"\x01RIFF" + struct.pack("<I8sIHHIIHH4sI", 44, b"WAVEfmt ", 16, 1, 2, 8000, 32000, 4, 16, b"data", 8) + bytes(8)
    yield "golden/single", golden("single", 1)
    yield "golden/seq", golden("seq", 3)
    for descr, size in (("|i1", 1), ("|u1", 1), ("<f4", 4)):
        yield f"dump/{descr[1:]}", npz({"out": npy(descr, (1, 4), bytes(4 * size))})
    yield "event_labels/labels", b"file,start_s,end_s,name\na.wav,0.5,1,yes\n\"b, c.wav\",2;3,no\n"
    yield "event_labels/pipeline", b"[source]\nrate = 10\n[decision] # why\n  on = [ 0.5,\n inf ] # x\noff = 0\n"
    pair = npy("<f4", (2,), struct.pack("<2f", 1, 2))
    yield "fitted/mahalanobis", npz({"mean": pair, "factor": npy("<f4", (2, 2), struct.pack("<4f", 1, 0, 2, 3)), "threshold": npy("<f4", (1,), bytes(4))})
    yield "fitted/ranges", npz({"lowest": npy("<f4", (2,), bytes(8)), "highest": pair})
    yield "fitted/kmeans", npz({"centres": npy("<f4", (1, 2), bytes(8)), "weights": pair, "factors": npy("<f8", (1,), struct.pack("<d", 1))})
    head = {"fingerprint": "0", "epochs": 1, "best_epoch": 1, "steps": 3, "slots": [2, 1], "moments": True, "curve": [[0, 0.5], [0.4, 0.3]]}
    yield "checkpoint/one_epoch", b"mote distillation 1\n" + json.dumps(head).encode() + b"\n" + struct.pack("<12f", *range(12))
    for name, steps in STEPS.items():
        yield f"pipeline/{name}", pipeline(steps).encode()
    for path in sorted((ROOT / "examples").glob("*/*.toml")):
        yield f"pipeline/{path.parent.name}_{path.stem}", path.read_bytes()
    for graph in sorted((ROOT / "tests/golden").glob("*.graph")):
        yield f"graph_text/{graph.stem}", graph.read_bytes()


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for name, data in seeds(sys.argv[2:]):
        path = pathlib.Path(sys.argv[1]) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


main()
