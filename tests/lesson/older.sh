#!/bin/sh
# If this fails, who updates the program loses a session: one that was kept before there were classes, logbooks and
# what came to the rows since (tests/cases/sessions) does not open, or an honest file is refuted.
set -u
. tests/lib/try.sh
here=$(pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir class
gunzip -c <"$here/tests/cases/sessions/before-classes.neph.gz.bin" >old.neph || exit 1
cp old.neph class/anna.nephoscope
look() {
    "$NEPHOSCOPE" "$@" >out 2>err
    status=$?
}
has() { grep -q -e "$1" out; }

look lesson report --output text old.neph
try 'its result is reckoned, and is no lie' '[ $status = 0 ] && has "lesson.*	1	3	.*as replayed"'
look replay --plain old.neph
try 'it is a film' 'has "^\$ aws ec2 run-instances"'
look exec --session old.neph 'lesson; aws ec2 describe-key-pairs --query "KeyPairs[].KeyName" --output text
aws ec2 describe-instances --query "Reservations[].Instances[].State.Name" --output text'
try 'it opens at its step, with its world' '[ $status = 0 ] && has "step 5 of 7" && has "^before$" && has "^running$"'
look exec --session old.neph 'next; sleep 5; lesson'
try 'and goes on' 'has "step 6 of 7"'
look lesson report --output text old.neph
try 'and what was done then and now is reckoned' '[ $status = 0 ] && has "lesson.*	1	3	.*as replayed"'
look exec --class class --name anna 'echo here'
look class class --plain
try 'it can come into a class' 'has "anna  *first-steps  *5/7  *1/1 .* left 0 min ago"'
echo "1..$number"
