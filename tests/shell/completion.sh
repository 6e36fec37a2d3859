#!/bin/sh
# If this fails, Tab in bash, zsh or fish hides an option of nephoscope, or offers one that it does not take.
# What is expected comes from `nephoscope --help`.  A shell that is not installed is not asked; for those that
# are, the file is loaded and asked as the shell itself would ask it.
set -u
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
files=$PWD/assets/completion
mkdir "$place/bin"
ln -s "$NEPHOSCOPE" "$place/bin/nephoscope"
PATH=$place/bin:$PATH
escape=$(printf '\033')
nephoscope --help >"$place/help"

# The help of one subcommand, in one line; "" is the console's.
usage_of() {
    awk -v command="$1" '
        /^  nephoscope / { mine = command == "" ? $2 !~ /^[a-z]/ : $2 == command }
        /^ / && mine { printf "%s ", $0 }' "$place/help"
}
options_in() { grep -oE -- '(^|[^a-z-])--?[a-z][a-z-]*' | sed 's/^[^-]//' | sort -u; }
commands=$(awk '/^  nephoscope [a-z]/ { print $2 }' "$place/help")

cat >"$place/ask.zsh" <<'ZSH'
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PROMPT=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=0 LINES=400
stty cols 200 rows 400; setopt nolistambiguous; zstyle ':completion:*' verbose no
bindkey '^I' list-choices; zle-line-init() { print READY-\$((40+2)) }; zle -N zle-line-init"
zpty -r shell out '*READY-42*'
zpty -w -n shell "$2"$'\t\x15'":; print DONE-\$((40+2))"$'\n'
zpty -r shell out '*DONE-42*'
print -r -- "$out"
ZSH

# ask SHELL LINE: the words that Tab offers after the line, one a line.
ask() {
    case $1 in
    bash)
        # shellcheck disable=SC2016
        bash --norc --noprofile -c 'source "$1"; COMP_WORDS=($2); [[ $2 == *" " ]] && COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _nephoscope; printf "%s\n" "${COMPREPLY[@]}"' \
            bash "$files/nephoscope" "$2" 2>/dev/null
        ;;
    zsh) # what it drew, without its escapes, from the line to what was typed next
        zsh -f "$place/ask.zsh" "$files" "$2" | tr '\r' '\n' | sed 's/'"$escape"'\[[0-9;?]*[a-zA-Z]/ /g' |
            sed -n '/nephoscope/,/print/p' | grep -vE 'nephoscope|print' | tr -s ' ' '\n'
        ;;
    fish)
        # shellcheck disable=SC2016
        fish --no-config -c 'source $argv[1]; complete -C "$argv[2]"' "$files/nephoscope.fish" "$2" | cut -f1
        ;;
    esac | grep -v '^$' | sort -u
}

# same SHELL WHAT LINE: what stands in `expected` is what Tab offers, of the kind that the pattern $4 finds.
same() {
    ask "$1" "$3" | grep -E -- "$4" >"$place/offered"
    if cmp -s "$place/expected" "$place/offered"; then
        return
    fi
    echo "$1: after \`$3\`, wanted (<) and offered (>):"
    diff "$place/expected" "$place/offered"
    bad="$bad $2"
}

check() {
    bad=
    for command in '' $commands; do
        usage_of "$command" | options_in >"$place/expected"
        same "$1" "options of '$command'" "nephoscope ${command:+$command }-" '^--?[a-z]'
    done
    echo "$commands" | sort >"$place/expected"
    same "$1" subcommands 'nephoscope ' "^($(echo "$commands" | tr '\n' '|')none)\$"
    usage_of lesson | grep -oE '\| [a-z]+|lesson [a-z]+' | sed 's/.* //' | sort >"$place/expected"
    same "$1" 'words of lesson' 'nephoscope lesson ' '^[a-z]'
    usage_of sql | sed 's/.*--output \([a-z|]*\).*/\1/' | tr '|' '\n' | sort >"$place/expected"
    same "$1" 'formats of sql' 'nephoscope sql --output ' '^[a-z]'
    nephoscope lesson list | awk '{ print $1 }' | sort >"$place/expected"
    same "$1" lessons 'nephoscope lesson play ' "^($(paste -sd '|' "$place/expected"))$"
    [ -n "$bad" ] && echo "not ok completion in $1:$bad" || echo "ok completion in $1"
}

# In a folder of nothing, so that no file is offered.
cd "$place/bin" || exit 1
for shell in bash zsh fish; do
    # shellcheck disable=SC2016
    if ! command -v $shell >/dev/null || { [ $shell = bash ] && ! bash -c '((BASH_VERSINFO >= 4))'; }; then
        echo "# $shell is not installed"
        continue
    fi
    check $shell
done

# Where the shells are not there: each file names every subcommand and every option at least.
for file in nephoscope _nephoscope nephoscope.fish; do
    missing=
    for word in $commands $(options_in <"$place/help"); do
        case $file:$word in
        *.fish:--*) shown="-l ${word#--}" ;;
        *.fish:-*) shown="-s ${word#-}" ;;
        *) shown=$word ;;
        esac
        grep -qE -- "(^|[^a-z-])$shown([^a-z-]|\$)" "$files/$file" || missing="$missing $word"
    done
    [ -n "$missing" ] && echo "not ok completion: $file lacks$missing" || echo "ok completion: $file"
done
