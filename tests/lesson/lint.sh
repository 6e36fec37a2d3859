#!/bin/sh
# If this fails, a lesson teaches something that does not happen, or refuses an answer that is right.
set -u
if [ ! -x "${NEPHOSCOPE:-}" ]; then
    echo 'skipped: there is no program yet'
    exit 0
fi
if "$NEPHOSCOPE" lesson lint --seeds "${LINT_SEEDS:-20}"; then
    echo 'ok every lesson proves itself'
else
    echo 'not ok every lesson proves itself'
fi
