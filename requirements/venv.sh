#!/bin/sh
# Makes .venv in the current folder, asking nothing, on a machine that may have only Python itself:
# Debian keeps ensurepip in a package of its own. Does nothing when .venv already works.
set -eu

works() { .venv/bin/python -m pip --version >/dev/null 2>&1; }
recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"
    else return 1
    fi
}
refuse() {
    printf 'Không tạo được môi trường Python: %s\n' "$1" >&2
    printf '(Cannot make the Python environment: %s)\n' "$2" >&2
    exit 1
}

works && exit 0
rm -rf .venv

python=
for candidate in "${PYTHON:-python3}" python3.11 python3.12 python3.13; do
    if recent "$candidate"; then python=$candidate; break; fi
done
[ -n "$python" ] || refuse "cần Python 3.11 trở lên." "Python 3.11 or newer is needed."

# 1. as Python intends it
"$python" -c 'import ensurepip, venv' 2>/dev/null && "$python" -m venv .venv && works && exit 0
# 2. with the package Debian keeps it in
if command -v apt-get >/dev/null; then
    if as_root env DEBIAN_FRONTEND=noninteractive sh -c \
        '{ apt-get update && apt-get install -y --no-install-recommends python3-venv; } >&2'
    then
        rm -rf .venv
        "$python" -m venv .venv && works && exit 0
    fi
fi
# 3. with what this account may already have
rm -rf .venv
"$python" -m virtualenv --quiet .venv 2>/dev/null && works && exit 0
rm -rf .venv
if "$python" -m venv --without-pip .venv 2>/dev/null; then
    "$python" -m pip --python .venv/bin/python install --quiet pip 2>/dev/null && works && exit 0
    for wheel in /usr/share/python-wheels/pip-*.whl; do
        [ -e "$wheel" ] || continue
        PYTHONPATH=$wheel .venv/bin/python -m pip install --quiet "$wheel" && works && exit 0
    done
fi
rm -rf .venv
refuse "hãy nhờ quản trị máy chạy: apt-get install python3-venv" \
       "ask the administrator of this machine to run: apt-get install python3-venv"
