#!/bin/sh
# If this fails, an instructor of thirty cannot trust the wall: a learner is missing, hears nothing, loses work to a
# kill or to a full disk, or the wall itself costs the machine.
set -u
work=$(mktemp -d) || exit 1
trap 'kill $learners $wall 2>/dev/null; rm -rf "$work"' EXIT
learners= wall=
room=$work/room
mkdir "$room" "$work/out"
mkfifo "$work/end" "$work/steps"
XDG_STATE_HOME=$work XDG_CONFIG_HOME=$work
export XDG_STATE_HOME XDG_CONFIG_HOME

tell() { # tell STATUS WHAT: ok or not ok
    if [ "$1" = 0 ]; then echo "ok $2"; else
        echo "not ok $2"
        "$NEPHOSCOPE" class "$room" --plain | head -40
    fi
}
until_true() { # until_true SECONDS COMMAND...
    tries=$(($1 * 10))
    shift
    while ! "$@" && [ $tries -gt 0 ]; do
        sleep 0.1
        tries=$((tries - 1))
    done
    "$@"
}
shows() { [ "$("$NEPHOSCOPE" class "$room" --plain | grep -c "$1")" = "$2" ]; }
heard() { [ "$(grep -l "$1" "$work"/out/* | wc -l)" -eq "$2" ]; }

# Thirty learners in a lesson; they stay until the pipe is closed.
i=1
while [ $i -le 30 ]; do
    { echo 'lesson first-steps'; echo 'run'; echo 'next'; cat "$work/end"; } |
        "$NEPHOSCOPE" --plain --class "$room" --name "learner$i" >"$work/out/$i" 2>&1 &
    learners="$learners $!"
    i=$((i + 1))
done
exec 3>"$work/end"
until_true 15 shows 'first-steps  *2/7 .* at work' 30
tell $? 'thirty learners are on the wall, at their step'

# The wall looks twice a second, and costs less than a twentieth of a core.
"$NEPHOSCOPE" class "$room" --follow >"$work/wall" 2>&1 &
wall=$!
sleep 3
ticks=$(awk '{ print $14 + $15 }' "/proc/$wall/stat" 2>/dev/null || echo 0)
[ "$ticks" -le 15 ]
tell $? "three seconds of the wall take $ticks hundredths of a second"
begun=$(date +%s%N)
kill -9 "$(sed 's/.*"pid":\([0-9]*\).*/\1/' "$room/learner7.status")"
until_true 3 grep -q 'learner7 .* gone' "$work/wall"
tell $? "a killed learner is seen as gone after $((($(date +%s%N) - begun) / 1000000)) ms"
"$NEPHOSCOPE" exec --class "$room" --name learner7 'check; lesson' >"$work/again" 2>&1
grep -q 'step 2 of 7' "$work/again"
tell $? 'and goes on where it was'

# A line to all is heard by all within a second, one to two by two.
begun=$(date +%s%N)
"$NEPHOSCOPE" class "$room" say all 'look at the projector' >/dev/null
until_true 2 heard 'instructor: look at the projector' 29
tell $? "all hear after $((($(date +%s%N) - begun) / 1000000)) ms"
"$NEPHOSCOPE" class "$room" say learner3,learner4 'well done' >/dev/null
until_true 2 heard 'instructor: well done' 2
tell $? 'two hear what is for two'
"$NEPHOSCOPE" class "$room" freeze >/dev/null
until_true 2 heard 'time stands still now' 29
tell $? 'time stands still for all'
kill -9 $wall
wait $wall 2>/dev/null
wall=
"$NEPHOSCOPE" class "$room" release >/dev/null
until_true 2 heard 'time runs again' 29
tell $? 'the wall was killed, and time can be released'

# A reset is a branch; the others stay where they are.
"$NEPHOSCOPE" class "$room" reset learner5 4 >/dev/null
until_true 5 shows 'first-steps  *4/7 ' 1 && heard 'your own way is kept' 1 && shows 'first-steps  *2/7 ' 29
tell $? 'one of thirty is taken to another step'

# What a learner puts there is not the instructor's.
if [ "$(id -u)" = 0 ]; then
    echo '{"verb":"say","text":"forged","at":1}' >"$room/forged"
    chown 12345 "$room/forged"
    mv "$room/forged" "$room/.class/000900.msg"
    sleep 1
    heard forged 0
    tell $? 'a message that belongs to somebody else is not heard'
fi

# Two consoles on one session.
"$NEPHOSCOPE" exec --class "$room" --name learner9 true 2>"$work/second"
[ $? = 255 ] && grep -q 'process [0-9]* has it open (user .* for [0-9]* min)' "$work/second"
tell $? 'a second console is refused, with who is there and since when'

exec 3>&-
# shellcheck disable=SC2086
wait $learners 2>/dev/null
learners=
shows ' left 0 min ago' 30
tell $? 'all have left'

# The report of all thirty, and of a file that passes as another's.
"$NEPHOSCOPE" lesson report "$room"/*.nephoscope >"$work/report" 2>&1
[ $? = 0 ] && [ "$(grep -c 'first-steps .*as replayed' "$work/report")" = 30 ]
tell $? 'the report has all thirty, as replayed'
cp "$room/learner1.nephoscope" "$room/mallory.nephoscope"
"$NEPHOSCOPE" lesson report "$room"/*.nephoscope >"$work/report" 2>&1
[ $? = 1 ] && [ "$(grep -c 'REFUTED: the file is called mallory' "$work/report")" = 1 ] &&
    [ "$(grep -c 'as replayed' "$work/report")" = 30 ]
tell $? 'and refutes a thirty-first that is a copy, by name'
rm "$room/mallory.nephoscope"

# A full disk: the learner goes on, and is told once.
if ! unshare -Urm true 2>/dev/null; then
    echo 'ok full disk # SKIP this system gives no mount namespace'
    exit 0
fi
unshare -Urm sh -c '
    mount -t tmpfs -o size=2m none "$1" || exit 77
    "$2" exec --class "$1" --name ann "lesson first-steps" >/dev/null
    dd if=/dev/zero of="$1/fill" bs=1k >/dev/null 2>&1
    exec "$2" exec --class "$1" --name ann "echo one; sleep 0; echo two; check"
    ' sh "$room" "$NEPHOSCOPE" >"$work/full" 2>&1
status=$?
if [ $status = 77 ]; then
    echo 'ok full disk # SKIP this system mounts no tmpfs'
elif [ "$(grep -c 'takes nothing now' "$work/full")" = 1 ] && grep -q two "$work/full"; then
    echo 'ok with a full disk a learner goes on, and is told once'
else
    cat "$work/full"
    echo "not ok with a full disk a learner goes on, and is told once ($status)"
fi
