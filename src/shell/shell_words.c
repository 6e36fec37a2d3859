/*
 * shell/shell_words.c - the shell's own words: echo, export, help, explain, files, scripts,
 * aliases, time, branches, quit.
 *
 * Their owner is the struct shell.  The lines of history are the screen's; what is saved here
 * belongs to the branch.
 */
#include "shell/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/expand.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "api/explain.h"
#include "api/path_advice.h"
#include "api/help.h"
#include "shell/journal.h"
#include "shell/fault_plan.h"
#include "shell/outside.h"
#include "shell/ssh.h"
#include "shell/typed.h"
#include "sim/clock.h"

static struct session *session_of(const struct word_call *call)
{
    return ((struct shell *)call->owner)->session;
}

static int say(const struct word_call *call, const char *problem)
{
    str_addf(call->io.err, "%s: %s\n", call->words[0], problem);
    return EXIT_OTHER;
}

static int usage(const struct word_call *call, const char *how)
{
    str_addf(call->io.err, "usage: %s\n", how);
    return EXIT_USAGE;
}

/* ---- text and variables ---- */

static int word_echo(struct word_call *call)
{
    for (size_t i = 1; i < call->count; i++)
        str_addf(call->io.out, "%s%s", i == 1 ? "" : " ", call->words[i]);
    str_addc(call->io.out, '\n');
    return 0;
}

/* Whether the first bytes of a word are what a shell allows as a variable's name. */
static bool is_name(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        bool letter = c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return length > 0;
}

static int say_no_name(const struct word_call *call, const char *text)
{
    str_addf(call->io.err, "%s: `%s': not a valid identifier\n", call->words[0], text);
    return 1;
}

/* export NAME=value, or export NAME: here every variable is seen by every command. */
static int word_export(struct word_call *call)
{
    struct str why = STR_INIT;
    int status = 0;

    for (size_t i = 1; i < call->count && status == 0; i++) {
        size_t length = strcspn(call->words[i], "=");
        char *name = xstrndup(call->words[i], length);

        if (!is_name(name, length))
            status = say_no_name(call, call->words[i]);
        else if (call->words[i][length] == '=' &&
                 session_set_variable(session_of(call), name, call->words[i] + length + 1, &why) !=
                     0)
            status = say(call, str_text(&why));
        free(name);
    }
    str_release(&why);
    return status;
}

static int word_unset(struct word_call *call)
{
    struct str why = STR_INIT;
    int status = 0;

    for (size_t i = 1; i < call->count && status == 0; i++) {
        if (!is_name(call->words[i], strlen(call->words[i])))
            status = say_no_name(call, call->words[i]);
        else if (session_set_variable(session_of(call), call->words[i], NULL, &why) != 0)
            status = say(call, str_text(&why));
    }
    str_release(&why);
    return status;
}

static int word_true(struct word_call *call)
{
    (void)call;
    return 0;
}

static int word_false(struct word_call *call)
{
    (void)call;
    return 1;
}

/* ---- help ---- */

static void help_words(struct shell *shell, struct str *out)
{
    for (size_t i = 0; i < shell->table_count; i++) {
        for (const struct word *word = shell->tables[i].words; word->name != NULL; word++)
            str_addf(out, "  %-10s %s\n", word->name, word->doc);
    }
}

