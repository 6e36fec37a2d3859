# tests/lib/try.sh - for scripts that source it: a numbered test whose name follows from a condition.
#
# What the command before printed lies in the files out and err; a failed test shows both.
number=0
try() { # NAME CONDITION
    number=$((number + 1))
    if eval "$2"; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        sed 's/^/# /' out err
    fi
}
