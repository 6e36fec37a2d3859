#!/bin/sh
# tests/shell/exec-interrupt.sh - Ctrl-C while `exec` lets time pass.
#
# If this fails, a long wait cannot be stopped, a script goes on after it was, or the time that had
# passed is lost.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
{
    echo 'echo begun'
    i=0
    while [ $i -lt 20000 ]; do
        echo 'sleep 1000'
        i=$((i + 1))
    done
    echo 'echo ended'
} >"$work/script"

"$NEPHOSCOPE" exec --session "$work/s" -k -f "$work/script" >"$work/out" 2>"$work/err" &
child=$!
tries=0
while ! grep -q begun "$work/out" && [ $tries -lt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
sleep 0.2
kill -INT $child
wait $child
status=$?

echo 1..3
if [ $status -eq 130 ] && ! grep -q ended "$work/out"; then
    echo 'ok 1 - the script stops with 130'
else
    echo "not ok 1 - status $status: $(cat "$work/out" "$work/err" | tail -3)"
fi
seconds=$("$NEPHOSCOPE" exec --session "$work/s" 'lab describe-clock --query ElapsedSeconds')
if [ "${seconds:-0}" -ge 1000 ] && [ "$seconds" -lt 20000000 ]; then
    echo 'ok 2 - the time that had passed is kept'
else
    echo "not ok 2 - after opening again: ${seconds:-nothing}"
fi

"$NEPHOSCOPE" exec --session "$work/s" -k -f "$work/script" >"$work/out" 2>"$work/err" &
child=$!
tries=0
while ! grep -q begun "$work/out" && [ $tries -lt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
kill -TERM $child
wait $child
status=$?
if [ $status -eq 143 ] && "$NEPHOSCOPE" exec --session "$work/s" true; then
    echo 'ok 3 - SIGTERM ends with 143, and everything is kept'
else
    echo "not ok 3 - status $status: $(cat "$work/err")"
fi
