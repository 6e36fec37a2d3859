#!/bin/sh
# If this fails, a learner's run cannot be watched, is shown other than it was, or acts on the machine of who watches.
set -u
. tests/lib/try.sh
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
printf '%s\n' 'lesson first-steps' next 'aws sts get-caller-identity --query Account' next next next hint \
    'aws ec2 no-such-thing' solve 'sleep 5' next >script
"$NEPHOSCOPE" exec -k --session learner.neph -f script >/dev/null 2>&1
replay() {
    "$NEPHOSCOPE" replay "$@" >out 2>err
    status=$?
}
before=$(cksum <learner.neph)
replay --plain learner.neph
try 'lines, answers and chapters' '[ $status = 0 ] && grep -q "^== First steps at a prompt, step 2 of 7" out &&
    grep -A1 "^\$ aws sts" out | grep -q 111122223333 && grep -q "^== an error (exit code 252) ==" out &&
    grep -q "^-- aws ec2 run-instances --cli-input-json " out && [ "$(tail -1 out)" = "== the end ==" ]'
try 'the file is as it was' '[ "$(cksum <learner.neph)" = "$before" ]'
replay learner.neph </dev/null
try 'without a screen it is text' '[ $status = 0 ] && [ "$(tail -1 out)" = "== the end ==" ]'
head -c 5000 learner.neph >half.neph
replay --plain half.neph
try 'a damaged file is refused' '[ $status = 255 ] && grep -q "half.neph" err'
replay --plain
try 'no file is refused' '[ $status = 252 ]'
replay --plain --seed 3 learner.neph
try 'a film has no seed to choose' '[ $status = 252 ]'
echo "1..$number"