static int word_help(struct word_call *call)
{
    struct shell *shell = call->owner;
    struct str text = STR_INIT;
    const struct word *word;
    void *owner;

    if (call->count > 1 && service_find(call->words[1]) != NULL)
        return command_run(call->commander, strcmp(call->words[1], "lab") == 0 ? "lab" : "aws",
                           (const char *const[]){call->words[1], "help"} +
                               (strcmp(call->words[1], "lab") == 0),
                           strcmp(call->words[1], "lab") == 0 ? 1 : 2, &call->io);
    if (call->count > 1) {
        word = shell_word_find(shell, call->words[1], &owner);
        if (word == NULL)
            return say(call, "no such word; `help` alone lists them, `aws help` the services");
        str_addf(call->io.out, "%s\n  %s\n", word->synopsis, word->doc);
        return 0;
    }
    str_add(&text, "Type AWS CLI commands; the cloud they drive is inside this program.\n\n"
                   "  aws SERVICE OPERATION --option value ...  `aws help` lists the services\n"
                   "  lab OPERATION --option value ...          what this console adds: `lab "
                   "help`\n\n");
    help_words(shell, &text);
    commander_page(call->commander, "help", &text, call->io.out);
    str_release(&text);
    return 0;
}

/* Where silence or a refusal came from the network, the place that it came from as well. */
static void explain_last(const struct session *session, const char *message, struct str *out)
{
    static const char *const of_network[] = {"curl: (7)", "curl: (28)", "Connection refused",
                                             "Connection timed out"};

    explain_refusal(session->last_fault, message, out);
    for (size_t i = 0; i < sizeof(of_network) / sizeof(of_network[0]); i++) {
        if (strstr(message, of_network[i]) != NULL) {
            path_advice_add(session->world, out);
            return;
        }
    }
}

/* explain: the last refusal; explain CODE: any. */
static int word_explain(struct word_call *call)
{
    const struct session *session = session_of(call);
    const char *message = str_text(&session->last_message);

    if (call->count > 2)
        return usage(call, "explain [CODE]");
    if (call->count == 2)
        return explain_code(call->words[1], call->io.out, call->io.err) ? 0 : EXIT_OTHER;
    if (session->last_fault != NULL || message[0] != '\0')
        explain_last(session, message, call->io.out);
    else
        str_add(call->io.out,
                "Nothing has gone wrong yet. After an error, `explain` says why it is so and what "
                "to try;\n`explain CODE` does for any code (Tab lists them).\n");
    return 0;
}

/* ---- files of the branch ---- */

static int word_cat(struct word_call *call)
{
    if (call->count < 2)
        return usage(call, "cat FILE...");
    for (size_t i = 1; i < call->count; i++) {
        const struct branch_file *file =
            variables_file_find(&session_of(call)->variables, call->words[i]);

        if (file == NULL) {
            str_addf(call->io.err, "cat: %s: No such file in this branch (`ls` lists them)\n",
                     call->words[i]);
            return 1;
        }
        str_addn(call->io.out, file->bytes.bytes, file->bytes.size);
    }
    return 0;
}

static int word_ls(struct word_call *call)
{
    const struct table *files = &session_of(call)->variables.files;

    for (uint32_t i = 0; i < table_count(files); i++)
        str_addf(call->io.out, "%s\n", ((const struct branch_file *)table_at(files, i))->name);
    return 0;
}

static int write_file(const char *path, const struct blob *blob, struct str *why)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    size_t done = 0;

    while (fd >= 0 && done < blob->size) {
        ssize_t wrote = write(fd, blob->bytes + done, blob->size - done);

        if (wrote < 0 && errno != EINTR)
            break;
        done += wrote < 0 ? 0 : (size_t)wrote;
    }
    if (fd < 0 || done < blob->size || close(fd) != 0) {
        str_addf(why, "%s: %s", path, strerror(errno));
        return -1;
    }
    return 0;
}

/* save FILE [PATH]: a file of the branch goes to the folder; an existing file there is never
 * overwritten. */
static int word_save(struct word_call *call)
{
    const struct branch_file *file;
    struct str why = STR_INIT;
    int status = 0;

    if (call->count < 2 || call->count > 3)
        return usage(call, "save FILE [PATH]");
    file = variables_file_find(&session_of(call)->variables, call->words[1]);
    if (file == NULL)
        return say(call, "no such file in this branch (`ls` lists them)");
    if (write_file(call->words[call->count - 1], &file->bytes, &why) != 0)
        status = say(call, str_text(&why));
    str_release(&why);
    return status;
}

