#!/bin/sh
# If this fails, `make run` on a fresh machine installs the wrong packages, or fails without saying what is missing.
set -u
deps=$PWD/.ci/deps
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/bin"
for tool in sh awk sed tr env cat grep rm; do
    ln -s "$(command -v $tool)" "$place/bin/$tool"
done

# fake NAME: a program that does what standard input says.
fake() {
    rm -f "$place/bin/$1"
    { echo '#!/bin/sh'; cat; } >"$place/bin/$1"
    chmod +x "$place/bin/$1"
}
# A machine without anything: pkg-config and cc come to life when the package manager has run.
bare_machine() {
    rm -f "$place/bin/cc" "$place/bin/gcc" "$place/bin/pkg-config" "$place/installed" "$place/log"
    for manager in apt-get dnf pacman brew sudo; do
        rm -f "$place/bin/$manager"
    done
    echo "echo ${1:-0}" | fake id
}
working_manager() {
    fake "$1" <<SCRIPT
echo "$1 \$*" >>"$place/log"
case "\$*" in *update*) exit 0 ;; esac
for tool in cc pkg-config; do
    echo '#!/bin/sh' >"$place/bin/\$tool"
    echo 'exit 0' >>"$place/bin/\$tool"
    chmod +x "$place/bin/\$tool"
done
SCRIPT
    ln -sf "$(command -v chmod)" "$place/bin/chmod"
}
run() { env -i PATH="$place/bin" sh "$deps" "$@" </dev/null >"$place/out" 2>&1; }
# expect WHAT STATUS TEXT: the last run ended so, and its output or the manager's log has the text.
expect() {
    if [ "$status" = "$2" ] && cat "$place/out" "$place/log" 2>/dev/null | grep -q -- "$3"; then
        echo "ok setup: $1"
    else
        echo "status $status, wanted $2 and: $3"
        cat "$place/out" "$place/log" 2>/dev/null
        echo "not ok setup: $1"
    fi
}

bare_machine
run --check
status=$?
expect 'make alone says what is missing' 1 'not installed here: cc pkg-config .*ncursesw.*make run'

bare_machine
run
status=$?
expect 'no package manager is said' 1 'No apt-get, dnf, pacman or brew'

for case in 'apt-get:libncurses-dev libreadline-dev libsqlite3-dev libjansson-dev libmd4c-dev libutf8proc-dev nettle-dev libcmocka-dev libvterm-dev' \
    'dnf:ncurses-devel readline-devel sqlite-devel jansson-devel md4c-devel utf8proc-devel nettle-devel libcmocka-devel libvterm-devel' \
    'pacman:ncurses readline sqlite jansson md4c libutf8proc nettle cmocka libvterm' \
    'brew:ncurses readline sqlite jansson md4c utf8proc nettle cmocka libvterm'; do
    bare_machine
    working_manager "${case%%:*}"
    run
    status=$?
    expect "${case%%:*} installs them all" 0 "${case#*:}"
done

bare_machine 1000
working_manager apt-get
run
status=$?
expect 'no root and no sudo: the command to run is shown' 1 'as root, run:'

bare_machine 1000
working_manager apt-get
echo 'echo "sudo $*" >>'"$place"'/log; [ "$1" = -n ] && shift; exec "$@"' | fake sudo
run
status=$?
expect 'without a terminal sudo must not ask' 0 'sudo -n apt-get update'

bare_machine
working_manager apt-get
run && rm -f "$place/log" && run
status=$?
if [ "$status" = 0 ] && [ ! -s "$place/out" ] && [ ! -e "$place/log" ]; then
    echo 'ok setup: nothing is done when nothing is missing'
else
    echo 'not ok setup: nothing is done when nothing is missing'
fi
