"""Writes docs/dependencies.md: every library that the job runs with, its date, and the advisories of config/advisories.csv that
are about its version. Needs no network, only what Maven has fetched.

mvn -o -q dependency:build-classpath -Dmdep.includeScope=compile -Dmdep.outputFile=target/classpath.txt
python config/dependencies.py target/classpath.txt > docs/dependencies.md

Ends with 1 if an advisory is about a version and the file does not say why it does not reach us.
"""

import csv
import datetime
import re
import sys
import zipfile

# What target/kindling-job.jar holds; the cluster's Spark brings all others.
CARRIED = ("com.microsoft.onnxruntime:", "org.tribuo:", "com.google.protobuf:protobuf-java", "info.picocli:", "org.webjars.npm:d3",
           "com.fasterxml.jackson.dataformat:", "org.yaml:snakeyaml")


def main(classpath):
    advisories = list(csv.DictReader(open("config/advisories.csv")))
    libraries = sorted({library(path) for path in open(classpath).read().strip().split(":")})
    rows, open_ones = [], []
    for package, version, date in libraries:
        for advisory in advisories:
            if advisory["package"] == package and is_below(version, advisory["fixed in"]):
                rows.append((package, version, advisory))
                if not advisory["why it does not reach us"]:
                    open_ones.append((package, advisory["advisory"]))
    print(HEAD.format(date=datetime.date.today(), count=len(libraries), advisories=len(advisories)))
    print("| library | version | advisory | fixed in | what | why it does not reach us |\n|---|---|---|---|---|---|")
    for package, version, advisory in rows:
        why = advisory["why it does not reach us"] or "**open**"
        print(f"| {package} | {version} | {advisory['advisory']} | {advisory['fixed in']} | {advisory['what']} | {why} |")
    for title, chosen in (("In the job jar", True), ("Brought by Spark", False)):
        print(f"\n## {title}\n\n| library | version | date |\n|---|---|---|")
        for package, version, date in libraries:
            if package.startswith(CARRIED) == chosen:
                print(f"| {package} | {version} | {date} |")
    for package, advisory in open_ones:
        print(f"Open: {package} {advisory}", file=sys.stderr)
    return 1 if open_ones else 0


HEAD = """# Libraries and what is known against them

Written by `config/dependencies.py` on {date} from Maven's local repository, without network: {count} libraries, held against the
{advisories} advisories in `config/advisories.csv`. Those were collected by hand on 2026-11-24 from the projects' own issues, the
GitHub advisory database and memory, for the libraries that read files or listen; not every number and "fixed in" was checked again, and
a scanner with a current database should have the last word. A library's date is that of the newest file in it (`-` where its build hides it).

Spark's libraries have the versions of Spark {spark} (pom.xml says why not a later one) and are the cluster's business: a cluster
with a newer Spark 4 brings newer ones. ONNX Runtime has published no advisory; 1.28.1 hardens its loader and is to be taken when it can be had.

## Advisories about these versions
""".replace("{spark}", "4.1.0")


def library(path):
    parts = path.split("/repository/")[-1].split("/")
    return ".".join(parts[:-3]) + ":" + parts[-3], parts[-2], date(path)


def date(path):
    if not path.endswith(".jar"):
        return "-"
    with zipfile.ZipFile(path) as jar:
        newest = max((entry.date_time[:3] for entry in jar.infolist()), default=(0, 0, 0))
    return "-".join(f"{part:02d}" for part in newest) if newest[0] >= 2005 else "-"


def is_below(version, fixed):
    return numbers(version) < numbers(fixed)


def numbers(version):
    return [int(number) for number in re.findall(r"\d+", version.split("-")[0])]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
