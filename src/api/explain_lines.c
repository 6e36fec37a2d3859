/*
 * api/explain_lines.c - what the CLI itself, curl, ssh and waiters give up at, in plain words.
 *
 * A row is found by the text of the message: the first that fits counts, so general ones stand
 * after special ones.
 */
#include "api/explain_rows.h"

const struct explanation explain_lines[] = {
    {
        .code = "unknown-option",
        .holds = "Unknown options: ",
        .what = "The line has a word or an option that the operation does not take.",
        .why = "The AWS CLI checks the whole line on your machine before anything is sent, so "
               "nothing has happened.",
        .tries = "Look for a misspelled option, or a value with blanks that lacks quotes; Tab "
                 "completes options.",
    },
    {
        .code = "missing-option",
        .holds = "the following arguments are required: ",
        .what = "Something that the command cannot do without is missing.",
        .why = "The AWS CLI knows which options are needed and asks for all of them at once; "
               "nothing has been sent.",
        .tries = "Add what the message names; the operation's `help` shows a whole example.",
    },
    {
        .code = "bad-choice",
        .holds = "Found invalid choice",
        .what = "That word is none of those that are known in this place.",
        .why = "The AWS CLI knows its services, operations and choices by heart, and guesses "
               "what was meant.",
        .tries = "Take one of those it suggests, or press Tab to see them all.",
    },
    {
        .code = "not-modelled",
        .holds = "not modelled here",
        .what = "AWS has this, but this console does not simulate it.",
        .why = "It is refused rather than ignored, so that what works here works at AWS.",
        .tries = "The nearest thing that is here is often named beside it; `aws SERVICE help` "
                 "lists all.",
    },
    {
        .code = "not-modelled-yet",
        .holds = "not here yet",
        .what = "AWS has this, but this console does not simulate it.",
        .why = "It is refused rather than ignored, so that what works here works at AWS.",
        .tries = "The nearest thing that is here is often named beside it; `aws SERVICE help` "
                 "lists all.",
    },
    {
        .code = "ambiguous-option",
        .starts = "ambiguous option: ",
        .what = "The option's name is cut so short that several begin with it.",
        .why = "The AWS CLI takes the beginning of an option's name as long as only one fits.",
        .tries = "Write a few letters more.",
    },
    {
        .code = "bad-query",
        .holds = "Bad value for --query",
        .what = "The expression after --query is not JMESPath.",
        .why = "--query is a language of its own, read on your machine after the shell has "
               "taken its quotes away.",
        .tries = "Put single quotes around the whole expression; an arrow in the message "
                 "shows where reading stopped.",
    },
    {
        .code = "bad-json",
        .holds = "Invalid JSON",
        .what = "The value begins like JSON, but cannot be read as JSON.",
        .why = "The shell takes double quotes away unless single quotes stand around the "
               "whole value.",
        .tries = "Write it as '{\"Key\": \"value\"}', or put it into a file and give file://NAME.",
    },
    {
        .code = "bad-yaml",
        .holds = "Invalid YAML",
        .what = "The document cannot be read as YAML.",
        .why = "The AWS CLI reads the whole file before anything is sent.",
        .tries = "--generate-cli-skeleton yaml-input gives one to begin with.",
    },
    {
        .code = "bad-shorthand",
        .holds = "Expected: '",
        .what = "The value is not shorthand that can be read.",
        .why = "Shorthand is Key=value,Key=value without blanks; a comma goes on with the "
               "same item, a blank begins the next.",
        .tries = "Compare with the example in the operation's `help`, and put quotes around "
                 "values with blanks or commas.",
    },
    {
        .code = "repeated-key",
        .holds = "Second instance of key",
        .what = "A key stands twice in one item.",
        .why = "In shorthand a comma goes on with the same item; only a blank begins the next one.",
        .tries = "Write a blank where the comma before the second key is.",
    },
    {
        .code = "bad-file",
        .holds = "Unable to load paramfile",
        .what = "The file after file:// could not be read.",
        .why = "file://NAME means the contents of the file, so it has to be there before the "
               "line runs.",
        .tries = "`ls` lists the files that are here; for bytes that are no text there is "
                 "fileb://.",
    },
    {
        .code = "bad-number",
        .starts = "invalid literal for int()",
        .holds = "invalid int value",
        .what = "A whole number was expected, and something else stands there.",
        .why = "The AWS CLI knows the type of each option, and turns the text into a number "
               "itself.",
        .tries = "Write digits only, without a unit.",
    },
    {
        .code = "missing-value",
        .holds = ": expected ",
        .what = "An option stands without its value.",
        .why = "The word after it begins with -- or is not there, so the AWS CLI reads no "
               "value; an empty variable without quotes has this effect too.",
        .tries = "Write the value after the option, with quotes around variables.",
    },
    {
        .code = "unexpected-value",
        .holds = "ignored explicit argument",
        .what = "An option that takes no value was given one.",
        .why = "Switches are on when they are named; their --no- twin turns them off.",
        .tries = "Leave the = and what follows it away.",
    },
    {
        .code = "bad-parameters",
        .holds = "Parameter validation failed",
        .what = "The parameters do not have the form that the operation expects.",
        .why = "The AWS CLI holds them against the operation's description before anything is "
               "sent, and tells all problems at once.",
        .tries = "--generate-cli-skeleton shows the right form.",
    },
    {
        .code = "bad-pages",
        .holds = "--no-paginate along with",
        .what = "--no-paginate and the options that cut an answer into pages exclude each other.",
        .why = "One asks for the first answer as it comes, the others for a certain part of "
               "all answers.",
        .tries = "Keep one of them.",
    },
    {
        .code = "bad-token",
        .holds = "Bad starting token",
        .what = "That token continues no list.",
        .why = "A starting token is what an earlier answer of the same command gave as NextToken.",
        .tries = "Begin without it.",
    },
    {
        .code = "bad-region",
        .holds = "Could not connect to the endpoint URL",
        .what = "There is no Region of that name here.",
        .why = "Each Region has addresses of its own, made of its name; a misspelled one "
               "leads nowhere.",
        .tries = "The message lists the Regions that are here; AWS_REGION may hold a wrong one.",
    },
    {
        .code = "bad-region-name",
        .holds = "doesn't match a supported format",
        .what = "No Region could have that name.",
        .why = "The name becomes part of an address: letters, digits and dashes.",
        .tries = "The message lists the Regions that are here; AWS_REGION may hold a wrong one.",
    },
    {
        .code = "bad-profile",
        .holds = "The config profile (",
        .what = "There is no profile of that name.",
        .why = "A profile says in whose account a command acts; AWS_PROFILE or --profile names it.",
        .tries = "`aws configure list-profiles` lists them; leave it out to be `default`, the "
                 "learner.",
    },
    {
        .code = "bad-output",
        .holds = "Unknown output type",
        .what = "AWS_DEFAULT_OUTPUT names a form of output that there is not.",
        .why = "The variable is read only when there is something to print.",
        .tries = "Use json, text, table, yaml, yaml-stream or off.",
    },
    {
        .code = "waiter-timeout",
        .holds = "Max attempts exceeded",
        .what = "The waiter asked as often as it may, and what it waits for did not come.",
        .why = "A waiter is nothing but a describe operation asked again and again, with a "
               "fixed pause and a fixed number of times; nothing has been changed or undone.",
        .tries = "Ask the describe operation yourself what the state is and why; then wait "
                 "again if it only needs longer.",
    },
    {
        .code = "waiter-failed",
        .holds = "terminal failure state",
        .what = "What the waiter waits for can no longer come.",
        .why = "The resource went into a state from which no way leads there, so waiting on "
               "would be in vain.",
        .tries = "Describe the resource to see its state and the reason that is given.",
    },
    {
        .code = "waiter-refused",
        .starts = "Waiter ",
        .what = "The waiter's question was refused.",
        .why = "A waiter asks a describe operation again and again, and gives up at an error "
               "that it does not expect.",
        .tries = "Run the describe operation itself: its error says more.",
    },
    {
        .code = "curl-3",
        .starts = "curl: (3)",
        .what = "That is no address.",
        .why = "curl needs http:// or https:// and a host; an empty variable in the middle is "
               "a common cause.",
        .tries = "Print the address first: echo \"http://$IP/\".",
    },
    {
        .code = "curl-6",
        .starts = "curl: (6)",
        .what = "Nobody knows the host's name.",
        .why = "A load balancer's name is known once it is made, and no longer once it is "
               "deleted; an instance's public name changes with its address.",
        .tries = "Copy the name again: `aws elbv2 describe-load-balancers` shows DNSName.",
    },
    {
        .code = "curl-7",
        .starts = "curl: (7)",
        .what = "The machine was reached, and said that nothing listens on that port.",
        .why = "An answer of refusal means that the way and the security group are fine, and "
               "that the program is not running.",
        .tries = "Look inside whether the server is started, and on which port it listens.",
    },
    {
        .code = "curl-22",
        .starts = "curl: (22)",
        .what = "The server answered, with an HTTP error.",
        .why = "-f makes curl fail on a status of 400 or more; the connection itself is fine.",
        .tries = "Leave -f away to read what the server says, or use -i to see its headers.",
    },
    {
        .code = "curl-23",
        .starts = "curl: (23)",
        .what = "The answer came, but could not be written.",
        .why = "-o and -O write into a file of this branch, which needs a name.",
        .tries = "Give a name with -o NAME.",
    },
    {
        .code = "curl-28",
        .starts = "curl: (28)",
        .what = "No answer came in time.",
        .why = "A security group or a network ACL drops what no rule allows without a word, and "
               "so does a missing route; a stopped instance or a busy server looks the same.",
        .tries = "`lab explain-request` tells where it was lost; `lab explain-path` walks the "
                 "way again, step by step.",
    },
    {
        .code = "curl-47",
        .starts = "curl: (47)",
        .what = "Each answer sent curl on to another address, without an end.",
        .why = "Two redirects that point at each other go round in a circle.",
        .tries = "Look at one step alone: leave -L away and use -i.",
    },
    {
        .code = "curl-52",
        .starts = "curl: (52)",
        .what = "The connection was made, and closed without an answer.",
        .why = "The program on the other side stopped, or ended the connection, before it "
               "wrote anything.",
        .tries = "Look at the server inside the instance; `lab explain-request` shows the way.",
    },
    {
        .code = "curl-56",
        .starts = "curl: (56)",
        .what = "The connection broke off in the middle.",
        .why = "The machine or its host went down, or was stopped, while it was answering.",
        .tries = "See with `aws ec2 describe-instance-status` whether it is still up, and ask "
                 "again.",
    },
    {
        .code = "curl",
        .starts = "curl: ",
        .what = "curl gave up; the message says at what.",
        .why = "curl's number tells the kind of the problem, and scripts decide by it.",
        .tries = "`help curl` shows what curl takes here.",
    },
    {
        .code = "ssh-name",
        .starts = "ssh: Could not resolve",
        .what = "Nobody knows the host's name.",
        .why = "An instance's public address changes each time it is stopped and started, and "
               "its public name with it.",
        .tries = "Copy the address again from `aws ec2 describe-instances`.",
    },
    {
        .code = "ssh-refused",
        .holds = "Connection refused",
        .what = "The machine was reached, and said that nothing listens on port 22.",
        .why = "The security group let the packet through; the system is still booting, or "
               "its ssh server does not run.",
        .tries = "`aws ec2 wait instance-status-ok`, then try again.",
    },
    {
        .code = "ssh-timeout",
        .holds = "Connection timed out",
        .what = "No answer came from port 22.",
        .why = "A security group drops what no rule allows without a word; a subnet without a way "
               "back, or an instance that is stopped, looks the same.",
        .tries = "`lab explain-path --from internet --to INSTANCE --port 22` says who stops it; "
                 "often port 22 must be allowed with `aws ec2 authorize-security-group-ingress`.",
    },
    {
        .code = "ssh-denied",
        .holds = "Permission denied (publickey",
        .what = "The instance is there, but does not accept this user with this key.",
        .why = "AWS put the public half of the launch's key pair there for one user only; "
               "without --key-name there is no way in.",
        .tries = "Give the key's file with -i and the image's own user, such as ec2-user.",
    },
    {
        .code = "ssh-closed",
        .holds = "Connection closed",
        .what = "The connection was made and then ended by the other side.",
        .why = "The instance was stopped or its host failed while you were inside.",
        .tries = "`aws ec2 describe-instance-status` says how it is.",
    },
    {
        .code = "bad-line",
        .starts = "not run: ",
        .what = "The text is none that this console's shell can run.",
        .why = "All of it is read before anything is run, so nothing has happened. The shell has "
               "variables, quotes, $( ), && and files; loops, if and functions it has not.",
        .tries = "The message says where reading stopped. What a loop would do can be written "
                 "line by line.",
    },
    {
        .code = "unknown-word",
        .holds = ": command not found",
        .what = "There is no command of that name here.",
        .why = "A line begins with aws, lab, curl, ssh or another word of this console; programs "
               "of your own machine run behind a | only, and those of an instance inside it.",
        .tries = "`help` lists the words; Tab completes them.",
    },
    {
        .code = "ParamValidation",
        .holds = "(ParamValidation)",
        .what = "The line was not understood, so nothing was asked of the cloud.",
        .why = "The AWS CLI checks a line on your machine before anything is sent.",
        .tries = "`aws SERVICE help` lists the operations, `aws SERVICE OPERATION help` the "
                 "options; Tab completes them.",
    },
    {.code = NULL},
};
