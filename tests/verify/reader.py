"""Takes the steps of a page as a reader would, in a directory and with ports of its own."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

import page
from ports import free_ports, is_taken

# The ports that pages name: gateway, management plane, backends and what stands before them.
PORTS = re.compile(r"\b(8000|8700|900\d)\b")
RUN_SECONDS = 600
START_SECONDS = 120
STOP_SECONDS = 20
PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy")


class Reader:
    """One terminal after another; all that was started ends with the `with` block."""

    def __init__(self, directory, environment, ports=()):
        """`ports` says where some of the page's ports are, by their text; all others are found."""
        self.directory = directory
        self._environment = environment
        self._ports = dict(ports)
        self._started = []
        self._state = directory / ".state"
        self._state.write_text("")
        self._output = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process, _, _ in reversed(self._started):
            _end(process)

    def variable(self, name):
        """What a variable of the terminal holds."""
        told = subprocess.run(
            ["bash", "-c", '. "$0"; printf %s "${!1}"', self._state, name], stdout=subprocess.PIPE, text=True, check=True
        )
        return told.stdout

    def end(self, command):
        """Ends what was started with this in its command."""
        (process,) = (process for process, _, text in self._started if command in text)
        _end(process)

    def take(self, step):
        """Takes one step. What fails says which line of the page it is."""
        text = self.with_ports(step.text)
        if step.action == "file":
            (self.directory / step.file).write_text(text, encoding="utf-8")
        elif step.action == "shows":
            expected = page.shown(text)
            assert expected.fullmatch(self._output), (
                f"line {step.line}: expected\n{text}\nprinted\n{self._output}\n{self._logs()}"
            )
        elif step.action == "run":
            self._run(text, step.line)
        else:
            self._start(text, step)

    def with_ports(self, text):
        """The text with a free port for each one that the page names, the same in all steps."""
        missing = {port for port in PORTS.findall(text)} - self._ports.keys()
        self._ports.update(zip(sorted(missing), free_ports(len(missing))))
        return PORTS.sub(lambda port: str(self._ports[port[1]]), text)

    def _run(self, text, line):
        # Variables stay for the next block, as in a terminal.
        script = f'set -a; . "$0"; set -eo pipefail\n{text}\nset +x; export -p > "$0"\n'
        done = subprocess.run(
            ["bash", "-c", script, self._state], cwd=self.directory, env=self._environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=RUN_SECONDS,
        )  # fmt: skip
        # Lines of heads end with CR LF; an output may end without a line feed.
        self._output = done.stdout.replace("\r\n", "\n")
        if self._output and not self._output.endswith("\n"):
            self._output += "\n"
        assert done.returncode == 0, f"line {line}: {text}\n{done.stdout}\n{done.stderr}\n{self._logs()}"

    def _start(self, text, step):
        log = tempfile.NamedTemporaryFile(dir=self.directory, prefix="log-", delete=False)
        with log:
            process = subprocess.Popen(
                ["bash", "-c", f'set -a; . "$0"\n{text}', self._state], cwd=self.directory, env=self._environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self._started.append((process, pathlib.Path(log.name), text))
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready(step, log.name):
            ended = process.poll()
            assert ended is None, f"line {step.line}: ended with status {ended}\n{self._logs()}"
            assert time.monotonic() < deadline, f"line {step.line}: not ready\n{self._logs()}"
            time.sleep(0.05)

    def _is_ready(self, step, log):
        if step.until:
            return step.until in pathlib.Path(log).read_text(encoding="utf-8", errors="replace")
        return is_taken(int(self.with_ports(step.port)))

    def _logs(self):
        return "\n".join(
            f"-- {path.name}\n{path.read_text(encoding='utf-8', errors='replace')[-2000:]}" for _, path, _ in self._started
        )


def environment(repository, binary, directory):
    """What a reader's terminal has: `countersign` on the path, and $COUNTERSIGN, a copy of what pages install from."""
    copy, bin_directory = directory / "countersign", directory / "bin"
    ignored = shutil.ignore_patterns("node_modules", "target", ".venv", "build", "*.egg-info", "__pycache__")
    shutil.copytree(repository / "verifiers", copy / "verifiers", ignore=ignored)
    for name in ("crates", "Cargo.toml", "Cargo.lock"):
        (copy / name).symlink_to(repository / name)
    bin_directory.mkdir()
    (bin_directory / "countersign").symlink_to(binary)
    terminal = {name: value for name, value in os.environ.items() if name.lower() not in PROXY_VARIABLES}
    terminal |= {"PATH": f"{bin_directory}:{os.environ['PATH']}", "COUNTERSIGN": str(copy), "no_proxy": "127.0.0.1"}
    # What the page of Rust builds is kept for the next run.
    terminal["CARGO_TARGET_DIR"] = str(repository / "target/verify-pages")
    return terminal


def _end(process):
    """Ends a started block with all that it started; its group has its process id."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(STOP_SECONDS if number != signal.SIGKILL else None)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            process.wait()
        if not _is_alive(process.pid):
            return


def _is_alive(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
