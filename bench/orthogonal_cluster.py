"""Times orthogonal matrices on executors of one core each, as separate JVMs on this machine.

    python bench/orthogonal_cluster.py [JAVA-COMMAND...]

SIZES="1024 2048 4096 8192" are sides of square matrices or ROWSxCOLUMNS, EXECUTORS="1 2", HEAP=2g of an executor. Seconds are those
of the Spark stages alone, from its event log, what executors spent in tasks, the processor time of these (TASKS=1: of each), and
what other programs took meanwhile, which should be next to nothing; peak memory is that of the largest executor as the
kernel counts it (VmHWM). With the command of bench/orthogonal.py it also says what a plain matrix product gains from a second process.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

root = pathlib.Path(__file__).resolve().parent.parent
sizes = os.environ.get("SIZES", "1024 2048 4096 8192").split()
executors = [int(n) for n in os.environ.get("EXECUTORS", "1 2").split()]
heap = os.environ.get("HEAP", "2g")
heap_mib = int(heap[:-1]) * {"g": 1024, "m": 1}[heap[-1]]


def look(session, peak, spent):
    """Notes the peak resident MiB of each executor and the processor seconds of each process of a session so far."""
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[3]) != session:
                continue
            spent[process.name] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            if b"CoarseGrainedExecutorBackend" in (process / "cmdline").read_bytes():
                lines = (process / "status").read_text().splitlines()
                peak[process.name] = next(int(x.split()[1]) >> 10 for x in lines if x.startswith("VmHWM"))
        except (OSError, StopIteration):
            pass


def stages(log):
    """Seconds from the first stage's start to the last one's end, in tasks, and of their threads' processor time."""
    first, last, busy, cpu = float("inf"), 0, 0, 0
    for line in log.read_text().splitlines():
        event = json.loads(line)
        if event["Event"] == "SparkListenerStageCompleted":
            first = min(first, event["Stage Info"]["Submission Time"])
            last = max(last, event["Stage Info"]["Completion Time"])
        elif event["Event"] == "SparkListenerTaskEnd":
            busy += event["Task Metrics"]["Executor Run Time"]
            cpu += event["Task Metrics"]["Executor CPU Time"]
            if "TASKS" in os.environ:
                metrics = event["Task Metrics"]
                print(
                    "task %d executor %s: %.1f s, processor %.1f s, collector %.1f s"
                    % (
                        event["Task Info"]["Index"],
                        event["Task Info"]["Executor ID"],
                        metrics["Executor Run Time"] / 1e3,
                        metrics["Executor CPU Time"] / 1e9,
                        metrics["JVM GC Time"] / 1e3,
                    )
                )
    return (last - first) / 1000, busy / 1000, cpu / 1e9


def used():
    """Processor seconds of this machine since it started."""
    ticks = [int(x) for x in pathlib.Path("/proc/stat").read_text().split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


def run(size, count):
    before = used()
    rows, columns = map(int, (size.split("x") * 2)[:2])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "log").mkdir()
        (folder / "shapes.json").write_text(json.dumps({"weight": [rows, columns]}))
        (folder / "config.yaml").write_text("model: shapes.json\nseed: 1\ninit: {default: orthogonal}\n")
        command = [root / "jobs/kindling", "init", folder / "config.yaml", "--out", folder / "out"]
        command += ["--master", f"local-cluster[{count},1,{heap_mib}]", "--executor-memory", heap, "--driver-memory", "512m"]
        command += ["--conf", "spark.eventLog.enabled=true", "--conf", f"spark.eventLog.dir=file://{folder}/log"]
        command += ["--conf", "spark.eventLog.rolling.enabled=false", "--conf", "spark.eventLog.compress=false"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
        peak, spent = {}, {}
        while process.poll() is None:
            look(process.pid, peak, spent)
            time.sleep(0.2)
        output = process.stdout.read()
        if process.returncode:
            sys.exit(output)
        wall, busy, cpu = stages(next((folder / "log").iterdir()))
        digest = next(line.split()[1] for line in output.splitlines() if "digest" in line)
        elsewhere = used() - before - sum(spent.values())
        return wall, busy, cpu, elsewhere, max(peak.values()), digest


def product(count):
    """Seconds of a product of 4096 x 4096 in each of so many processes at once."""
    workers = [subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    best = float("inf")
    for side in 1024, 2048, 4096, 4096, 4096:
        for worker in workers:
            worker.stdin.write(f"product {side}\n")
            worker.stdin.flush()
        seconds = max(float(worker.stdout.readline()) for worker in workers)
        best = min(best, seconds) if side == 4096 else best
    for worker in workers:
        worker.stdin.close()
        worker.wait()
    return best


if sys.argv[1:]:
    alone, together = product(1), product(2)
    print(f"product of 4096 x 4096: {alone:.2f} s in one process, {together:.2f} s in each of two: gain {2 * alone / together:.2f}")
print("%12s %9s %9s %9s %9s %9s %9s %9s  %s" % ("shape", "executors", "seconds", "in tasks", "processor", "elsewhere", "GF/s", "peak MiB", "digest"))
for size in sizes:
    for count in executors:
        wall, busy, cpu, elsewhere, peak, digest = run(size, count)
        rows, columns = map(int, (size.split("x") * 2)[:2])
        small, large = sorted((rows, columns))
        flops = 2 * small**2 * large - 2 / 3 * small**3
        print(
            "%12s %9d %9.1f %9.1f %9.1f %9.1f %9.1f %9d  %s" % (size, count, wall, busy, cpu, elsewhere, flops / wall / 1e9, peak, digest[:16]),
            flush=True,
        )
