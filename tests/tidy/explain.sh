#!/bin/sh
# If this fails, an error comes about which `explain` knows nothing, or `explain` tells of one that nobody gives.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The first text of every fault_kind is its code.
awk '/struct fault_kind [a-z0-9_]+ = *\{/ { wanted = 1; sub(/.*= *\{/, "") }
     wanted && match($0, /"[^"]*"/) { print substr($0, RSTART + 1, RLENGTH - 2); wanted = 0 }' \
    src/*/*.c | sort -u >"$work/given"
sed -n 's/^ *\.code = "\([^"]*\)",$/\1/p' src/api/explain_codes*.c | sort -u >"$work/explained"

offences=$(comm -23 "$work/given" "$work/explained")
if [ -s "$work/given" ] && [ -z "$offences" ]; then
    echo 'ok every error code has an explanation'
else
    echo "$offences"
    echo 'not ok every error code has an explanation'
fi
# A dead letter says with a code of its own why it is one.
sed -n 's/.*\[EVENT_ERROR_.* = "\([A-Z_][A-Z_]*\)",$/\1/p' src/cloud/*.c | sort -u - "$work/given" \
    >"$work/told"
offences=$(comm -13 "$work/told" "$work/explained")
if [ -s "$work/explained" ] && [ -z "$offences" ]; then
    echo 'ok every explanation is of an error code'
else
    echo "$offences"
    echo 'not ok every explanation is of an error code'
fi
