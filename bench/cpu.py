"""CPU time of a process with all its threads and descendants, read from /proc."""

import os

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system time of `pid` and of every live descendant, in seconds.

    The stat of a process already sums its threads, ended ones too.
    """
    parents, ticks = {}, {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as stat:
                # The second field, the command name, may hold blanks and parentheses.
                fields = stat.read().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(entry)] = int(fields[1])
        ticks[int(entry)] = int(fields[11]) + int(fields[12])
    return sum(ticks[each] for each in ticks if _descends(each, pid, parents)) / TICKS_PER_SECOND


def _descends(each, pid, parents):
    while each is not None and each != 0:
        if each == pid:
            return True
        each = parents.get(each)
    return False
