#!/bin/sh
# If this fails, the proof of lessons proves nothing: a lesson with a known mistake is called right.
set -u
if [ ! -x "${NEPHOSCOPE:-}" ]; then
    echo 'skipped: there is no program yet'
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
HAS="aws ec2 describe-key-pairs --query 'length(KeyPairs)'"

# lesson BODY: a lesson whose one step has this body.
lesson() {
    printf '# Keys\n\n```lesson\nformat: 1\nid: keys\nnames: mine\n```\n\n## One {#one}\n\n%s\n' "$1" >"$folder/010-keys.md"
}

block() {
    printf '```%s\n%s\n```\n\n' "$1" "$2"
}

# expect NAME TEXT: lint fails and says TEXT; or, without TEXT, that the lesson is right.
expect() {
    said=$("$NEPHOSCOPE" lesson lint "$folder/010-keys.md" 2>&1)
    status=$?
    wanted=255
    [ -n "$2" ] || wanted=0
    case $status:$said in
    $wanted:*"${2:-right, with}"*) echo "ok lint: $1" ;;
    *) printf '%s\n' "$said" "status $status" "not ok lint: $1" ;;
    esac
}

CHECK=$(block check "a-key : $HAS >= 1 else \"make one\"")
HINT=$(block hint 'Make a key.')
MAKE='aws ec2 create-key-pair --key-name mine'
RIGHT=$(block solution "$MAKE")

lesson "$CHECK
$HINT
$RIGHT
$(block run "$MAKE")
$(block 'wrong expect=a-key' 'true')
$(block 'solution alt' 'aws ec2 create-key-pair --key-name yours')"
expect 'a right lesson' ''

lesson "$CHECK
$HINT
$RIGHT
$(block instructor 'Ask who has one.
aws ec2 describe-key-pairs --key-names mine
lab inject-fault --kind fail-zone --availability-zone us-east-1a')"
expect 'notes whose commands run after the solution' ''

lesson "$CHECK
$HINT
$RIGHT
$(block instructor 'Ask who has one.
aws ec2 describe-key-pairs --key-names yours')"
expect 'a command of the notes that never runs' "a command of the instructor's notes does not run"

lesson "$(block check "a-key : $HAS >= 0 else \"make one\"")
$HINT
$RIGHT"
expect 'true from the start' 'true before the solution: a-key'

lesson "$CHECK
$HINT
$(block solution 'true')"
expect 'a solution that does nothing' 'still false after this solution: a-key (make one)'

lesson "$CHECK
$HINT
$(block solution "$MAKE
$MAKE")"
expect 'a solution that is refused' 'this solution does not run'

lesson "$CHECK
$HINT
$RIGHT
$(block 'solution alt' 'true')"
expect 'an alternative that does nothing' 'still false after this solution'

lesson "$CHECK
$HINT
$RIGHT
$(block 'wrong expect=a-key' 'aws ec2 create-key-pair --key-name other')"
expect 'a near miss that is right' 'true after a near miss'

lesson "$CHECK
$HINT
$RIGHT
$(block run 'aws ec2 describe-key-pairs --nmes x')"
expect 'a line that cannot be read' 'this command is refused'

lesson "$CHECK
$HINT
$RIGHT
$(block run 'aws ec2 describe-key-pairs --key-names nobody')"
expect 'a line that fails' 'does not do what it says'

lesson "$CHECK
$HINT
$RIGHT
$(block 'run fails' 'aws ec2 describe-key-pairs')"
expect 'a line that should fail' 'does not do what it says'

lesson "$CHECK
$HINT
$RIGHT
$(block run 'frobnicate')"
expect 'no such word' 'no such word: frobnicate'

lesson "$(block check "a-key : aws ec2 describe-key-pairs --key-names mine --query 'length(KeyPairs)' >= 1 else \"make one\"")
$HINT
$RIGHT"
expect 'a check that holds a name' 'holds a name that learners may choose: mine'

lesson "$(block check "none never : $HAS > 5 else \"too many\"")
$CHECK
$HINT
$RIGHT"
expect 'a promise that nothing breaks' 'no `wrong` of this step breaks the check: none'

lesson "$CHECK
$HINT
$RIGHT
[away](nowhere.md)"
expect 'a link to nowhere' 'this link goes nowhere: nowhere.md'

lesson "$(block check "a-key : aws ec2 delete-key-pair --key-name mine --query Return == true else \"x\"")
$HINT
$RIGHT"
expect 'a check that writes' 'may only look'

# What a lesson says never reaches the terminal raw.
printf '# \033]52;c;x\007\n\n```lesson\nformat: 1\nid: keys\n```\n## \033[2J {#a}\n\033[31m\342\200\256red\n' >"$folder/010-keys.md"
for verb in lint show play; do
    if "$NEPHOSCOPE" lesson $verb "$folder/010-keys.md" 2>&1 | LC_ALL=C grep -q "$(printf '[\033\007]')"; then
        echo "not ok lesson $verb: control characters come through"
    else
        echo "ok lesson $verb: control characters do not come through"
    fi
done

# A number of seeds that is none.
for seeds in x -1 1001 ''; do
    if "$NEPHOSCOPE" lesson lint --seeds "$seeds" "$folder/010-keys.md" 2>&1 | grep -q 'wants how many'; then
        echo "ok lesson lint --seeds '$seeds': refused"
    else
        echo "not ok lesson lint --seeds '$seeds': refused"
    fi
done