/* ---- scripts ---- */

/* The script of that name, owned: a file of the branch (`brought` is set), else one of the folder.
 * NULL with a sentence. */
static char *find_script(const struct session *session, const char *name, bool *brought,
                         struct str *why)
{
    const struct branch_file *file = variables_file_find(&session->variables, name);

    *brought = file != NULL;
    if (file != NULL && memchr(file->bytes.bytes, '\0', file->bytes.size) != NULL)
        str_addf(why, "%s: a zero byte is no text", name);
    else if (file != NULL)
        return xstrndup(file->bytes.bytes, file->bytes.size);
    else if (!session_is_person(session))
        str_addf(why, "%s: No such file in this branch (`ls` lists them)", name);
    else
        return outside_script(name, false, why);
    return NULL;
}

static int run_script(struct word_call *call, const char *text, bool brought)
{
    struct shell *shell = call->owner;
    bool short_aws = shell->short_aws;
    int status;

    shell->stop_told = shell->stop_told && shell->scripts > 0;
    shell->short_aws = false;
    shell->scripts++;
    shell->session->brought += brought;
    status = shell_run(shell, text, true, &call->io);
    shell->session->brought -= brought;
    shell->scripts--;
    shell->short_aws = short_aws;
    if (shell->stopped != 0 && !shell->stop_told && status != EXIT_INTERRUPTED) {
        str_addf(call->io.err, "source: %s: line %u failed (exit code %d); what follows was not "
                               "run\n",
                 call->words[1], shell->stopped, status);
        shell->stop_told = true;
    }
    return status;
}

/* source FILE: its lines, in this session, up to the first that fails. */
static int word_source(struct word_call *call)
{
    const struct shell *shell = call->owner;
    struct str why = STR_INIT;
    bool brought;
    char *text;
    int status;

    if (call->count != 2)
        return usage(call, "source FILE");
    if (shell->scripts == SHELL_SCRIPTS_MAX)
        return say(call, "more than 16 scripts within one another; does one run itself?");
    text = find_script(shell->session, call->words[1], &brought, &why);
    status = text == NULL ? say(call, str_text(&why)) : run_script(call, text, brought);
    free(text);
    str_release(&why);
    return status;
}

static void show_alias(const struct typed_alias *alias, struct str *out)
{
    str_addf(out, "alias %s=", alias->name);
    expand_quote(out, alias->words);
    str_addc(out, '\n');
}

static int no_aliases(const struct word_call *call)
{
    say(call, "aliases are for the prompt; a script says its words in full");
    return EXIT_USAGE;
}

/* alias; alias NAME; alias NAME='WORDS'. */
static int word_alias(struct word_call *call)
{
    struct typed *typed = ((struct shell *)call->owner)->typed;
    int status = 0;

    if (typed == NULL || session_of(call)->brought != 0)
        return no_aliases(call);
    for (uint32_t i = 0; i < typed->aliases.count && call->count == 1; i++)
        show_alias(&typed->aliases.items[i], call->io.out);
    for (size_t i = 1; i < call->count && status == 0; i++) {
        const char *equals = strchr(call->words[i], '=');
        char *name = xstrndup(call->words[i], strcspn(call->words[i], "="));
        struct str why = STR_INIT;

        if (equals != NULL && typed_set(typed, name, equals + 1, &why) != 0)
            status = say(call, str_text(&why));
        else if (equals == NULL && typed_find(typed, name) == NULL)
            status = say(call, "no such alias; `alias` lists them");
        else if (equals == NULL)
            show_alias(&(struct typed_alias){name, (char *)(uintptr_t)typed_find(typed, name)},
                       call->io.out);
        free(name);
        str_release(&why);
    }
    return status;
}

