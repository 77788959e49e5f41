"""Digests of all bytes as pyarrow, DuckDB and Polars read them:  python src/test/python/other_readers.py CKPT [LIBRARY ...]

Each library reads every tensor in the way that README.md shows; CRC-32s must be those of the manifest, which Kindling computed
while it drew. Readers see float32 where a checkpoint holds float16 or bfloat16; its digest is that of the 16 bits.
"""

import json
import pathlib
import sys
import zlib

import duckdb
import numpy
import polars
import pyarrow.compute
import pyarrow.dataset

folder = pathlib.Path(sys.argv[1])
files = str(folder / "data" / "*" / "*.parquet")
manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
tensors = manifest["tensors"]


def with_pyarrow(name):
    rows = pyarrow.dataset.dataset(str(folder / "data")).to_table(filter=pyarrow.compute.field("tensor") == name).sort_by("row")
    return rows["values"].combine_chunks().flatten().to_numpy()


def with_duckdb(name):
    query = f"""select unnest("values") v from (from '{files}' where tensor = ? order by row)"""
    return duckdb.execute(query, [name]).fetchnumpy()["v"]


def with_polars(name):
    return polars.scan_parquet(files).filter(polars.col("tensor") == name).sort("row").collect()["values"].explode(empty_as_null=True).to_numpy()


def little_endian(values):
    """The bytes of values in the checkpoint's element type."""
    if manifest["dtype"] == "bf16":
        bits = numpy.ascontiguousarray(values, "<f4").view("<u4")
        assert not (bits & 0xFFFF).any()
        return (bits >> 16).astype("<u2").tobytes()
    return numpy.ascontiguousarray(values, {"f64": "<f8", "f32": "<f4", "f16": "<f2"}[manifest["dtype"]]).tobytes()


readers = {"pyarrow": with_pyarrow, "duckdb": with_duckdb, "polars": with_polars}
for library in sys.argv[2:] or readers:
    for tensor in tensors:
        values = readers[library](tensor["name"]) if 0 not in tensor["shape"] else []
        found = f"{zlib.crc32(little_endian(values)):08x}"
        assert found == tensor["crc32"], (library, tensor["name"], found, tensor["crc32"])
    print(f"{library} reads the same bytes of {len(tensors)} tensors")
