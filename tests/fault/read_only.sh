#!/bin/sh
# If this fails, a session on a read-only disk is refused without the reason, or is changed.
set -u
place=$(mktemp -d)
out=$(mktemp)
trap 'rm -rf "$place"' EXIT
"$NEPHOSCOPE" exec --session "$place/s" aws ec2 create-key-pair --key-name k --query KeyName \
    >"$place/out" 2>&1 || exit 1
if ! unshare -Urm true 2>/dev/null; then
    echo 'ok read-only disk # SKIP this system gives no mount namespace'
    exit 0
fi
before=$(cksum <"$place/s")
unshare -Urm sh -c '
    mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 77
    exec "$2" exec --session "$1/s" echo reached' sh "$place" "$NEPHOSCOPE" >"$out" 2>&1
status=$?
answer=$(cat "$out")
rm -f "$out"
if [ "$status" = 77 ]; then
    echo 'ok read-only disk # SKIP this system binds no folder'
    exit 0
fi
case $answer in
*"cannot be opened: it may only be read here, not written") ok=1 ;;
*) ok=0 ;;
esac
if [ "$ok" = 1 ] && [ "$status" = 255 ] && [ "$(cksum <"$place/s")" = "$before" ]; then
    echo 'ok a session on a read-only disk is refused with the reason'
else
    echo 'not ok a session on a read-only disk is refused with the reason'
    echo "# status $status: $answer"
    exit 1
fi
