"""`scripts/bench verifiers`: microseconds for one verification, by scheme and language.

Each language measures itself, on one thread, in the way its own benchmark says; they run one
after another. A language whose toolchain is not here is left out, and so told.
"""

import argparse
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys

from bench import BenchError

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
VERIFIERS = REPOSITORY / "verifiers"
SCHEMES = (
    "alibaba-hmac-sha256",
    "huawei-hmac-sha256",
    "basic",
    "rfc9421 hmac-sha256",
    "rfc9421 ed25519",
    "rfc9421 ecdsa-p256-sha256",
    "rfc9421 rsa-pss-sha512",
)
# A name, and figures without a body and with one of 1 KiB.
ROW = re.compile(r"^(\S.*?)\s{2,}(\d+\.\d+)\s+(\d+\.\d+)\s*$", re.MULTILINE)
GO_ROW = re.compile(r"^BenchmarkVerify/(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Language:
    """Who measures: the programs it needs, and the commands of which the last one prints."""

    name: str
    needs: tuple[str, ...]
    commands: tuple[tuple[str, ...], ...]
    folder: pathlib.Path


def languages():
    """All of them, in the order of the table."""
    jar = VERIFIERS / "java/target/countersign-verifier-0.1.0.jar"
    rust = ("cargo", "run", "--quiet", "--release", "--locked", "-p", "countersign-sign", "--example", "verifier_bench")
    maven = ("mvn", "--quiet", "--batch-mode", "-Dmaven.test.skip=true", "package")
    return (
        Language("Rust", ("cargo",), (rust,), REPOSITORY),
        Language("Go", ("go",), (("./test", "bench"),), VERIFIERS / "go"),
        Language(
            "Java", ("mvn", "java"), (maven, ("java", "-cp", str(jar), "dev.countersign.verifier.Benchmark")),
            VERIFIERS / "java",
        ),
        Language("Node", ("node",), (("node", "bench.js"),), VERIFIERS / "node"),
        Language("Python", (), (), VERIFIERS / "python"),
    )  # fmt: skip


def main(arguments):
    """Measures all, and prints the table."""
    argparse.ArgumentParser(prog="scripts/bench verifiers", description=__doc__).parse_args(arguments)
    os.environ["PATH"] += ":/usr/local/go/bin"
    figures = {}
    for language in languages():
        if missing := [program for program in language.needs if shutil.which(program) is None]:
            say(f"skipped: {language.name}: {', '.join(missing)} not installed")
            continue
        say(language.name)
        figures[language.name] = read(language, measure(language))
    print(table(figures))


def measure(language):
    """What the benchmark of a language prints."""
    printed = ""
    for command in language.commands or python_commands():
        environment = os.environ | {"PYTHONPATH": str(VERIFIERS / "python/src")}
        done = subprocess.run(command, cwd=language.folder, env=environment, stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise BenchError(f"{language.name}: {' '.join(command)} ended with status {done.returncode}")
        printed = done.stdout
    return printed


def python_commands():
    """Key pairs need `cryptography`, which an environment of the benchmark's own has."""
    venv = REPOSITORY / "target/bench-venv"
    python = str(venv / "bin/python")
    install = (python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "cryptography")
    made = () if venv.exists() else ((sys.executable, "-m", "venv", str(venv)), install)
    return (*made, (python, "-m", "countersign_verifier.bench"))


def read(language, printed):
    """Scheme to figures; a language that leaves a scheme out, or names another, fails the run."""
    found = {scheme_of(name): figures for name, *figures in ROW.findall(printed)}
    found |= {scheme_of(name): [float(ns) / 1000] for name, ns in GO_ROW.findall(printed)}
    if set(found) != set(SCHEMES):
        raise BenchError(f"{language.name}: figures of {sorted(found)}:\n{printed}")
    return {scheme: [float(figure) for figure in figures] for scheme, figures in found.items()}


def scheme_of(name):
    """A scheme as the table calls it."""
    name = name.replace("rfc9421-key-pair ", "rfc9421-").replace("rfc9421-hmac-sha256 ", "rfc9421-")
    return name.replace("rfc9421-", "rfc9421 ")


def table(figures):
    """As Markdown: a row for each scheme, a column for each language."""
    lines = [["us for one verification", *figures]]
    for scheme in SCHEMES:
        row = (figures[language][scheme] for language in figures)
        lines.append([scheme, *(" / ".join(f"{figure:.1f}" for figure in each) for each in row)])
    lines.insert(1, ["---", *("---:" for _ in figures)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)
