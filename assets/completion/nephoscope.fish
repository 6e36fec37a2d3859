# Completion of nephoscope's own words for fish; what follows `aws` is completed inside the console.

function __nephoscope_lessons
    set -l words (commandline -opc)
    eval $words[1] lesson list 2>/dev/null | string replace -r '^ *(\S+) +' '$1\t'
end

# Is this the word after that subcommand?
function __nephoscope_after
    set -l words (commandline -opc)
    test (count $words) -eq (math 1 + (count $argv)); and test "$words[2..]" = "$argv"
end

set -l commands exec sql lesson class replay params format jp shorthand pattern
set -l console "not __fish_seen_subcommand_from $commands"
set -l saved "not __fish_seen_subcommand_from lesson class replay params format jp shorthand pattern"
set -l shown "not __fish_seen_subcommand_from exec sql lesson class params format jp shorthand pattern"
set -l seeded "not __fish_seen_subcommand_from sql lesson class replay params format jp shorthand pattern"

complete -c nephoscope -f
complete -c nephoscope -n __nephoscope_after -a exec -d 'commands, no screen'
complete -c nephoscope -n __nephoscope_after -a sql -d 'SQL over the cloud'
complete -c nephoscope -n __nephoscope_after -a lesson -d 'lessons, no screen'
complete -c nephoscope -n __nephoscope_after -a class -d 'the wall of a class'
complete -c nephoscope -n __nephoscope_after -a replay -d 'a session watched like a film'
complete -c nephoscope -n __nephoscope_after -a params -d 'what a command line means, as JSON'
complete -c nephoscope -n __nephoscope_after -a format -d 'JSON as the AWS CLI prints it'
complete -c nephoscope -n __nephoscope_after -a jp -d 'JMESPath over JSON'
complete -c nephoscope -n __nephoscope_after -a shorthand -d 'AWS shorthand as JSON'
complete -c nephoscope -n __nephoscope_after -a pattern -d 'does an event match an event pattern?'
complete -c nephoscope -n __nephoscope_after -l version -d 'print the version'
complete -c nephoscope -n __nephoscope_after -l help -d 'print how the program is called'
complete -c nephoscope -n $console -a '(__nephoscope_lessons)'
complete -c nephoscope -n $saved -l session -rF -d 'keep everything in this file'
complete -c nephoscope -n $seeded -l seed -x -d 'begin a new world with this seed'
complete -c nephoscope -n $seeded -l class -rF -d 'sit in the class of this folder'
complete -c nephoscope -n $seeded -l name -x -d 'under this name'
complete -c nephoscope -n $shown -l plain -d 'lines of text, no screen'
complete -c nephoscope -n $shown -l speed -x -d 'simulated seconds for each second'
complete -c nephoscope -n $shown -l theme -xa 'default mono high-contrast' -d 'the colours of the screen'
complete -c nephoscope -n $shown -l mouse -d 'take the mouse as well'
complete -c nephoscope -n $shown -l ascii -d 'draw with ASCII only'
complete -c nephoscope -n $shown -l no-color -d 'use no colours'
complete -c nephoscope -n $console -l teach -d 'teach the lesson: notes, votes, steps'

complete -c nephoscope -n '__fish_seen_subcommand_from class' -l plain -d 'lines of text, no screen'
complete -c nephoscope -n '__fish_seen_subcommand_from class' -l follow -d 'and each change'
complete -c nephoscope -n '__fish_seen_subcommand_from class' -l ascii -d 'draw with ASCII only'
complete -c nephoscope -n '__fish_seen_subcommand_from class' -l no-color -d 'use no colours'
complete -c nephoscope -n '__fish_seen_subcommand_from class' -l theme -xa 'default mono high-contrast'
complete -c nephoscope -n '__fish_seen_subcommand_from class' -F
complete -c nephoscope -n '__fish_seen_subcommand_from exec' -s k -d 'go on after a failure'
complete -c nephoscope -n '__fish_seen_subcommand_from exec' -s f -rF -d 'run the lines of this file'
complete -c nephoscope -n '__fish_seen_subcommand_from sql' -l output -xa 'table json csv text' \
    -d 'how the answer is printed'

complete -c nephoscope -n '__fish_seen_subcommand_from replay' -l from -x -d 'begin at this time'
complete -c nephoscope -n '__fish_seen_subcommand_from replay' -F

complete -c nephoscope -n '__nephoscope_after lesson' -a list -d 'which lessons there are'
complete -c nephoscope -n '__nephoscope_after lesson' -a show -d 'print one as text'
complete -c nephoscope -n '__nephoscope_after lesson' -a lint -d 'prove that lessons are right'
complete -c nephoscope -n '__nephoscope_after lesson' -a play -d 'do one by its own solutions, and show it'
complete -c nephoscope -n '__nephoscope_after lesson' -a report -d 'who achieved what, out of session files'
for action in show play
    complete -c nephoscope -n "__nephoscope_after lesson $action" -Fa '(__nephoscope_lessons)'
end
complete -c nephoscope -n '__fish_seen_subcommand_from lint' -l seeds -x -d 'how many other seeds to try'
complete -c nephoscope -n '__fish_seen_subcommand_from lint' -F
complete -c nephoscope -n '__fish_seen_subcommand_from report' -l output -xa 'table json csv text' \
    -d 'how the answer is printed'
complete -c nephoscope -n '__fish_seen_subcommand_from report' -l lesson -rF -d 'a lesson that is not built in'
complete -c nephoscope -n '__fish_seen_subcommand_from report' -F

complete -c nephoscope -n '__nephoscope_after params' -a -- -d 'then the command line'
complete -c nephoscope -n '__fish_seen_subcommand_from format' -l output \
    -xa 'json text table yaml yaml-stream off' -d 'how the answer is printed'
complete -c nephoscope -n '__fish_seen_subcommand_from format' -l query -x -d 'what of it'
complete -c nephoscope -n '__fish_seen_subcommand_from format' -l title -x -d 'the head of a table'
complete -c nephoscope -n '__fish_seen_subcommand_from format jp' -F
