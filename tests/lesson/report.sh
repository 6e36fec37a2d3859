#!/bin/sh
# If this fails, an instructor's report stops at the first bad file, changes a learner's file, hands a spreadsheet a
# formula, or says that all is well when it is not.
set -u
. tests/lib/try.sh
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
seven() {
    printf '%s\n' 'lesson first-steps' next next next next hint 'aws ec2 no-such-thing' solve \
        'aws ec2 create-key-pair --key-name a' 'aws ec2 create-key-pair --key-name b' 'sleep 5' next
}
seven >script
"$NEPHOSCOPE" exec -k --session ./=1+1.neph -f script >/dev/null 2>&1
cp ./=1+1.neph copy.neph
"$NEPHOSCOPE" exec --session sandbox.neph 'aws ec2 create-key-pair --key-name k' >/dev/null
mkdir folder
mkfifo pipe
: >empty
head -c 9000 copy.neph >half.neph
evil=$(printf 'evil\033]0;x\007\342\200\256.neph')
cp copy.neph "$evil"
before=$(cat ./*.neph | cksum)
report() {
    "$NEPHOSCOPE" lesson report "$@" >out 2>err
    status=$?
}
has() { grep -qF -e "$1" out; }

report ./=1+1.neph
try 'an honest file: its points, hints and lines, exit code 0' \
    '[ $status = 0 ] && has =1+1 && has "0/3, 1 given" && has "Steps: * done by" && has "1/1* 0/1 -" && has "as replayed"'
report nowhere.neph pipe folder empty half.neph sandbox.neph script copy.neph
try 'bad files give a line each and stop no other, exit code 1' '[ $status = 1 ] && has "copy  " &&
    has "nowhere.neph: '\''nowhere.neph'\'' is not there" && has "pipe: '\''pipe'\'' is no file" &&
    has "folder: '\''folder'\'' is a folder" && has "empty: " && has "half.neph: " &&
    has "script: " && has "sandbox.neph: no lesson was begun in it"'
try 'a file that was edited or cut has a row of its own, with its verdict' \
    'grep -q "half  *|.*refuted: edited or damaged" out && grep -q "sandbox  *|.*no lesson begun" out'
mkdir class
"$NEPHOSCOPE" exec --class class --name dora 'lesson first-steps; sleep 1' >/dev/null
cp class/dora.nephoscope class/eve.nephoscope
cp class/dora.nephoscope class/flo.nephoscope
report class/*.nephoscope
try "another learner's file under one's own name is refuted, and told of once" '[ $status = 1 ] &&
    has "eve.nephoscope: first-steps: REFUTED: the file is called eve, and is dora" &&
    ! has "dora.nephoscope: first-steps: REFUTED" && [ "$(grep -c "say that they are, too" out)" = 1 ]'
step() { "$NEPHOSCOPE" exec -k --class class --name gus "$@" >/dev/null 2>&1; }
step 'lesson snapshot-in-use; aws ec2 deregister-image --image-id $IMG'
"$NEPHOSCOPE" class class --plain >out 2>err
try 'without a time box nothing is late' 'grep -q "gus .*1/3 .* left 0 min ago" out && ! grep -q "after time" out'
echo '{"verb":"box","text":"1","at":1000}' >class/.class/000001.msg
step 'lesson; aws ec2 delete-snapshot --snapshot-id $SNAP; sleep 5'
"$NEPHOSCOPE" class class --plain >out 2>err
try 'what is achieved after a time box is apart on the wall' 'grep -q "gus .*1/3 .*+2 after time, left" out'
report --output text class/gus.nephoscope
try 'and the report says the same' \
    '[ "$(awk -F"\t" "\$1 == \"step\" && \$7 > 0 { print \$7 \$8 }" out)" = 13 ] && [ "$(grep -c "after the time box$" out)" = 2 ]'
step 'lesson again; aws ec2 deregister-image --image-id $IMG'
"$NEPHOSCOPE" class class --plain >out 2>err
try 'who begins anew begins after the time' 'grep -q "gus .*0/3 .*+1 after time, left" out'
report ./=1+1.neph copy.neph
try 'a copy is told, and is no lie' '[ $status = 0 ] && has "./=1+1.neph: first-steps: the same run as copy.neph: all"'
cp copy.neph third.neph
cp copy.neph fourth.neph
report ./=1+1.neph copy.neph third.neph fourth.neph
try 'of four copies there is one sentence' '[ "$(grep -c "the same run as" out)" = 1 ] &&
    has "the same run as copy.neph, third.neph, fourth.neph: all"'
report --output csv ./=1+1.neph copy.neph third.neph fourth.neph
try 'and each has its own in CSV' '[ "$(grep -c "the same run as ./=1+1.neph\"*$" out)" = 3 ]'
rm third.neph fourth.neph
report --output csv ./=1+1.neph
try 'CSV: no formula, partial credit in each row' \
    'has "What,File,Learner,Lesson,Step,Check,Points,Of" && has "check,./=1+1.neph,'\''=1+1,first-steps,launch,an-instance-runs,1,1," &&
    has "lesson,./=1+1.neph,'\''=1+1,first-steps,,,1,3," && ! grep -q ",=" out'
report --output text ./=1+1.neph
try 'lines for awk' '[ "$(awk -F"\t" "\$1 == \"lesson\" { print \$7 \$8 }" out)" = 13 ]'
report --output json ./=1+1.neph half.neph
try 'JSON' '[ $status = 1 ] && [ "$("$NEPHOSCOPE" jp "Files[0].Lessons[0].Points" out)" = 1 ] && has "\"Problem\": "'
report "$evil"
try 'a name that a terminal would obey is made plain' 'has "u{202e}" && ! grep -q "$(printf "\033")" out'
report --output xml copy.neph
try 'an unknown form is refused' '[ $status = 252 ] && grep -q usage: err'
report
try 'no file at all is refused' '[ $status = 252 ]'
"$NEPHOSCOPE" exec --session copy.neph 'sleep 100000; sleep 100000; sleep 10000000' >/dev/null 2>&1 &
child=$!
sleep 0.3
report copy.neph
try 'a file that is open is read as it is now' 'has "copy  " && { has "process $child has it open" || ! kill -0 $child 2>/dev/null; }'
kill -INT $child
wait $child 2>/dev/null
rm copy.neph copy.neph-wal "$evil" 2>/dev/null
cp ./=1+1.neph copy.neph
cp ./=1+1.neph "$evil"
try 'no file was changed' '[ "$(cat ./*.neph | cksum)" = "$before" ]'
echo "1..$number"
