#!/bin/sh
# If this fails, a rule of the house is broken and nobody is told: each rule is shown a tree that breaks it.
set -u
rules=$PWD/tests/tidy/rules
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

good() {
    rm -rf "$tree/t"
    mkdir -p "$tree/t" && cd "$tree/t" || exit 2
    mkdir -p src/base src/sim src/cloud src/tui src/store include/base include/sim assets/catalog build/obj/base
    printf '/*\n * base/a.h - a door.\n */\n#ifndef BASE_A_H\n#define BASE_A_H\nint a_get(void);\n#endif\n' >include/base/a.h
    printf '/*\n * sim/b.h - a door.\n */\n#ifndef SIM_B_H\n#define SIM_B_H\nint b_get(void);\n#endif\n' >include/sim/b.h
    printf '/*\n * base/a.c - a room.\n */\n#include "base/a.h"\n\nint a_get(void)\n{\n    return 1;\n}\n' >src/base/a.c
    printf '/*\n * sim/b.c - a room.\n */\n#include "sim/b.h"\n\n#include "base/a.h"\n\nint b_get(void)\n{\n    return a_get();\n}\n' >src/sim/b.c
    printf '/*\n * main.c - joins.\n */\n#include "sim/b.h"\n\nint main(void)\n{\n    return b_get();\n}\n' >src/main.c
    printf '# Plan\n\n### base\n\n| `a` | x |\n\n### sim\n\n| `b` | y |\n' >src/README.md
    printf '# source: here; date: 2026-01-01\n#\n# name | size\nx | 1\n' >assets/catalog/things.txt
}

# breaks RULE NAME: now the tree must break the rule.
breaks() {
    if [ -n "$(sh "$rules" "$1" . 2>&1)" ]; then
        echo "ok tidy self: $1 sees $2"
    else
        echo "not ok tidy self: $1 does not see $2"
    fi
}

good
for rule in $(sh "$rules" --list); do
    offences=$(sh "$rules" "$rule" . 2>&1)
    if [ -z "$offences" ]; then
        echo "ok tidy self: $rule is silent on a good tree"
    else
        echo "$offences"
        echo "not ok tidy self: $rule complains about a good tree"
    fi
done

good; echo '#include "sim/b.h"' >>src/base/a.c; breaks floors 'an include of a higher floor'
good; echo '#include "a.h"' >>src/base/a.c; breaks floors 'an include that names no wing'
good; cp include/base/a.h src/base/p.h; echo '#include "base/p.h"' >>src/sim/b.c; breaks floors 'a private header of another wing'
good; echo '#include "base/none.h"' >>src/sim/b.c; breaks floors 'a header that is not there'
good; echo '#include "base/c.h"' >>src/base/a.c; sed 's/base\/a/base\/c/; s/BASE_A/BASE_C/' include/base/a.h >include/base/c.h
echo '#include "base/a.h"' >>include/base/c.h; breaks knots 'two rooms that include each other'
good; echo '#include <curses.h>' >>src/sim/b.c; breaks cages 'curses outside of the terminal'
good; echo '#include <readline/readline.h>' >>src/tui/x.c; breaks cages 'readline outside of the prompt'
good; echo '#include <sqlite3.h>' >>src/sim/b.c; breaks cages 'sqlite outside of the store'
good; echo 'long now = time(0);' >>src/sim/b.c; breaks cages 'the wall clock'
good; echo 'x = clock_gettime(0, &t);' >>src/base/a.c; breaks cages 'the wall clock by its long name'
good; echo 'x = rand();' >>src/cloud/x.c; breaks cages 'chance outside of sim'
good; echo '/* time() is not called, "rand()" neither */' >>src/base/a.c
[ -z "$(sh "$rules" cages .)" ] && echo 'ok tidy self: cages does not read comments' || echo 'not ok tidy self: cages reads comments'
good; sed '2s/a.c/z.c/' src/base/a.c >x && mv x src/base/a.c; breaks openers 'an opener with another name'
good; sed '1d' src/base/a.c >x && mv x src/base/a.c; breaks openers 'a missing opener'
good; sed 's/BASE_A_H/A_H/' include/base/a.h >x && mv x include/base/a.h; breaks guards 'another guard'
good; printf '/* %0100d */\n' 1 >>src/base/a.c; breaks lengths 'a long line'
good; { echo 'int f(void)'; echo '{'; yes '    ;' | head -70; echo '}'; } >>src/base/a.c; breaks lengths 'a long function'
good; yes '/* */' | head -900 >>src/base/a.c; breaks lengths 'a long file'
good; echo 'x = strcpy(a, b);' >>src/base/a.c; breaks words 'a banned function'
good; echo 'int x; // no' >>src/base/a.c; breaks words 'a // comment'
good; printf '\tint x;\n' >>src/base/a.c; breaks words 'a tab'
good; echo '/* TODO: later */' >>src/base/a.c; breaks words 'a leftover'
good; echo 'int x; ' >>src/base/a.c; breaks blanks 'a trailing blank'
good; printf 'int x;' >>src/base/a.c; breaks blanks 'a missing newline'
good; sed 's/`b`/b/' src/README.md >x && mv x src/README.md; breaks plan 'a room that the plan forgets'
good; sed 's/base\/a/base\/c/; s/BASE_A/BASE_C/' include/base/a.h >include/base/c.h; breaks unused 'a header that nobody includes'
good; echo 'y' >>assets/catalog/things.txt; breaks catalog 'a row that lacks a field'
good; sed 1d assets/catalog/things.txt >x && mv x assets/catalog/things.txt; breaks catalog 'a catalogue without a source'
good; echo 'int x; int f(void); int f(void) { static int n = 3; return n++ + x; }' >g.c
if ${CC:-cc} -c -o build/obj/base/g.o g.c 2>/dev/null; then breaks globals 'a mutable global'; fi
