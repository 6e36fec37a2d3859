#!/bin/sh
# If this fails, who updates the program loses a session: one that was kept before there were classes, logbooks and
# what came to the rows since (tests/cases/sessions) does not open, or an honest file is refuted.
set -u
here=$(pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir class
gunzip -c <"$here/tests/cases/sessions/before-classes.neph.gz.bin" >old.neph || exit 1
cp old.neph class/anna.nephoscope
number=0
try() { # NAME CONDITION
    number=$((number + 1))
    if eval "$2"; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        sed 's/^/# /' out
    fi
}
has() { grep -q -e "$1" out; }

"$NEPHOSCOPE" lesson report --output text old.neph >out 2>&1
try 'its result is reckoned, and is no lie' '[ $? = 0 ] && has "lesson.*	1	3	.*as replayed"'
"$NEPHOSCOPE" replay --plain old.neph >out 2>&1
try 'it is a film' 'has "^\$ aws ec2 run-instances"'
"$NEPHOSCOPE" exec --session old.neph 'lesson; aws ec2 describe-key-pairs --query "KeyPairs[].KeyName" --output text
aws ec2 describe-instances --query "Reservations[].Instances[].State.Name" --output text' >out 2>&1
try 'it opens at its step, with its world' '[ $? = 0 ] && has "step 5 of 7" && has "^before$" && has "^running$"'
"$NEPHOSCOPE" exec --session old.neph 'next; sleep 5; lesson' >out 2>&1
try 'and goes on' 'has "step 6 of 7"'
"$NEPHOSCOPE" lesson report --output text old.neph >out 2>&1
try 'and what was done then and now is reckoned' '[ $? = 0 ] && has "lesson.*	1	3	.*as replayed"'
"$NEPHOSCOPE" exec --class class --name anna 'echo here' >out 2>&1
"$NEPHOSCOPE" class class --plain >out 2>&1
try 'it can come into a class' 'has "anna  *first-steps  *5/7  *1/1 .* left 0 min ago"'
echo "1..$number"
