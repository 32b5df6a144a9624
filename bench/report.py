"""Medians over the rounds, as a table for people and as JSON for programs."""

import json
import statistics

SIGNING_REFERENCE = "haproxy"
RELAY_REFERENCE = "haproxy-tcp"


def summarise(names, rounds):
    """One row for each contender, in the given order: medians over its windows, and its CPU ratios.

    `rounds` maps a name to its list of windows, each with requests_per_second,
    cpu_us_per_request, cpu_share, p99_us and more. A ratio is the median over rounds of the ratio
    within one round, so that a slow round counts the same for both sides.
    """
    return [
        {
            "contender": name,
            **{figure: statistics.median(window[figure] for window in rounds[name]) for figure in rounds[name][0]},
            "cpu_vs_haproxy": _ratio(rounds, name, SIGNING_REFERENCE),
            "cpu_vs_haproxy_tcp": _ratio(rounds, name, RELAY_REFERENCE),
        }
        for name in names
    ]


def _ratio(rounds, name, reference):
    if reference not in rounds:
        return None
    return statistics.median(
        mine["cpu_us_per_request"] / theirs["cpu_us_per_request"]
        for mine, theirs in zip(rounds[name], rounds[reference])
    )


def table(rows):
    """The rows as a Markdown table."""
    heads = ["contender", "requests/s", "CPU us/request", "share of core 0", "others", "p99 ms"]
    heads += [f"CPU / {SIGNING_REFERENCE}", f"CPU / {RELAY_REFERENCE}"]
    lines = [heads] + [
        [
            row["contender"],
            f"{row['requests_per_second']:.0f}",
            f"{row['cpu_us_per_request']:.2f}",
            f"{row['cpu_share']:.0%}",
            f"{row['others_share']:.0%}",
            f"{row['p99_us'] / 1000:.2f}",
            _number(row["cpu_vs_haproxy"]),
            _number(row["cpu_vs_haproxy_tcp"]),
        ]
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]

    def draw(cells):
        first, *rest = zip(cells, widths)
        return "| " + " | ".join([first[0].ljust(first[1])] + [cell.rjust(width) for cell, width in rest]) + " |"

    rule = "| " + " | ".join(["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]]) + " |"
    return "\n".join([draw(lines[0]), rule] + [draw(line) for line in lines[1:]])


def _number(ratio):
    return "-" if ratio is None else f"{ratio:.2f}"


def write_json(path, run, rows, rounds):
    """Writes what was run, the rows and every single window."""
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"run": run, "rows": rows, "rounds": rounds}, file, indent=2)
        file.write("\n")
