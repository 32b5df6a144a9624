import pytest

from countersign_verifier.structured import BadField, read_dictionary, write_inner_list


@pytest.mark.parametrize(("text", "written"), [
    ("a=()", "()"),
    ('a=(  "x"   "y" ) ', '("x" "y")'),
    ('a=("x";b;c=?1;d=?0);e=1;  f', '("x";b;c;d=?0);e=1;f'),
    ("a=(1 -007 0);n=-0", "(1 -7 0);n=0"),
    ("a=(1.50 -0.0 001.010 1.234 -1.5 100.0)", "(1.5 0.0 1.01 1.234 -1.5 100.0)"),
    ("a=(-0.00 -0 -0.001);b=-0.0", "(0.0 0 -0.001);b=0.0"),
    ("a=(999999999999999 -999999999999.999)", "(999999999999999 -999999999999.999)"),
    ("a=(:aGk: :aGl=: :aGl: :aA=: :aA: :: :aGk=:)",
     "(:aGk=: :aGk=: :aGk=: :aA==: :aA==: :: :aGk=:)"),
    ('a=("q\\"b\\\\ c");*k-_.*1=t', '("q\\"b\\\\ c");*k-_.*1=t'),
])
def test_written_anew(text, written):
    assert write_inner_list(read_dictionary(text)["a"]) == written


@pytest.mark.parametrize("text", [
    "a=:", "a=:?:", "a=:A:", "a=:AA===:", "a=:AA\n==:", "a=:AA=A:", "a=:AAAA=:", "a=:=:", "a=:A=A=:",
    "a=:AAAAA:", "a=:AA-_:", "a=-", "a=--1", "a=1.", "a=.5", "a=1.2345", "a=1234567890123456",
    "a=1234567890123.1", "a=@1", "a=1,", "a,a", "a=1;b;b", 'a="é"',
])
def test_no_dictionaries(text):
    with pytest.raises(BadField):
        read_dictionary(text)
