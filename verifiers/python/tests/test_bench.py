import re

from countersign_verifier import bench


def test_it_prints_a_number_for_each_scheme(monkeypatch, capsys):
    monkeypatch.setattr(bench, "_ROUND_SECS", 0.001)
    bench.main()
    lines = capsys.readouterr().out.splitlines()[1:]
    assert len(lines) == 7
    assert all(re.search(r"\d\.\d +\d+\.\d$", line) for line in lines)
