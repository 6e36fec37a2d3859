#!/bin/sh
# If this fails, a planted defect (`make mutants`) names a line that its source no longer has, so that nothing is
# planted there and its invariant is no longer shown to be watched.
set -u
offences=$(awk '
    function bare(text) { sub(/^[ \t]+/, "", text); return text }
    function count(file, old,    line, found) {
        while ((getline line <file) > 0)
            found += bare(line) == old
        close(file)
        return found + 0
    }
    /^#/ { next }
    /^$/ { file = ""; next }
    /^test / { next }
    /^file / { file = substr($0, 6); next }
    /^-/ {
        if (count(file, bare(substr($0, 2))) != 1)
            print "tests/mutants/list:" NR ": " name ": not one such line in " file
        next
    }
    /^\+/ { next }
    { name = $0 }' tests/mutants/list)
if [ -z "$offences" ]; then
    echo 'ok each planted defect has its line'
else
    printf '%s\n' "$offences" | sed 's/^/# /'
    echo 'not ok each planted defect has its line'
fi
