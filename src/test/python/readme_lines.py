"""Runs the lines that README.md shows under "Read the result":  python src/test/python/readme_lines.py README.md LIBRARY ...

The working folder holds out/digits, a checkpoint of conf/models/digits-cnn.yaml. Blocks of Python that import one of the
libraries are run as they stand and must give the bytes whose CRC-32 the manifest has; SQL must give its moments.
"""

import json
import math
import pathlib
import re
import sys
import zlib

import duckdb
import numpy

text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").split("## Read the result\n")[1].split("\n## ")[0]
tensors = {t["name"]: t for t in json.loads(pathlib.Path("out/digits/manifest.json").read_text(encoding="utf-8"))["tensors"]}


def check(name, values):
    tensor = tensors[name]
    assert list(values.shape) == tensor["shape"], (name, values.shape)
    found = f"{zlib.crc32(numpy.ascontiguousarray(values, '<f4').tobytes()):08x}"
    assert found == tensor["crc32"], (name, found, tensor["crc32"])


def run_python(block):
    names = {}
    exec(block, names)
    state = names.get("state", {"fc1.weight": names.get("fc1")})
    for name, values in state.items():
        check(name, numpy.asarray(values))
    return len(state)


def run_sql(block):
    rows = duckdb.sql(block).fetchall()
    assert len(rows) == len(tensors)
    for name, count, mean, std in rows:
        assert count == math.prod(tensors[name]["shape"])
        assert abs(mean - tensors[name]["mean"]) < 1e-6 and abs(std - tensors[name]["std"]) < 1e-6, name
    return len(rows)


blocks = re.findall(r"```(python|sql)\n(.*?)```", text, re.S)
for library in sys.argv[2:]:
    mine = [block for language, block in blocks if language == "python" and re.search(rf"\b{library}\b", block.split("\n\n")[0])]
    assert mine, library
    print(f"{library}: {sum(map(run_python, mine))} tensors have the bytes of the manifest")
mine = [block for language, block in blocks if language == "sql"]
print(f"SQL: {sum(map(run_sql, mine))} tensors have the moments of the manifest")
