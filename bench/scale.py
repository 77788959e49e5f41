"""Plots what bench/scale measured: seconds against GiB, a line for each number of executors, and the ideal line.

python bench/scale.py scale.csv scale.svg
Colours are legible on white and on black; the background is transparent.
"""

import csv
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

GREY = "#808890"
COLOURS = {1: "#3b8eea", 2: "#e0803a"}
MARKS = {"embedded": "o", "cluster": "s"}


def main(source, target):
    runs = list(csv.DictReader(open(source)))
    plt.rcParams.update({"text.color": GREY, "axes.labelcolor": GREY, "axes.edgecolor": GREY, "xtick.color": GREY,
                         "ytick.color": GREY, "svg.hashsalt": "kindling", "svg.fonttype": "none", "font.size": 11})
    figure, panels = plt.subplots(1, 2, figsize=(10, 4.2), sharey=True)
    for panel, command in zip(panels, ("init", "lsuv")):
        chosen = [run for run in runs if run["command"] == command]
        for place, mark in MARKS.items():
            for executors, colour in COLOURS.items():
                points = sorted((float(run["gib"]), float(run["seconds"])) for run in chosen
                                if run["place"] == place and int(run["executors"]) == executors)
                if points:
                    noun = "thread" if place == "embedded" else "executor"
                    panel.plot(*zip(*points), marker=mark, color=colour, linestyle="-" if place == "embedded" else "--",
                               label=f"{place}, {executors} {noun}{'s' if executors > 1 else ''}")
        ideal(panel, chosen)
        panel.set(title=command, xscale="log", yscale="log", xlabel="GiB of weights")
        ticks = sorted({float(run["gib"]) for run in runs})
        panel.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        panel.minorticks_off()
        panel.grid(color=GREY, alpha=0.25)
        panel.legend(frameon=False, fontsize=9, labelcolor=GREY)
    panels[0].set_ylabel("seconds, whole process")
    figure.tight_layout()
    figure.savefig(target, transparent=True, metadata={"Date": None})


def ideal(panel, runs):
    """Half of what one thread takes, at every size in proportion to the largest."""
    one = [(float(run["gib"]), float(run["seconds"])) for run in runs if run["executors"] == "1" and run["place"] == "embedded"]
    if one:
        largest, seconds = max(one)
        sizes = sorted(gib for gib, _ in one)
        panel.plot(sizes, [seconds / 2 * gib / largest for gib in sizes], color=GREY, linestyle=":",
                   label="ideal: half of one thread")


if __name__ == "__main__":
    main(*sys.argv[1:])
