#!/bin/sh
# If this fails, the house begins to lean: an arrow points up, a cage stands open, a room is too long to read.
set -u
for rule in $(sh tests/tidy/rules --list); do
    offences=$(sh tests/tidy/rules "$rule" 2>&1)
    if [ -z "$offences" ]; then
        echo "ok tidy $rule"
    else
        echo "$offences" | head -40
        echo "not ok tidy $rule"
    fi
done
