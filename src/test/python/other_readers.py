"""Digests of all bytes as pyarrow, DuckDB and Polars read them:  python src/test/python/other_readers.py CKPT

Each library reads every tensor in the way that README.md shows; CRC-32s must be those of the manifest, which Kindling computed
while it drew.
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
tensors = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["tensors"]


def with_pyarrow(name):
    paths = [str(path) for path in folder.glob("data/*/*.parquet")]
    rows = pyarrow.dataset.dataset(paths).to_table(filter=pyarrow.compute.field("tensor") == name).sort_by("row")
    return rows["values"].combine_chunks().flatten().to_numpy()


def with_duckdb(name):
    query = f"""select unnest("values") v from (from '{files}' where tensor = ? order by row)"""
    return duckdb.execute(query, [name]).fetchnumpy()["v"]


def with_polars(name):
    return polars.scan_parquet(files).filter(polars.col("tensor") == name).sort("row").collect()["values"].explode(empty_as_null=True).to_numpy()


for reader in (with_pyarrow, with_duckdb, with_polars):
    for tensor in tensors:
        values = numpy.ascontiguousarray(reader(tensor["name"]), "<f4") if 0 not in tensor["shape"] else numpy.zeros(0, "<f4")
        found = f"{zlib.crc32(values.tobytes()):08x}"
        assert found == tensor["crc32"], (reader.__name__, tensor["name"], found, tensor["crc32"])
    print(f"{reader.__name__[5:]} reads the same bytes of {len(tensors)} tensors")
