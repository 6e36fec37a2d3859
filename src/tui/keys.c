/*
 * tui/keys.c - what each key does: the one table that the dispatch, the foot and the help screen
 * are made from.
 */
#include "tui/keys.h"

#include <string.h>

#include "base/str.h"

bool keys_is_there(const struct keys_key *key, unsigned where)
{
    return (key->where & ((where & KEYS_FILM) != 0 ? KEYS_NO_FILM : KEYS_FILM)) == 0;
}

const struct keys_key *keys_find(unsigned where, const struct term_key *key)
{
    unsigned place = where & ~(unsigned)KEYS_FILM;

    for (const struct keys_key *entry = keys; entry->label != NULL; entry++) {
        if ((entry->where & place) != 0 && keys_is_there(entry, where) &&
            entry->code == key->code && entry->alt == key->alt &&
            (key->code != TERM_KEY_CHAR || entry->character == key->character))
            return entry;
    }
    return NULL;
}

const struct keys_command *keys_command_find(const char *id, uint32_t character)
{
    for (const struct keys_command *entry = keys_commands; entry->prefix != NULL; entry++) {
        bool inside = entry->prefix[0] == ':';

        if (entry->character == character &&
            (inside ? strstr(id, entry->prefix) != NULL : str_starts(id, entry->prefix)))
            return entry;
    }
    return NULL;
}

#define CTRL(letter) ((letter) & 0x1f)

