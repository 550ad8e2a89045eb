#!/usr/bin/env bash
# Starts the editor under Xvfb with an accessibility bus of its own and asks AT-SPI what a screen reader would hear.
set -euo pipefail
editor=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_RUNTIME_DIR=$work QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1 QT_QPA_PLATFORM=xcb HOME=$work
chmod 700 "$work"
dbus-run-session -- xvfb-run -a -s "-screen 0 1440x900x24" bash -c '
    mkfifo "$3/stdin"
    exec 7<> "$3/stdin" # held open: the end of its input would end the editor
    /usr/libexec/at-spi-bus-launcher --launch-immediately &
    bus=$!
    sleep 1
    "$1" --drive --person Ada --theme light "$3/a11y.tessera" < "$3/stdin" > "$3/editor.out" 2> "$3/editor.err" &
    editor=$!
    status=0
    timeout 60 /usr/bin/python3 "$2/check.py" || status=$?
    kill $editor $bus 2>/dev/null || true
    [ $status -eq 0 ] || tail -n 5 "$3/editor.err" >&2
    exit $status
' bash "$editor" "$here" "$work"
