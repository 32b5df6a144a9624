"""CPU time of a process with all its threads and descendants, and of the machine, read from /proc."""

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


def machine_cpu_seconds():
    """What all cores spent on work, and what the hypervisor gave to somebody else, in seconds.

    Interrupts are counted: their time is in the times of the processes that they interrupt.
    """
    with open("/proc/stat", encoding="utf-8") as stat:
        user, nice, system, _idle, _waiting, irq, softirq, stolen = map(int, stat.readline().split()[1:9])
    return (user + nice + system + irq + softirq + stolen) / TICKS_PER_SECOND


def _descends(each, pid, parents):
    while each is not None and each != 0:
        if each == pid:
            return True
        each = parents.get(each)
    return False