/* label, code, character, alt, where, action, argument, foot, doc */
const struct keys_key keys[] = {
    {"Tab", TERM_KEY_TAB, 0, false, KEYS_PROMPT | KEYS_SPAREST, KEYS_NOTHING, NULL, "complete",
     "Completes what is being typed: services, operations, options, live ids."},
    {"i", TERM_KEY_CHAR, 'i', false, KEYS_NOT_PROMPT, KEYS_TO_PROMPT, NULL, "prompt",
     "Back to the prompt."},
    {"Enter", TERM_KEY_ENTER, 0, false, KEYS_VIEW, KEYS_OPEN, NULL, "describe",
     "Types the command that describes the row; on nothing: back to the prompt."},
    {"F1", TERM_KEY_F1, 0, false, KEYS_ANY | KEYS_WALL, KEYS_HELP, NULL, "help", "This help."},
    {"F2", TERM_KEY_F1 + 1, 0, false, KEYS_ANY, KEYS_SHOW, "hosts", "hosts",
     "The hosts under your instances, and who else is on them."},
    {"F3", TERM_KEY_F1 + 2, 0, false, KEYS_ANY, KEYS_SHOW, "storage", "storage",
     "Volumes, snapshots, images, and the blocks they share."},
    {"F4", TERM_KEY_F1 + 3, 0, false, KEYS_ANY, KEYS_SHOW, "balancing", "balancing",
     "Load balancers, their targets, and why each request went where."},
    {"F5", TERM_KEY_F1 + 4, 0, false, KEYS_ANY | KEYS_SPARER, KEYS_SHOW, "map", "map",
     "Regions, zones, and who runs where."},
    {"F6", TERM_KEY_F1 + 5, 0, false, KEYS_ANY, KEYS_TURN, NULL, "lesson",
     "Turns between the lesson and the view, where only one of them fits."},
    {"F7", TERM_KEY_F1 + 6, 0, false, KEYS_ANY, KEYS_PAUSE, NULL, "time",
     "Lets time run, or stands it still."},
    {"F8", TERM_KEY_F1 + 7, 0, false, KEYS_ANY | KEYS_SPARE, KEYS_SHOW, "events", "events",
     "What happened."},
    {"F9", TERM_KEY_F1 + 8, 0, false, KEYS_ANY, KEYS_LESSON_COMMAND, NULL, NULL,
     "Types the command that the lesson proposes."},
    {"F10", TERM_KEY_F1 + 9, 0, false, KEYS_ANY | KEYS_WALL, KEYS_QUIT, NULL, "quit",
     "Ends; everything is kept."},
    {"F12", TERM_KEY_F1 + 11, 0, false, KEYS_ANY, KEYS_ZOOM, NULL, NULL,
     "The view alone, the transcript alone, or all."},
    {"Alt-1", TERM_KEY_CHAR, '1', true, KEYS_ANY, KEYS_SHOW, "map", NULL, "The map."},
    {"Alt-2", TERM_KEY_CHAR, '2', true, KEYS_ANY, KEYS_SHOW, "hosts", NULL, "The hosts."},
    {"Alt-3", TERM_KEY_CHAR, '3', true, KEYS_ANY, KEYS_SHOW, "storage", NULL, "The storage."},
    {"Alt-4", TERM_KEY_CHAR, '4', true, KEYS_ANY, KEYS_SHOW, "balancing", NULL, "Load balancing."},
    {"Alt-5", TERM_KEY_CHAR, '5', true, KEYS_ANY, KEYS_SHOW, "list", NULL,
     "Lists of any resource."},
    {"Alt-6", TERM_KEY_CHAR, '6', true, KEYS_ANY, KEYS_SHOW, "coffee", NULL,
     "The same moment as a coffee shop: the host at the door, the counters, the order board."},
    {"Alt-Q", TERM_KEY_CHAR, 'q', true, KEYS_ANY, KEYS_SHOW, "queues", NULL,
     "Queues, topics and event buses: who sends, what waits, who hears, what is lost."},
    {"Alt-7", TERM_KEY_CHAR, '7', true, KEYS_ANY, KEYS_SHOW, "charts", NULL,
     "The last hour in curves: requests, times, errors, healthy targets, CPU, alarms."},
    {"Alt-8", TERM_KEY_CHAR, '8', true, KEYS_ANY, KEYS_SHOW, "events", NULL, "The events."},
    {"Alt-W", TERM_KEY_CHAR, 'w', true, KEYS_ANY, KEYS_WORLDS, NULL, NULL,
     "The worlds of the last comparison side by side; again: as coffee shops."},
    {"Alt-C", TERM_KEY_CHAR, 'c', true, KEYS_ANY, KEYS_SHOW, "cost", NULL,
     "What everything has cost so far, and what it costs if nothing changes."},
    {"Alt-T", TERM_KEY_CHAR, 't', true, KEYS_ANY | KEYS_NO_FILM, KEYS_TEACH, NULL, NULL,
     "With --teach: the step's commands, its answer, and all steps, to choose from."},
    {"Alt-P", TERM_KEY_CHAR, 'p', true, KEYS_ANY, KEYS_PRESENT, NULL, NULL,
     "For a projector: one thing at a time, with room around it; again: all."},
    {"Alt-9", TERM_KEY_CHAR, '9', true, KEYS_ANY, KEYS_LESSON_PAGE, NULL, NULL,
     "Reads on in the lesson; at its end: from the beginning."},
    {"Alt-0", TERM_KEY_CHAR, '0', true, KEYS_ANY, KEYS_TURN, NULL, NULL,
     "The lesson, or the view."},
    {"Up, Ctrl-R", TERM_KEY_UP, 0, false, KEYS_PROMPT, KEYS_NOTHING, NULL, NULL,
     "What was typed before, in this session and earlier ones."},
    {"Right, End", TERM_KEY_RIGHT, 0, false, KEYS_PROMPT, KEYS_NOTHING, NULL, NULL,
     "At the end of a line: takes what the history offers there; Alt-F takes its next word."},
    {"Alt-E", TERM_KEY_CHAR, 'e', true, KEYS_ANY, KEYS_TYPE, "explain", NULL,
     "Types explain: why the last error came, and what to try."},
    {"Alt-I", TERM_KEY_CHAR, 'i', true, KEYS_ANY, KEYS_COPY, NULL, NULL,
     "Copies the id of the last answer, or of the row, to the terminal's clipboard."},
    {"y", TERM_KEY_CHAR, 'y', false, KEYS_NOT_PROMPT, KEYS_COPY, NULL, NULL,
     "Copies the id of the row; where there is none, of the last answer."},
    {"Esc", TERM_KEY_ESCAPE, 0, false, KEYS_PROMPT, KEYS_TO_VIEW, NULL, NULL,
     "From the prompt to the view; it never ends anything."},
    {"Esc", TERM_KEY_ESCAPE, 0, false, KEYS_WALKED, KEYS_BACK, NULL, NULL,
     "Closes what lies over the view, or ends a search."},
    {":", TERM_KEY_CHAR, ':', false, KEYS_WALKED, KEYS_TO_PROMPT, NULL, NULL,
     "Back to the prompt."},
    {"q", TERM_KEY_CHAR, 'q', false, KEYS_WALKED, KEYS_BACK, NULL, NULL,
     "As Esc; then back to the prompt."},
    {"Tab", TERM_KEY_TAB, 0, false, KEYS_NOT_PROMPT, KEYS_TO_NEXT, NULL, NULL,
     "To the next place: lesson, view, transcript."},
    {"Shift-Tab", TERM_KEY_BACKTAB, 0, false, KEYS_ANY, KEYS_TURN, NULL, NULL,
     "The lesson, or the view."},
    {"j", TERM_KEY_CHAR, 'j', false, KEYS_WALKED, KEYS_DOWN, NULL, NULL, "One row down."},
    {"Down", TERM_KEY_DOWN, 0, false, KEYS_WALKED, KEYS_DOWN, NULL, NULL, "One row down."},
    {"k", TERM_KEY_CHAR, 'k', false, KEYS_WALKED, KEYS_UP, NULL, NULL, "One row up."},
    {"Up", TERM_KEY_UP, 0, false, KEYS_WALKED, KEYS_UP, NULL, NULL, "One row up."},
    {"g", TERM_KEY_CHAR, 'g', false, KEYS_WALKED, KEYS_FIRST, NULL, NULL, "To the top."},
    {"Home", TERM_KEY_HOME, 0, false, KEYS_WALKED, KEYS_FIRST, NULL, NULL, "To the top."},
    {"G", TERM_KEY_CHAR, 'G', false, KEYS_WALKED, KEYS_LAST, NULL, NULL, "To the end."},
    {"End", TERM_KEY_END, 0, false, KEYS_WALKED, KEYS_LAST, NULL, NULL, "To the end."},
    {"Page Down", TERM_KEY_PAGE_DOWN, 0, false, KEYS_ANY | KEYS_WALL, KEYS_PAGE_DOWN, NULL, NULL,
     "A page down; from the prompt: in the transcript."},
    {"Page Up", TERM_KEY_PAGE_UP, 0, false, KEYS_ANY | KEYS_WALL, KEYS_PAGE_UP, NULL, NULL,
     "A page up; from the prompt: in the transcript."},
    {"Ctrl-F", TERM_KEY_CHAR, CTRL('F'), false, KEYS_NOT_PROMPT, KEYS_PAGE_DOWN, NULL, NULL,
     "A page down."},
    {"Ctrl-B", TERM_KEY_CHAR, CTRL('B'), false, KEYS_NOT_PROMPT, KEYS_PAGE_UP, NULL, NULL,
     "A page up."},
    {"/", TERM_KEY_CHAR, '/', false, KEYS_NOT_PROMPT, KEYS_SEARCH, NULL, "search",
     "Searches; in lists: shows only the rows that hold the text."},
    {"n", TERM_KEY_CHAR, 'n', false, KEYS_NOT_PROMPT, KEYS_SEARCH_NEXT, NULL, NULL,
     "The next place that holds it."},
    {"N", TERM_KEY_CHAR, 'N', false, KEYS_NOT_PROMPT, KEYS_SEARCH_BACK, NULL, NULL,
     "The one before."},
    {"Left", TERM_KEY_LEFT, 0, false, KEYS_VIEW, KEYS_EARLIER, NULL, NULL,
     "A comparison: a moment earlier."},
    {"Right", TERM_KEY_RIGHT, 0, false, KEYS_VIEW, KEYS_LATER, NULL, NULL,
     "A comparison: a moment later."},
    {"<", TERM_KEY_CHAR, '<', false, KEYS_VIEW, KEYS_MUCH_EARLIER, NULL, NULL,
     "A comparison: ten moments earlier."},
    {">", TERM_KEY_CHAR, '>', false, KEYS_VIEW, KEYS_MUCH_LATER, NULL, NULL,
     "A comparison: ten moments later."},
    {"b", TERM_KEY_CHAR, 'b', false, KEYS_VIEW | KEYS_NO_FILM, KEYS_BREAK, NULL, NULL,
     "What can break here: a menu that types lab inject-fault for the row."},
    {"*", TERM_KEY_CHAR, '*', false, KEYS_VIEW, KEYS_POINT, NULL, NULL,
     "Points at the row with a sign that stays while time runs; again: takes it away."},
    {"o", TERM_KEY_CHAR, 'o', false, KEYS_VIEW, KEYS_SORT, NULL, NULL,
     "Lists: ordered by the next column."},
    {"z", TERM_KEY_CHAR, 'z', false, KEYS_NOT_PROMPT, KEYS_ZOOM, NULL, "zoom",
     "This place alone, or all."},
    {"?", TERM_KEY_CHAR, '?', false, KEYS_WALKED, KEYS_HELP, NULL, NULL, "This help."},
    {"p", TERM_KEY_CHAR, 'p', false, KEYS_NOT_PROMPT, KEYS_PAUSE, NULL, NULL,
     "Lets time run, or stands it still."},
    {"Space", TERM_KEY_CHAR, ' ', false, KEYS_NOT_PROMPT, KEYS_PAUSE, NULL, NULL,
     "Lets time run, or stands it still."},
    {".", TERM_KEY_CHAR, '.', false, KEYS_NOT_PROMPT | KEYS_NO_FILM, KEYS_STEP, NULL, NULL,
     "One simulated second, then stands still."},
    {".", TERM_KEY_CHAR, '.', false, KEYS_NOT_PROMPT | KEYS_FILM, KEYS_STEP, NULL, NULL,
     "The rest of this line at once, then stands still."},
    {"+", TERM_KEY_CHAR, '+', false, KEYS_NOT_PROMPT, KEYS_FASTER, NULL, NULL,
     "Time runs faster, up to an hour a second."},
    {"-", TERM_KEY_CHAR, '-', false, KEYS_NOT_PROMPT, KEYS_SLOWER, NULL, NULL,
     "Time runs slower, down to as it is outside."},
    {"]", TERM_KEY_CHAR, ']', false, KEYS_NOT_PROMPT | KEYS_FILM, KEYS_CHAPTER_NEXT, NULL, NULL,
     "To the next chapter, a step or an error."},
    {"[", TERM_KEY_CHAR, '[', false, KEYS_NOT_PROMPT | KEYS_FILM, KEYS_CHAPTER_BACK, NULL, NULL,
     "To the chapter before."},
    {")", TERM_KEY_CHAR, ')', false, KEYS_NOT_PROMPT | KEYS_FILM, KEYS_LINE_NEXT, NULL, NULL,
     "To the next line."},
    {"(", TERM_KEY_CHAR, '(', false, KEYS_NOT_PROMPT | KEYS_FILM, KEYS_LINE_BACK, NULL, NULL,
     "Back to the line before."},
    {"t", TERM_KEY_CHAR, 't', false, KEYS_NOT_PROMPT | KEYS_FILM, KEYS_TYPE_ON, "goto ", NULL,
     "Types goto: to which time of the clock?"},
    {"Ctrl-L", TERM_KEY_CHAR, CTRL('L'), false, KEYS_ANY | KEYS_WALL, KEYS_REDRAW, NULL, NULL,
     "Draws the screen anew."},
    {"Enter", TERM_KEY_ENTER, 0, false, KEYS_WALL, KEYS_OPEN, NULL, "look",
     "Opens a copy of that learner's world; the learner is told."},
    {"s", TERM_KEY_CHAR, 's', false, KEYS_WALL, KEYS_TYPE, "say {} ", "say",
     "Types say, to that learner."},
    {"h", TERM_KEY_CHAR, 'h', false, KEYS_WALL, KEYS_TYPE, "hint {}", "hint",
     "Gives that learner the lesson's next hint."},
    {"l", TERM_KEY_CHAR, 'l', false, KEYS_WALL, KEYS_TYPE, "lower {}", "lower",
     "Takes that learner's hand down."},
    {"f", TERM_KEY_CHAR, 'f', false, KEYS_WALL, KEYS_TYPE, "freeze", "freeze",
     "Stops everybody's simulated time."},
    {"r", TERM_KEY_CHAR, 'r', false, KEYS_WALL, KEYS_TYPE, "release", "release",
     "Lets it run again."},
    {"b", TERM_KEY_CHAR, 'b', false, KEYS_WALL, KEYS_TYPE, "box ", "box",
     "Types box: minutes for everybody."},
    {"a", TERM_KEY_CHAR, 'a', false, KEYS_WALL, KEYS_TYPE, "say all ", "say all",
     "Types say, to everybody."},
    {"R", TERM_KEY_CHAR, 'R', false, KEYS_WALL, KEYS_TYPE, "reset {} ", "reset",
     "Types reset: to which step of the lesson?"},
    {"x", TERM_KEY_CHAR, 'x', false, KEYS_WALL, KEYS_TYPE, "faults {} ", "faults",
     "Types faults: a file with a fault plan."},
    {.label = NULL},
};

