#!/usr/bin/python3
"""Held-out loss of two optimizers on several people's mail, each at its best rate.

    plot_optimizers.py OUT.svg FILE.jsonl...    (lines of bench_optimizers)

Prints the table that the plot shows. Needs python3-matplotlib."""

import collections
import json
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "sancho"  # the same figures give the same file
from matplotlib import pyplot  # noqa: E402

NAMES = {"adamw": "AdamW", "microadam": "MicroAdam", "mfac": "M-FAC", "ggt": "GGT"}
STYLES = {"adamw": ("#7a5195", "--"), "microadam": ("#ef5675", "-"), "mfac": ("#003f5c", ":"),
          "ggt": ("#ffa600", ":")}


def best_runs(files):
    """{person: {optimizer: its run with the lowest final loss}}"""
    best = collections.defaultdict(dict)
    for name in files:
        with open(name, encoding="utf-8") as lines:
            for run in map(json.loads, lines):
                runs, key = best[run["profile"]], run["optimizer"]
                if key not in runs or run["heldout_loss"] < runs[key]["heldout_loss"]:
                    runs[key] = run
    return best


def main():
    out, files = sys.argv[1], sys.argv[2:]
    best = best_runs(files)
    figure, all_axes = pyplot.subplots(1, len(best), figsize=(4.5 * len(best), 3.2), squeeze=False)
    for axes, (person, runs) in zip(all_axes[0], sorted(best.items())):
        for key in sorted(runs, key=list(NAMES).index):
            run = runs[key]
            color, line = STYLES[key]
            axes.plot([p["step"] for p in run["curve"]], [p["heldout_loss"] for p in run["curve"]],
                      color=color, linestyle=line, marker=".",
                      label=f"{NAMES[key]}, rate {run['learning_rate']:g}")
            print(f"{person}: {NAMES[key]} rate {run['learning_rate']:g}, "
                  f"{run['bytes_per_parameter']:.2f} bytes per parameter, "
                  f"final held-out loss {run['heldout_loss']:.4f}, {run['steps']} steps")
        axes.set_title(person.split("-")[0].capitalize())
        axes.set_xlabel("step")
        axes.set_ylabel("held-out loss (nats per token)")
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(out, metadata={"Date": None})


main()
