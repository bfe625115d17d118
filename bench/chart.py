#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A chart in SVG of a table that a bench printed: name, ours, theirs, ratio. Drawn by gnuplot.

usage: chart.py [--most COUNT] TABLE CHART

One bar for each row, as long as the ratio, on a scale where half and double are equally far from 1. Of more than COUNT
rows (60) those that differ most are shown. A row without both figures is left out.
"""
import argparse
import math
import re
import subprocess

ROW = re.compile(r"^(\S.*?) {2,}(\d[\d.]*) +(\d[\d.]*) +(\d+\.\d+)$")
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


def rows(path):
    """([(name, ratio)], the title of the table)"""
    found, head = [], ""
    with open(path, encoding="utf-8") as file:
        for line in file.read().splitlines():
            match = ROW.match(line)
            if match and float(match[3]):
                found.append((match[1], float(match[2]) / float(match[3])))
            elif not found and line.rstrip().endswith("ratio"):
                head = " ".join(line.split()[:-1])
    return found, head


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
