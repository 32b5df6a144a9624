# Sourced by the scripts here: installs what a machine lacks, by its ordinary
# package manager.

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# need_packages COMMAND=PACKAGE...: installs the Debian package of each command
# that is not there.
need_packages() {
    local pair missing=()
    for pair in "$@"; do
        command -v "${pair%%=*}" >/dev/null 2>&1 || missing+=("${pair#*=}")
    done
    if [ "${#missing[@]}" -gt 0 ]; then
        echo "installing: ${missing[*]}" >&2
        as_root apt-get update -q >&2
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y "${missing[@]}" >&2
    fi
}

# need_rust: a compiler as new as the workspace asks for. Debian's own may be
# older, so rustup is taken where a package of it exists.
need_rust() {
    export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
    local wanted have
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    have=$(rustc --version 2>/dev/null | sed -n 's/^rustc \([0-9.]*\).*/\1/p')
    if [ -n "$have" ] && [ "$(printf '%s\n' "$wanted" "$have" | sort -V | head -n 1)" = "$wanted" ]; then
        return
    fi
    if ! command -v rustup >/dev/null 2>&1; then
        as_root apt-get update -q >&2
        if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y rustup >&2; then
            echo "Rust $wanted or newer is needed, and this system has no package of rustup." >&2
            echo "Install Rust as its own site says, and run this again." >&2
            exit 1
        fi
    fi
    rustup toolchain install --profile minimal --component clippy --component rustfmt stable >&2
    rustup default stable >&2
}

# noting_skips COMMAND...: runs it, shows what it prints, and adds its lines that begin
# with "skipped" or "SKIPPED" to the file $SKIPPED, with the command's name.
noting_skips() {
    local log status=0
    log=$(mktemp)
    "$@" 2>&1 | tee "$log" || status=$?
    sed -n "s|^skipped|$1: &|ip" "$log" >>"$SKIPPED"
    rm -f "$log"
    return "$status"
}
