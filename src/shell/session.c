/*
 * shell/session.c - a session at work: one world, the file that keeps it, and how time passes.
 *
 * Owns    the world and the store.  The journal's rows are read and written in shell/journal.c.
 * Moves   opened -> (row committed)* -> closed.  A row that cannot be committed puts the world back
 * (session_restore).
 *
 * Checkpoints are written between commands, a slice at a time: session_idle() packs the state once,
 * which takes a few milliseconds, and then hands the store one slice a call.
 */
#include "shell/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"
#include "api/condition.h"
#include "shell/journal.h"
#include "sim/clock.h"
#include "store/class_folder.h"

enum { LINES_WAITING_MAX = 64 };

static const char setting_learner[] = "class.name";
static const char restore_failed[] =
    "the session file cannot be read back; nothing more can be done here";

/* ---- settings that live in variables ---- */

static const char *const variable_region = "AWS_REGION";
static const char *const variable_region_default = "AWS_DEFAULT_REGION";
static const char *const variable_profile = "AWS_PROFILE";
static const char *const variable_output = "AWS_DEFAULT_OUTPUT";
static const char *const variable_error_format = "AWS_CLI_ERROR_FORMAT";

/* NULL when it is not set, or empty. */
static const char *setting(const struct session *session, const char *name, bool outside)
{
    const char *value = variables_find(&session->variables, name);

    if (value == NULL && outside && session->environment != NULL)
        value = session->environment(name);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

static bool is_lesson(const struct session *session)
{
    const struct store_branch *branch =
        session->store == NULL ? NULL : store_branch_current(session->store);

    return branch == NULL ? !session->person : branch->lesson[0] != '\0';
}

/* Brings the commander in line with the variables.  Where commands go is no matter of the
 * environment in a lesson: it is the same for everybody. */
static void apply_settings(struct session *session)
{
    struct commander *commander = &session->commander;
    bool outside = !is_lesson(session);
    const char *region = setting(session, variable_region, outside);
    const char *profile = setting(session, variable_profile, outside);
    const char *output = setting(session, variable_output, true);
    int found;

    if (region == NULL)
        region = setting(session, variable_region_default, outside);
    found = region == NULL ? -1 : catalog_region_find(session->catalog, region);
    commander->region = region; /* one that is none is refused when a command needs it */
    commander->profile = profile;
    commander->caller.world = session->world;
    commander->caller.region = found < 0 ? session->world->region : (uint8_t)found;
    commander->caller.account = ACCOUNT_LEARNER;
    if (profile != NULL)
        commander_profile(session->world, profile, &commander->caller.account);
    commander->error_format = setting(session, variable_error_format, true);
    commander->output = OUTPUT_JSON;
    commander->output_wrong =
        output != NULL && output_parse_name(output, &commander->output) != 0 ? output : NULL;
}

const char *session_variable(const struct session *session, const char *name)
{
    return variables_find(&session->variables, name);
}

/* ---- committing ---- */

/* Puts the state of the current branch in place of the present one, which stays if that fails. */
static int restore(struct session *session, struct str *why)
{
    struct journal_state old = {.world = session->world, .variables = session->variables};
    struct journal_state state;
    uint32_t redone;

    if (journal_restore(session->catalog, session->store, &state, &redone, why) != 0)
        return -1;
    journal_state_release(&old);
    session->world = state.world;
    session->variables = state.variables;
    session->saved_time = state.world->sim.now;
    session->rows_unsaved = redone;
    session->events_saved = 0;
    return 0;
}

/* Puts the world back to what the file holds. */
static void put_back(struct session *session, struct str *why)
{
    struct str problem = STR_INIT;

    if (restore(session, &problem) != 0)
        str_addf(why, "; %s (%s)", restore_failed, str_text(&problem));
    apply_settings(session);
    str_release(&problem);
}

static void forget_lines(struct session *session)
{
    for (uint32_t i = 0; i < session->lines.items.count; i++)
        str_release(&session->lines.items.items[i]);
    LIST_RELEASE(&session->lines.items);
}

enum store_status session_commit(struct session *session, struct store_row *rows, size_t count)
{
    struct session_lines *lines = &session->lines;
    struct store_row *all = xcalloc(count + lines->items.count + 1, sizeof(*all));
    enum store_status status;

    if (count > 0)
        memcpy(all + lines->items.count, rows, count * sizeof(*rows));
    for (uint32_t i = 0; i < lines->items.count; i++)
        all[i] = (struct store_row){
            .type = STORE_HISTORY,
            .bytes = str_text(&lines->items.items[i]),
            .size = lines->items.items[i].length,
        };
    status = store_commit(session->store, all, count + lines->items.count);
    if (status == STORE_OK) {
        if (count > 0)
            memcpy(rows, all + lines->items.count, count * sizeof(*rows)); /* what came out */
        forget_lines(session);
        session->wrote = true;
    }
    free(all);
    return status;
}

static int commit_rows(struct session *session, struct store_row *rows, size_t count,
                       struct str *why)
{
    if (session->store == NULL)
        return 0;
    if (session_commit(session, rows, count) != STORE_OK) {
        str_addf(why, "not done, because it could not be saved: %s", store_message(session->store));
        put_back(session, why);
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        if (rows[i].type != STORE_JOURNAL)
            continue;
        session->row_seq = rows[i].seq;
        session->row_branch = rows[i].branch;
        session->saved_time = rows[i].sim_time;
        session->rows_unsaved++;
    }
    return 0;
}

static int commit_journal(struct session *session, enum journal_kind kind,
                          const struct str *payload, struct str *why)
{
    struct store_row row = {
        .type = STORE_JOURNAL,
        .kind = kind,
        .sim_time = session->world->sim.now,
        .bytes = str_text(payload),
        .size = payload->length,
    };

    return commit_rows(session, &row, 1, why);
}

/* struct commander's commit. */
static int commit_call(void *context, const struct command_record *record, struct str *why)
{
    struct session *session = context;
    struct str payload = STR_INIT;
    int status;

    if (session->store == NULL)
        return 0;
    journal_write_call(&payload, record);
    status = commit_journal(session, JOURNAL_CALL, &payload, why);
    str_release(&payload);
    return status;
}

int session_save_time(struct session *session, struct str *why)
{
    struct str nothing = STR_INIT;

    if (session->store == NULL || session->saved_time == session->world->sim.now)
        return 0;
    return commit_journal(session, JOURNAL_CLOCK, &nothing, why);
}

int session_set_variable(struct session *session, const char *name, const char *value,
                         struct str *why)
{
    struct str payload = STR_INIT;
    int status;

    if (str_equal(variables_find(&session->variables, name), value))
        return 0;
    variables_set(&session->variables, name, value);
    journal_write_variable(&payload, name, value);
    status = commit_journal(session, JOURNAL_VARIABLE, &payload, why);
    str_release(&payload);
    apply_settings(session);
    return status;
}

int session_set_file(struct session *session, const char *name, const char *bytes, size_t size,
                     struct str *why)
{
    struct str payload = STR_INIT;
    int status;

    variables_file_set(&session->variables, name, bytes, size);
    journal_write_file(&payload, name, bytes, size);
    status = commit_journal(session, JOURNAL_FILE, &payload, why);
    str_release(&payload);
    return status;
}

static int commit_settings(struct session *session, const char *arrival,
                           const struct session_setting *settings, size_t count, struct str *why)
{
    struct store_row rows[1 + SESSION_SETTINGS_MAX];
    size_t used = 0;

    if (arrival != NULL)
        rows[used++] = (struct store_row){
            .type = STORE_JOURNAL,
            .kind = JOURNAL_ARRIVAL,
            .sim_time = session->world->sim.now,
            .bytes = arrival,
            .size = strlen(arrival),
        };
    for (size_t i = 0; i < count && i < SESSION_SETTINGS_MAX; i++)
        rows[used++] = (struct store_row){
            .type = STORE_SETTING,
            .key = settings[i].key,
            .bytes = settings[i].value,
            .size = settings[i].value == NULL ? 0 : strlen(settings[i].value),
        };
    return commit_rows(session, rows, used, why);
}

int session_add_arrival(struct session *session, const char *text,
                        const struct session_setting *settings, size_t count, struct str *why)
{
    return commit_settings(session, text, settings, count, why);
}

int session_set_settings(struct session *session, const struct session_setting *settings,
                         size_t count, struct str *why)
{
    return commit_settings(session, NULL, settings, count, why);
}

void session_acknowledge(struct session *session)
{
    if (session->store != NULL && session->row_seq > 0)
        store_acknowledge(session->store, session->row_branch, session->row_seq);
}

struct logbook_place session_place(const struct session *session)
{
    const struct store_branch *branch =
        session->store == NULL ? NULL : store_branch_current(session->store);

    return (struct logbook_place){
        .branch = branch == NULL ? 0 : branch->id,
        .seq = branch == NULL ? 0 : branch->head_seq,
        .time = session->world->sim.now,
    };
}

void session_note_line(struct session *session, const char *line,
                       const struct logbook_place *before, int status)
{
    struct logbook_entry entry = {
        .line = (char *)(uintptr_t)line, /* only read */
        .before = *before,
        .after = session_place(session),
        .wall_ms = session->wall == NULL ? 0 : session->wall(),
        .status = status,
        .instructed = session->instructed,
    };

    if (session->store == NULL || store_is_read_only(session->store))
        return;
    logbook_write_line(LIST_PUSH(&session->lines.items), &entry);
    if (session->lines.items.count >= LINES_WAITING_MAX)
        session_commit(session, NULL, 0);
}

int64_t session_seq(const struct session *session)
{
    const struct store_branch *branch =
        session->store == NULL ? NULL : store_branch_current(session->store);

    return branch == NULL ? 0 : branch->head_seq;
}

/* ---- time ---- */

/* Runs everything up to `until` in the session's world or a copy, looking up between slices. */
static int advance_slices(struct session *session, struct world *world, int64_t until,
                          const char *what)
{
    int64_t reached = world_advance(world, until, SESSION_SLICE_EVENTS);

    while (reached < until || sim_is_due(&world->sim, until)) {
        if (session->hooks.waiting != NULL &&
            session->hooks.waiting(session->hooks.context, what, until) != 0)
            return -1;
        reached = world_resume(world, until, SESSION_SLICE_EVENTS);
    }
    return 0;
}

int session_advance(struct session *session, int64_t until, const char *what)
{
    struct world *world = session->world;

    if (world->sim.now < until && session->hooks.waiting != NULL &&
        session->hooks.waiting(session->hooks.context, what, until) != 0)
        return -1;
    while (session->watched && session->hooks.second != NULL && world->sim.now < until) {
        int64_t next = (world->sim.now / SECOND_NS + 1) * SECOND_NS;

        if (next > until)
            break;
        if (advance_slices(session, world, next, what) != 0)
            return -1;
        session->hooks.second(session->hooks.context);
        if (session->hooks.waiting != NULL &&
            session->hooks.waiting(session->hooks.context, what, until) != 0)
            return -1;
    }
    return advance_slices(session, world, until, what);
}

static int commander_passes(void *context, struct world *world, int64_t until, const char *what)
{
    struct session *session = context;

    if (session->hooks.waiting != NULL &&
        session->hooks.waiting(session->hooks.context, what, until) != 0)
        return -1;
    return advance_slices(session, world, until, what);
}

static int commander_advances(void *context, int64_t until, const char *what)
{
    return session_advance(context, until, what);
}

/* ---- files ---- */

bool session_is_person(const struct session *session)
{
    return session->person && session->brought == 0;
}

/* struct file_source's read: the branch's own files, then, for a person's line, the folder. */
static char *read_file(void *context, const char *path, size_t *size, struct str *reason)
{
    const struct session *session = context;
    const struct branch_file *file = variables_file_find(&session->variables, path);
    char *bytes;

    if (file == NULL)
        return session_is_person(session)
                   ? journal_read_folder(path, size, reason)
                   : (str_addf(reason, "[Errno 2] No such file or directory: '%s'", path), NULL);
    *size = file->bytes.size;
    bytes = xmalloc(*size + 1);
    memcpy(bytes, file->bytes.bytes, *size);
    bytes[*size] = '\0';
    return bytes;
}

/* struct commander's keep_file. */
static int keep_file(void *context, const char *name, const char *bytes, size_t size,
                     struct str *why)
{
    return session_set_file(context, name, bytes, size, why);
}

/* struct commander's refused. */
static void remember_refusal(void *context, const struct fault_kind *kind, const char *message)
{
    struct session *session = context;

    session->last_fault = kind;
    session->refusals++;
    str_clear(&session->last_message);
    str_add(&session->last_message, message);
}

/* struct commander's answered.  Only lessons ask for it later. */
static void remember_answer(void *context, const struct op *op, struct answer *answer)
{
    struct session *session = context;

    if (!session->watched)
        return;
    json_decref(session->last_answer);
    session->last_write = op;
    session->last_answer = json_incref(answer_json(answer));
}

/* ---- checkpoints ---- */

static void checkpoint_begin(struct session *session)
{
    const struct store_branch *branch = store_branch_current(session->store);
    struct journal_state state = {.world = session->world, .variables = session->variables};

    str_clear(&session->state);
    journal_pack(&state, &session->state);
    session->checkpoint = (struct store_checkpoint){
        .branch = branch->id,
        .seq = branch->head_seq,
        .state = str_text(&session->state),
        .size = session->state.length,
    };
    session->checkpointing = true;
    session->rows_unsaved = 0;
    session->events_saved = session->world->sim.events_run;
}

/* The state is saved as after a row, so time that no row knows of yet is given one first. */
static bool checkpoint_due(struct session *session)
{
    struct str why = STR_INIT;
    uint64_t events = session->world->sim.events_run - session->events_saved;
    bool due = (session->rows_unsaved >= SESSION_CHECKPOINT_COMMANDS ||
                events >= SESSION_CHECKPOINT_EVENTS) &&
               session_save_time(session, &why) == 0;

    str_release(&why);
    return due;
}

bool session_idle(struct session *session)
{
    bool done = false;

    if (session->store == NULL || store_is_read_only(session->store))
        return false;
    if (!session->checkpointing) {
        if (!checkpoint_due(session)) {
            store_idle(session->store);
            return false;
        }
        checkpoint_begin(session);
    }
    if (store_checkpoint_step(session->store, &session->checkpoint, &done) != STORE_OK || done) {
        session->checkpointing = false;
        str_release(&session->state);
        if (done)
            store_checkpoint_thin(session->store, session->checkpoint.branch);
    }
    return session->checkpointing;
}

/* ---- branches ---- */

static void checkpoint_abandon(struct session *session)
{
    session->checkpointing = false;
    str_release(&session->state);
}

/* Reads the current branch's state back. */
static int load_current(struct session *session, struct str *why)
{
    checkpoint_abandon(session);
    if (restore(session, why) != 0)
        return -1;
    apply_settings(session);
    return 0;
}

const char session_no_branches[] =
    "this session is in memory only, and so it has no branches; one in a file (--session FILE) has";

static int change_branch(struct session *session, struct store_row row, struct str *why)
{
    if (session->store == NULL) {
        str_add(why, session_no_branches);
        return -1;
    }
    if (session_save_time(session, why) != 0)
        return -1;
    if (session_commit(session, &row, 1) != STORE_OK) {
        str_add(why, store_message(session->store));
        return -1;
    }
    return load_current(session, why);
}

int session_fork(struct session *session, const char *name, int64_t seq, struct str *why)
{
    const struct store_branch *from =
        session->store == NULL ? NULL : store_branch_current(session->store);
    struct store_begin begin = {
        .name = name,
        .lesson = from == NULL ? "" : from->lesson,
        .region = from == NULL ? "" : from->region,
        .seed = session->world->seed,
        .parent = from == NULL ? 0 : from->id,
        .parent_seq = seq,
        .created = session->world->sim.now,
    };

    if (from != NULL && (seq < 0 || seq > from->head_seq)) {
        str_addf(why, "there is no row %lld: this branch has rows 0 to %lld", (long long)seq,
                 (long long)from->head_seq);
        return -1;
    }
    return change_branch(session, (struct store_row){.type = STORE_BRANCH, .begun = &begin}, why);
}

int session_begin(struct session *session, const struct store_begin *begin, struct str *why)
{
    if (session->store == NULL) { /* in memory the new world takes the old one's place */
        int region = catalog_region_find(session->catalog, begin->region);

        world_free(session->world);
        session->world =
            world_new(session->catalog, begin->seed, (uint8_t)(region < 0 ? 0 : region));
        condition_wire(session->world);
        variables_release(&session->variables);
        session->person = session->person && (begin->lesson == NULL || *begin->lesson == '\0');
        apply_settings(session);
        return 0;
    }
    return change_branch(session, (struct store_row){.type = STORE_BRANCH, .begun = begin}, why);
}

int session_switch(struct session *session, int64_t branch, struct str *why)
{
    if (session->store != NULL && store_branch_find(session->store, branch) == NULL) {
        str_addf(why, "there is no branch %lld", (long long)branch);
        return -1;
    }
    return change_branch(session, (struct store_row){.type = STORE_CURRENT, .branch = branch}, why);
}

void session_keep(const struct session *session, struct str *state)
{
    struct journal_state kept = {.world = session->world, .variables = session->variables};

    journal_pack(&kept, state);
}

/* The state takes the place of what there is. */
static void take_state(struct session *session, const struct journal_state *state)
{
    struct journal_state old = {.world = session->world, .variables = session->variables};

    journal_state_release(&old);
    session->world = state->world;
    session->variables = state->variables;
    apply_settings(session);
}

int session_return(struct session *session, const struct str *state, struct str *why)
{
    struct journal_state kept;

    if (session->store != NULL)
        BUG("session_return() of a session in a file: it has branches");
    if (journal_unpack(session->catalog, state, &kept, why) != 0)
        return -1;
    take_state(session, &kept);
    return 0;
}

int session_load(struct session *session, struct store *store, int64_t branch, int64_t seq,
                 struct str *why)
{
    const struct store_branch *found = store_branch_find(store, branch);
    struct journal_place place = {.branch = branch, .seq = seq};
    struct journal_state state;

    if (session->store != NULL)
        BUG("session_load() in a session that has a file");
    if (found == NULL || seq > found->head_seq) {
        str_add(why, "there is no such row");
        return -1;
    }
    if (seq < 0)
        place.seq = found->head_seq;
    if (journal_restore_at(session->catalog, store, &place, &state, why) != 0)
        return -1;
    take_state(session, &state);
    return 0;
}

int session_redo(struct session *session, const struct store_entry *entry, struct str *why)
{
    struct journal_state state;
    int status;

    if (session->store != NULL)
        BUG("session_redo() in a session that has a file");
    if (session_advance(session, entry->sim_time, "") != 0)
        return -1;
    state = (struct journal_state){.world = session->world, .variables = session->variables};
    status = journal_redo(&state, entry, why);
    session->variables = state.variables;
    apply_settings(session);
    return status;
}

/* ---- opening and closing ---- */

static struct session *session_alloc(const struct catalog *catalog)
{
    struct session *session = xcalloc(1, sizeof(*session));

    session->catalog = catalog;
    session->person = true;
    session->files = (struct file_source){.context = session, .read = read_file};
    session->commander = (struct commander){
        .files = &session->files,
        .context = session,
        .width = OUTPUT_WIDTH_DEFAULT,
        .commit = commit_call,
        .advance = commander_advances,
        .pass = commander_passes,
        .keep_file = keep_file,
        .refused = remember_refusal,
        .answered = remember_answer,
    };
    session->commander.caller.tray = &session->tray;
    variables_init(&session->variables);
    return session;
}

static void session_free(struct session *session)
{
    if (session->world != NULL)
        world_free(session->world);
    variables_release(&session->variables);
    str_release(&session->state);
    str_release(&session->last_message);
    free(session->learner);
    json_decref(session->last_answer);
    tray_release(&session->tray);
    forget_lines(session);
    free(session);
}

static int open_region(const struct catalog *catalog, const struct session_options *options,
                       struct str *why)
{
    int region = options->region == NULL ? 0 : catalog_region_find(catalog, options->region);

    if (region < 0)
        str_addf(why, "there is no Region %s here; try us-east-1", options->region);
    return region;
}

/* What a person can do about a file that cannot be gone on with. */
static void add_advice(struct str *why, const char *path)
{
    str_addf(why,
             "; the file was left as it is: put a backup in its place, or open it with "
             "`nephoscope --session %s`, which copies what is whole",
             path);
}

/* The first branch of a new file, or the current one of an old file. */
static int open_branch(struct session *session, const struct session_options *options,
                       struct str *notice, struct str *why)
{
    const struct store_opening *opening = store_opening(session->store);
    char time[CLOCK_TEXT_SIZE];
    int region = open_region(session->catalog, options, why);
    struct store_begin begin = {
        .name = "sandbox",
        .lesson = "",
        .seed = session->learner == NULL ? options->seed_given ? options->seed : 1
                                         : class_seed(1, session->learner),
        .created = SIM_BEGIN_NS,
    };

    if (region < 0)
        return EXIT_USAGE;
    if (store_branch_current(session->store) == NULL) {
        struct store_row row = {.type = STORE_BRANCH, .begun = &begin};

        begin.region = session->catalog->regions[region].name;
        if (store_commit(session->store, &row, 1) != STORE_OK) {
            str_add(why, store_message(session->store));
            return EXIT_OTHER;
        }
    } else if (options->seed_given) {
        str_addf(why, "--seed is for new sessions; %s has its own", store_path(session->store));
        return EXIT_USAGE;
    }
    if (load_current(session, why) != 0) {
        add_advice(why, options->path);
        if (options->damaged != NULL)
            *options->damaged = true;
        return EXIT_OTHER;
    }
    if (opening->stopped && session_seq(session) > opening->acked_seq)
        str_addf(notice, "the last stop was sudden; the session goes on where it was saved, at %s",
                 clock_format(session->world->sim.now, CLOCK_Z, time));
    return 0;
}

/* Whose the session is: the file says it, and a file that nobody had is its learner's from now on.
 * A copy of another learner's file is not. */
static int open_learner(struct session *session, const char *learner, struct str *why)
{
    struct str found = STR_INIT;
    int status = 0;

    if (store_setting_find(session->store, setting_learner, &found)) {
        bool sound = class_name_check(str_text(&found), NULL);

        session->learner = sound ? str_take(&found) : NULL;
        if (learner != NULL && !str_equal(learner, session->learner)) {
            str_addf(why, "%s is the session of %s, not of %s", store_path(session->store),
                     sound ? session->learner : "somebody else", learner);
            status = EXIT_USAGE;
        }
    } else if (learner != NULL) {
        struct store_row row = {.type = STORE_SETTING,
                                .key = setting_learner,
                                .bytes = learner,
                                .size = strlen(learner)};

        session->learner = xstrdup(learner);
        if (store_commit(session->store, &row, 1) != STORE_OK) {
            str_add(why, store_message(session->store));
            status = EXIT_OTHER;
        }
    }
    str_release(&found);
    return status;
}

static int open_file(struct session *session, const struct session_options *options,
                     struct str *notice, struct str *why)
{
    struct store_options how = {.create = true, .shared = options->learner != NULL};
    enum store_status status = store_open(options->path, &how, &session->store, why);

    if (status == STORE_OK) {
        int exit_code = open_learner(session, options->learner, why);

        return exit_code != 0 ? exit_code : open_branch(session, options, notice, why);
    }
    if (status == STORE_DAMAGED) {
        add_advice(why, options->path);
        if (options->damaged != NULL)
            *options->damaged = true;
    }
    return EXIT_OTHER;
}

int session_open(const struct catalog *catalog, const struct session_options *options,
                 struct session **session, struct str *notice, struct str *why)
{
    struct session *opened = session_alloc(catalog);
    int exit_code = 0;

    opened->environment = options->environment;
    if (options->path != NULL) {
        exit_code = open_file(opened, options, notice, why);
    } else {
        int region = open_region(catalog, options, why);

        exit_code = region < 0 ? EXIT_USAGE : 0;
        if (region >= 0) {
            opened->world =
                world_new(catalog, options->seed_given ? options->seed : 1, (uint8_t)region);
            condition_wire(opened->world);
        }
    }
    if (exit_code != 0) {
        store_close(opened->store);
        session_free(opened);
        *session = NULL;
        return exit_code;
    }
    apply_settings(opened);
    opened->saved_time = opened->world->sim.now;
    *session = opened;
    return 0;
}

/* An orderly end leaves the whole state: a newer program need not do the journal again. */
static void save_at_end(struct session *session, struct str *why)
{
    bool done = false;

    if (session_save_time(session, why) != 0 || session->rows_unsaved == 0)
        return;
    checkpoint_abandon(session);
    checkpoint_begin(session);
    while (!done && store_checkpoint_step(session->store, &session->checkpoint, &done) == STORE_OK)
        continue;
    checkpoint_abandon(session);
    if (done)
        store_checkpoint_thin(session->store, session->checkpoint.branch);
}

int session_close(struct session *session, struct str *why)
{
    int status = 0;

    if (session->store != NULL) {
        if (!store_is_read_only(session->store)) {
            save_at_end(session, why);
            if ((session->wrote || session->watched) && session->lines.items.count > 0)
                session_commit(session, NULL, 0);
        }
        if (store_close(session->store) != STORE_OK) {
            str_add(why,
                    "the end of the session could not be saved; everything acknowledged is kept");
            status = -1;
        }
    }
    session_free(session);
    return status;
}
