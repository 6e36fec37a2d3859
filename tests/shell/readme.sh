#!/bin/sh
# If this fails, the first thing that a reader of the README tries does not do what the README says.
set -u
readme=$PWD/README.md
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1

# try NAME: the test's name follows from the status of the command before.
try() {
    if [ "$1" = 0 ]; then
        echo "ok $2"
    else
        echo "not ok $2"
        cat answer
    fi
}

# The README's two scripts, the first its user data; and the lines typed in its first three minutes.
awk '/^```sh$/ { script++; into = script == 1 ? "highway.sh" : "lab.sh"; next }
     /^```$/ { plain = into == "" && !plain ? 1 : 0; into = ""; next }
     into != "" { print >into }
     plain && /^(aws|AMI=)/ { print >"first.sh" }
     plain && /^(break|sleep|mend|lab explain|lab describe-targets)/ { print >"after.sh" }' "$readme"

"$NEPHOSCOPE" exec -f first.sh >answer 2>&1 && grep -q 111122223333 answer && grep -q '"pending"' answer
try $? 'the first commands answer'
"$NEPHOSCOPE" exec --session lab.neph -f lab.sh >answer 2>&1 &&
    [ "$(grep -c '^X-Served-By: i-.* (webserver0[12])' answer)" = 2 ] &&
    [ "$(grep '^X-Served-By' answer | sort -u | wc -l)" = 2 ]
try $? 'the Highway script ends with two answers from two servers'
"$NEPHOSCOPE" exec --session lab.neph -f after.sh >answer 2>&1 && grep -q 'round robin chose' answer &&
    grep -q '"unhealthy"' answer
try $? 'a request is explained, and a broken server is unhealthy'

# Who looks for a service in the table of what is simulated must find each that answers.
missing=
for service in $("$NEPHOSCOPE" exec 'aws help' | sed -n '/^SERVICES/,/^REAL/s/^  \([a-z0-9]*\) .*/\1/p'); do
    [ "$service" = configure ] || grep '^| \*\*Services\*\*' "$readme" | grep -q "[ ,]$service (" || missing="$missing $service"
done
echo "not in the README's row of services:$missing" >answer
[ -n "$service" ] && [ "$missing" = '' ]
try $? 'the README names every service that answers'