static int word_unalias(struct word_call *call)
{
    struct typed *typed = ((struct shell *)call->owner)->typed;
    struct str why = STR_INIT;
    int status = 0;

    if (typed == NULL || session_of(call)->brought != 0)
        return no_aliases(call);
    if (call->count < 2)
        return usage(call, "unalias NAME...");
    for (size_t i = 1; i < call->count && status == 0; i++) {
        if (typed_find(typed, call->words[i]) == NULL)
            status = say(call, "no such alias; `alias` lists them");
        else if (typed_set(typed, call->words[i], NULL, &why) != 0)
            status = say(call, str_text(&why));
    }
    str_release(&why);
    return status;
}

/* ---- time ---- */

static int word_sleep(struct word_call *call)
{
    char *end = NULL;
    long seconds = call->count == 2 ? strtol(call->words[1], &end, 10) : -1;

    if (seconds < 0 || seconds > 366L * 86400 || end == call->words[1] || *end != '\0')
        return usage(call, "sleep SECONDS   (simulated; up to a year)");
    return commander_advance(call->commander,
                             call->commander->caller.world->sim.now + seconds * SECOND_NS,
                             "sleep") == 0
               ? 0
               : EXIT_INTERRUPTED;
}

/* ---- branches ---- */

static int word_branches(struct word_call *call)
{
    const struct session *session = session_of(call);
    const struct store_branch *current;

    if (session->store == NULL)
        return say(call, session_no_branches);
    current = store_branch_current(session->store);
    for (size_t i = 0; i < store_branch_count(session->store); i++) {
        const struct store_branch *branch = store_branch_at(session->store, i);
        char time[CLOCK_TEXT_SIZE];

        str_addf(call->io.out, "%c %lld  %-20s rows %lld  begun %s\n",
                 branch == current ? '*' : ' ', (long long)branch->id, branch->name,
                 (long long)branch->head_seq, clock_format(branch->created, CLOCK_Z, time));
    }
    return 0;
}

static int go(struct word_call *call, const char *name, int64_t seq)
{
    struct str why = STR_INIT;
    int status = session_fork(session_of(call), name, seq, &why);
    char time[CLOCK_TEXT_SIZE];

    if (status != 0)
        status = say(call, str_text(&why));
    else
        str_addf(call->io.out, "now on branch %s, at %s; nothing is lost (`branches`)\n", name,
                 clock_format(session_of(call)->world->sim.now, CLOCK_Z, time));
    str_release(&why);
    return status;
}

static int word_fork(struct word_call *call)
{
    struct session *session = session_of(call);
    struct str why = STR_INIT;

    if (call->count != 2)
        return usage(call, "fork NAME");
    /* "From here" is this moment, not the last one that the journal knows of. */
    if (session_save_time(session, &why) != 0) {
        say(call, str_text(&why));
        str_release(&why);
        return EXIT_OTHER;
    }
    return go(call, call->words[1], session_seq(session));
}

static int word_rewind(struct word_call *call)
{
    char *end = NULL;
    long long row = call->count == 2 ? strtoll(call->words[1], &end, 10) : 0;
    struct arena arena = ARENA_INIT;
    int status;

    if (call->count != 2 || end == call->words[1] || *end != '\0')
        return usage(
            call,
            "rewind ROW   (`rewind -3`: three rows back; `branches` shows how many there are)");
    if (row < 0)
        row += session_seq(session_of(call));
    status = go(call, arena_printf(&arena, "rewound-to-%lld", row), row);
    arena_release(&arena);
    return status;
}

/* The row before the last change.  That time passed is no change, and a line such as `I=$(...)`
 * leaves two rows of one moment: the call, and the variable with its answer.  -1: nothing. */
