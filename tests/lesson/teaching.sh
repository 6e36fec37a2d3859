#!/bin/sh
# If this fails, the instructor's guide promises lessons, an order or minutes that are not so.
set -u
if [ ! -x "${NEPHOSCOPE:-}" ]; then
    echo 'skipped: there is no program yet'
    exit 0
fi
guide=lessons/TEACHING.md
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# "  id   Title  (4 steps, about 15 min; before it: x)" becomes a row; then the sum.
"$NEPHOSCOPE" lesson list | sed -nE \
    's/^ *([a-z0-9_-]+) +(.*)  \(([0-9]+) steps?, about ([0-9]+) min(; before it: (.*))?\)$/\1|\2|\3|\4|\6/p' |
    awk -F'|' '
        BEGIN { print "| lesson | what it is about | steps | minutes | before it |"
                print "| --- | --- | --: | --: | --- |" }
        { printf "| `%s` | %s | %d | %d | %s |\n", $1, $2, $3, $4, $5; sum += $4 }
        END { printf "\n%d lessons, %d minutes: about %d hours.\n", NR, sum, (sum + 30) / 60 }' >"$folder/is"
sed -n '/^<!-- lessons -->$/,/^<!-- end -->$/p' "$guide" | sed '1d;$d' >"$folder/says"
if [ -n "${BLESS:-}" ]; then
    sed -i -e "/^<!-- lessons -->\$/r $folder/is" -e '/^<!-- lessons -->$/,/^<!-- end -->$/{/^<!--/!d;}' "$guide"
    sed -n '/^<!-- lessons -->$/,/^<!-- end -->$/p' "$guide" | sed '1d;$d' >"$folder/says"
fi
if [ "$(wc -l <"$folder/is")" -gt 40 ] && diff "$folder/is" "$folder/says"; then
    echo "ok the guide's table is that of the lessons"
else
    echo "not ok the guide's table is that of the lessons (BLESS=1 sh tests/lesson/teaching.sh writes it)"
fi

# What the guide tells instructors to type is there.
for lesson in $(grep -E '^(A day|`highway` alone|.*`face-down`)' "$guide" | grep -oE '`[a-z-]+`' | tr -d '`'); do
    "$NEPHOSCOPE" lesson show "$lesson" >/dev/null 2>&1 || echo "not ok the guide names a lesson $lesson"
done
