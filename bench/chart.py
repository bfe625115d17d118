#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A chart in SVG of the tables that a bench printed: name, ours, theirs, ratio. Drawn by gnuplot.

usage: chart.py [--most COUNT] TABLE CHART

One bar for each ratio, on a scale where half and double are equally far from 1. Of more than COUNT (60) those that
differ most are shown. A row without both figures is left out, and so is a throughput, of which more is better: the
same measurement is there as a cost.

A table begins with what it measures; where a row has several comparisons, their names stand behind it in that line.
"""
import argparse
import math
import re
import subprocess

ROW = re.compile(r"^ *(\S.*?) {2,}((?:\d[\d.]* +\d[\d.]* +\d+\.\d+ *)+)$")
THROUGHPUT = re.compile(r" by a million instructions$")
SCRIPT = """set terminal svg size 900,{height} font 'sans-serif,11' background '#ffffff'
set output {chart}
set title {title} noenhanced
set logscale x 2
set xrange [{low}:{high}]
set yrange [{rows}:-1]
set xtics {low}, 2, {high}
set grid xtics
set ytics nomirror noenhanced
unset key
set style fill solid
set arrow from 1, graph 0 to 1, graph 1 nohead linecolor '#333333'
$rows << EOD
{data}
EOD
plot $rows using (1):0:(1):2:($0-0.4):($0+0.4):ytic(1) with boxxyerror linecolor '#0072b2'
"""


def heads(line):
    """What the table below this line measures, and what its comparisons are called; None if it begins no table."""
    words = re.split(r" {2,}", line.strip())
    return (words[0], [word for word in words[1:] if word != "ratio"]) if words[0] else None


def rows(path):
    """[(name, ratio)] of all tables, and what the first one measures, of which hypervisors."""
    found, unit, parts, title, before = [], "", [], "", ""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    for line in lines:
        match = ROW.match(line)
        if not match:
            if not before.strip() and heads(line):
                unit, parts = heads(line)
            if line.rstrip().endswith("ratio") and not title:
                title = f"{unit}: " + " ".join(line.replace(unit, "").split("ratio")[0].split())
        elif not THROUGHPUT.search(unit):
            figures = [float(word) for word in match[2].split()]
            for i, (ours, theirs) in enumerate(zip(figures[::3], figures[1::3])):
                what = [match[1]] + [unit] * (unit != title.split(":")[0]) + parts[i:i + 1] * (len(figures) > 3)
                if theirs:
                    found.append((": ".join(what), ours / theirs))
        before = line
    return found, title


def quoted(text):
    """As gnuplot wants it between single quotes."""
    return "'" + text.replace("'", "''") + "'"


def script(found, title, chart):
    far = max([1] + [math.ceil(abs(math.log2(ratio))) for _, ratio in found])
    data = "\n".join('"{}" {:.4f}'.format(name.replace('"', "'").replace("\\", "/"), ratio) for name, ratio in found)
    return SCRIPT.format(height=90 + 16 * len(found), chart=quoted(chart), title=quoted(title), low=2.0 ** -far,
                         high=2.0 ** far, rows=len(found), data=data)


def main():
    parser = argparse.ArgumentParser(usage="chart.py [--most COUNT] TABLE CHART")
    parser.add_argument("--most", type=int, default=60)
    parser.add_argument("table")
    parser.add_argument("chart")
    options = parser.parse_args()
    found, title = rows(options.table)
    if not found:
        raise SystemExit(f"chart.py: {options.table} has no row of name, ours, theirs and ratio, as bench-ops prints")
    found = sorted(found, key=lambda row: -abs(math.log2(max(row[1], 1e-9))))[:options.most]
    subprocess.run(["gnuplot"], input=script(sorted(found, key=lambda row: row[1]), title, options.chart), text=True,
                   check=True)


main()