static int64_t before_last_change(struct session *session)
{
    const struct store_branch *branch =
        session->store == NULL ? NULL : store_branch_current(session->store);
    struct store_journal *journal =
        branch == NULL || branch->head_seq == 0
            ? NULL
            : store_journal_open(session->store, branch->id, 1, branch->head_seq);
    struct store_entry entry;
    int64_t before = -1;
    int64_t called_at = -1; /* when the row before was a call: its time */

    while (journal != NULL && store_journal_next(journal, &entry)) {
        bool kept = entry.kind == JOURNAL_VARIABLE && entry.sim_time == called_at;

        if (entry.kind != JOURNAL_CLOCK && entry.kind != JOURNAL_ARRIVAL && !kept)
            before = entry.seq - 1;
        called_at = entry.kind == JOURNAL_CALL ? entry.sim_time : -1;
    }
    if (journal != NULL && store_journal_close(journal) != STORE_OK)
        return -1;
    return before;
}

static int word_undo(struct word_call *call)
{
    struct session *session = session_of(call);
    int64_t before = before_last_change(session);

    if (session->store != NULL && session->prepared > 0 && before < session->prepared)
        return say(call, "nothing has been changed yet since the lesson prepared this");
    if (before < 0 && session->store != NULL)
        return say(call, "nothing has been changed yet on this branch");
    return go(call, "undone", before);
}

static int word_switch(struct word_call *call)
{
    char *end = NULL;
    long long branch = call->count == 2 ? strtoll(call->words[1], &end, 10) : 0;
    struct str why = STR_INIT;
    int status = 0;

    if (call->count != 2 || end == call->words[1] || *end != '\0')
        return usage(call, "switch BRANCH   (its number, from `branches`)");
    if (session_switch(session_of(call), branch, &why) != 0)
        status = say(call, str_text(&why));
    str_release(&why);
    return status;
}

static int word_quit(struct word_call *call)
{
    ((struct shell *)call->owner)->quit = true;
    return 0;
}

const struct word shell_words[] = {
    {"help", "help [WORD]", "Lists what can be typed, or says more about one word.", word_help},
    {"explain", "explain [CODE]", "Says why the last error came, or what a code means.",
     word_explain},
    {"sleep", "sleep SECONDS", "Lets simulated seconds pass: lab advance.", word_sleep},
    {"echo", "echo TEXT...", "Prints its words.", word_echo},
    {"export", "export NAME=VALUE", "Sets a variable; every command sees every variable.",
     word_export},
    {"unset", "unset NAME...", "Forgets variables.", word_unset},
    {"ls", "ls", "Lists the files of this branch, which file://NAME finds.", word_ls},
    {"cat", "cat FILE...", "Shows a file of this branch.", word_cat},
    {"save", "save FILE [PATH]", "Writes a file of this branch into the folder.", word_save},
    {"source", "source FILE", "Runs a script's lines here, up to the first that fails.",
     word_source},
    {"alias", "alias [NAME[='WORDS']]...",
     "Sets short names for what you type often, or lists them.", word_alias},
    {"unalias", "unalias NAME...", "Forgets aliases.", word_unalias},
    {"ssh", "ssh [-i FILE] USER@HOST [COMMAND]",
     "Goes into an instance: lab send-request to port 22, then lab run-command.", ssh_run},
    {"fault-plan", "fault-plan [save FILE | run FILE | check FILE]",
     "Shows what is broken and what waits as lab inject-fault lines; keeps them, or runs a file.",
     fault_plan_word},
    {"branches", "branches", "Lists the branches of this session.", word_branches},
    {"fork", "fork NAME", "Begins a branch from here and goes to it.", word_fork},
    {"undo", "undo", "Goes back before the last change, on a new branch: nothing is lost.",
     word_undo},
    {"rewind", "rewind ROW", "Goes back to a row of the journal, on a new branch.", word_rewind},
    {"switch", "switch BRANCH", "Goes to another branch.", word_switch},
    {"true", "true", "Does nothing, successfully.", word_true},
    {"false", "false", "Does nothing, and fails.", word_false},
    {"quit", "quit", "Ends; everything is kept.", word_quit},
    {NULL, NULL, NULL, NULL},
};