/* Capital letters for what cannot be taken back: those commands wait for Enter. */
const struct keys_command keys_commands[] = {
    {"i-", 0, true, "aws ec2 describe-instances --instance-ids {}", "describe"},
    {"i-", 'c', true, "aws ec2 get-console-output --instance-id {} --output text",
     "console output"},
    {"i-", 's', true,
     "aws ec2 describe-instance-status --include-all-instances --instance-ids {}", "status checks"},
    {"i-", 'a', false, "aws ec2 start-instances --instance-ids {}", "start"},
    {"i-", 'x', false, "aws ec2 stop-instances --instance-ids {}", "stop"},
    {"i-", 'r', false, "aws ec2 reboot-instances --instance-ids {}", "reboot"},
    {"i-", 'm', false, "aws ec2 create-image --instance-id {} --name ", "make an image"},
    {"i-", 'T', false, "aws ec2 terminate-instances --instance-ids {}", "terminate"},
    {"vol-", 0, true, "aws ec2 describe-volumes --volume-ids {}", "describe"},
    {"vol-", 's', false, "aws ec2 create-snapshot --volume-id {}", "snapshot"},
    {"vol-", 'D', false, "aws ec2 delete-volume --volume-id {}", "delete"},
    {"snap-", 0, true, "aws ec2 describe-snapshots --snapshot-ids {}", "describe"},
    {"snap-", 'D', false, "aws ec2 delete-snapshot --snapshot-id {}", "delete"},
    {"ami-", 0, true, "aws ec2 describe-images --image-ids {}", "describe"},
    {"ami-", 'l', false, "aws ec2 run-instances --instance-type t3.micro --image-id {}", "launch"},
    {"ami-", 'D', false, "aws ec2 deregister-image --image-id {}", "deregister"},
    {"sg-", 0, true, "aws ec2 describe-security-groups --group-ids {}", "describe"},
    {"subnet-", 0, true, "aws ec2 describe-subnets --subnet-ids {}", "describe"},
    {"vpc-", 0, true, "aws ec2 describe-vpcs --vpc-ids {}", "describe"},
    {"h-", 0, true, "lab describe-hosts --host-ids {}", "describe"},
    {":targetgroup/", 0, true, "aws elbv2 describe-target-health --target-group-arn {}",
     "target health"},
    {":targetgroup/", 'm', true,
     "aws elbv2 describe-target-group-attributes --target-group-arn {}", "attributes"},
    {":targetgroup/", 'D', false, "aws elbv2 delete-target-group --target-group-arn {}", "delete"},
    {":loadbalancer/", 0, true, "aws elbv2 describe-load-balancers --load-balancer-arns {}",
     "describe"},
    {":loadbalancer/", 'D', false, "aws elbv2 delete-load-balancer --load-balancer-arn {}",
     "delete"},
    {":listener/", 0, true, "aws elbv2 describe-listeners --listener-arns {}", "describe"},
    {":listener/", 'D', false, "aws elbv2 delete-listener --listener-arn {}", "delete"},
    {.prefix = NULL},
};
