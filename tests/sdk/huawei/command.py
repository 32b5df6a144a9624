"""The program's own commands, for what is no part of the vendor's API."""

import os
import subprocess

from gateway import binary

COMMAND_SECONDS = 30


def create_user(gateway, name, password):
    """A user who may ask for tokens."""
    access = gateway.access()
    environment = {
        **os.environ,
        "COUNTERSIGN_SERVER": f"http://{access.endpoint}",
        "COUNTERSIGN_ACCESS_KEY_ID": access.key_id,
        "COUNTERSIGN_ACCESS_KEY_SECRET": access.secret,
    }
    done = subprocess.run(
        [binary(), "user", "create", "--name", name, "--password-stdin"],
        input=f"{password}\n".encode(),
        env=environment,
        capture_output=True,
        timeout=COMMAND_SECONDS,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert password.encode() not in done.stdout + done.stderr
