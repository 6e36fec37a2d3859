#!/bin/sh
# If this fails, `make install` puts something where nobody looks for it, or `make uninstall` leaves something.
set -u
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
bad=

sh .ci/install "$NEPHOSCOPE" "$place/usr" >/dev/null || bad=' it failed,'
for file in bin/nephoscope share/man/man1/nephoscope.1 share/man/man5/nephoscope-lesson.5 \
    share/man/man7/nephoscope-model.7 share/bash-completion/completions/nephoscope \
    share/zsh/site-functions/_nephoscope share/fish/vendor_completions.d/nephoscope.fish \
    share/doc/nephoscope/README.md share/nephoscope/lessons/README.md; do
    [ -s "$place/usr/$file" ] || bad="$bad $file"
done
[ -n "$bad" ] && echo "not ok install:$bad missing" || echo 'ok install: each file in its place'

# Warnings count; matters of style, and pages that are not installed here, do not.
if command -v mandoc >/dev/null; then
    said=$(mandoc -T lint -W warning assets/man/*.[1-9] 2>&1 | grep -v 'outdated mandoc.db')
    [ -n "$said" ] && echo "$said" && echo 'not ok install: manual pages' || echo 'ok install: manual pages'
else
    echo '# mandoc is not installed'
fi

"$place/usr/bin/nephoscope" --version >/dev/null && echo 'ok install: what was installed runs' ||
    echo 'not ok install: what was installed runs'

sh .ci/install --remove "$place/usr"
left=$(find "$place/usr" -type f)
[ -n "$left" ] && echo "not ok install: left behind: $left" || echo 'ok install: nothing is left behind'
