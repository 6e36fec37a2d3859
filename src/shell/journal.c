/*
 * shell/journal.c - what the rows of a session's journal mean: writing them, and doing them again.
 *
 * An operation's row is JSON: {"s": service, "o": operation, "a": account, "r": Region, "p":
 * parameters}, and "x": true when it refused but had done a part (OP_PARTIAL).  The parameters hold
 * the bytes of every file:// that was named, so that nothing outside the journal is needed.
 */
#include "shell/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/pack.h"
#include "api/condition.h"
#include "api/value.h"
#include "cloud/world.h"
#include "store/branch.h"
#include "store/session_file.h"

static const char table_variables[] = "shell.variables";
static const char table_files[] = "shell.files";

/* ---- writing ---- */

void journal_write_call(struct str *out, const struct command_record *record)
{
    json_t *row = json_object();
    char *text;

    json_object_set_new(row, "s", json_string(service_of_op(record->op)->name));
    json_object_set_new(row, "o", json_string(record->op->name));
    json_object_set_new(row, "a", json_integer((json_int_t)record->account));
    json_object_set_new(row, "r", json_integer(record->region));
    json_object_set(row, "p", (json_t *)(uintptr_t)record->params);
    if (record->refused)
        json_object_set_new(row, "x", json_true());
    text = json_dumps(row, JSON_COMPACT);
    str_add(out, text);
    free(text);
    json_decref(row);
}

static void write_named(struct str *out, const char *name, const char *bytes, size_t size)
{
    str_addn(out, name, strlen(name) + 1);
    str_addc(out, bytes == NULL ? 0 : 1);
    if (bytes != NULL)
        str_addn(out, bytes, size);
}

void journal_write_variable(struct str *out, const char *name, const char *value)
{
    write_named(out, name, value, value == NULL ? 0 : strlen(value));
}

void journal_write_file(struct str *out, const char *name, const char *bytes, size_t size)
{
    write_named(out, name, bytes, size);
}

void journal_pack(const struct journal_state *state, struct str *out)
{
    world_pack(state->world, out);
    pack_table(out, table_variables, &state->variables.variables);
    pack_table(out, table_files, &state->variables.files);
}

void journal_state_release(struct journal_state *state)
{
    if (state->world != NULL)
        world_free(state->world);
    variables_release(&state->variables);
    state->world = NULL;
}

/* ---- doing again ---- */

/* What is being rebuilt. */
struct rebuild {
    const struct catalog *catalog;
    struct store *store;
    struct journal_state *state;
    struct str *why;
};

static int damaged(struct rebuild *rebuild, int64_t seq, const char *what)
{
    str_addf(rebuild->why, "row %lld of the journal cannot be done again: %s", (long long)seq,
             what);
    return -1;
}

static int redo_call(struct rebuild *rebuild, const struct store_entry *entry)
{
    json_t *row = json_loadb(entry->bytes, entry->size, 0, NULL);
    const char *service_name = json_string_value(json_object_get(row, "s"));
    const char *op_name = json_string_value(json_object_get(row, "o"));
    const struct service *service = service_name == NULL ? NULL : service_find(service_name);
    const struct op *op =
        service == NULL || op_name == NULL ? NULL : service_op_find(service, op_name);
    struct caller caller = {
        .world = rebuild->state->world,
        .account = (uint64_t)json_integer_value(json_object_get(row, "a")),
        .region = (uint8_t)json_integer_value(json_object_get(row, "r")),
    };
    const json_t *params = json_object_get(row, "p");
    struct str report = STR_INIT;
    struct call call;
    int status = 0;

    if (op == NULL || !json_is_object(params) || value_check(op->in, params, &report) != 0) {
        status = damaged(rebuild, entry->seq, "it names no operation of this program");
    } else {
        bool refused = invoke_op(&call, &caller, op, params) == NULL;

        if (refused != json_is_true(json_object_get(row, "x")))
            status = damaged(rebuild, entry->seq,
                             refused ? call.fault.message : "it was refused, and now is not");
        call_release(&call);
    }
    json_decref(row);
    str_release(&report);
    return status;
}

static int redo_named(struct rebuild *rebuild, const struct store_entry *entry)
{
    const char *name = entry->bytes;
    size_t length = entry->size == 0 ? 0 : strnlen(name, entry->size);
    const char *bytes;
    size_t size;
    char *value;

    if (length + 2 > entry->size)
        return damaged(rebuild, entry->seq, "it is cut short");
    bytes = name[length + 1] == 0 ? NULL : name + length + 2;
    size = entry->size - length - 2;
    if (entry->kind == JOURNAL_FILE) {
        variables_file_set(&rebuild->state->variables, name, bytes, size);
        return 0;
    }
    value = bytes == NULL ? NULL : xstrndup(bytes, size);
    variables_set(&rebuild->state->variables, name, value);
    free(value);
    return 0;
}

static int redo(struct rebuild *rebuild, const struct store_entry *entry)
{
    if (entry->sim_time < rebuild->state->world->sim.now)
        return damaged(rebuild, entry->seq, "its time lies before the row before it");
    while (world_advance(rebuild->state->world, entry->sim_time, UINT64_MAX) < entry->sim_time ||
           sim_is_due(&rebuild->state->world->sim, entry->sim_time))
        continue;
    switch (entry->kind) {
    case JOURNAL_CALL:
        return redo_call(rebuild, entry);
    case JOURNAL_CLOCK:
    case JOURNAL_ARRIVAL:
        return 0;
    case JOURNAL_VARIABLE:
    case JOURNAL_FILE:
        return redo_named(rebuild, entry);
    default:
        return damaged(rebuild, entry->seq, "a newer program wrote it");
    }
}

int journal_redo(struct journal_state *state, const struct store_entry *entry, struct str *why)
{
    struct rebuild rebuild = {.state = state, .why = why};

    return redo(&rebuild, entry);
}

/* The tables of ours that follow the world's in a checkpoint. */
static int unpack_variables(struct rebuild *rebuild, const struct str *state)
{
    struct pack_reader reader = {.bytes = str_text(state), .size = state->length};
    const char *name;
    size_t length;

    while ((name = pack_next(&reader, &length)) != NULL) {
        struct table *table = NULL;

        if (length == strlen(table_variables) && memcmp(name, table_variables, length) == 0)
            table = &rebuild->state->variables.variables;
        else if (length == strlen(table_files) && memcmp(name, table_files, length) == 0)
            table = &rebuild->state->variables.files;
        if ((table == NULL ? pack_skip_table(&reader) : pack_read_table(&reader, table)) != 0)
            break;
    }
    if (reader.error == NULL)
        return 0;
    str_addf(rebuild->why, "a saved state cannot be read: %s", reader.error);
    return -1;
}

/* The world, then the variables. */
static int unpack(struct rebuild *rebuild, const struct str *bytes)
{
    const char *error = NULL;

    rebuild->state->world = world_unpack(rebuild->catalog, str_text(bytes), bytes->length, &error);
    if (rebuild->state->world != NULL) {
        condition_wire(rebuild->state->world);
        return unpack_variables(rebuild, bytes);
    }
    str_addf(rebuild->why, "a saved state cannot be read: %s", error);
    return -1;
}

int journal_unpack(const struct catalog *catalog, const struct str *bytes,
                   struct journal_state *state, struct str *why)
{
    struct rebuild rebuild = {.catalog = catalog, .state = state, .why = why};

    *state = (struct journal_state){0};
    variables_init(&state->variables);
    if (unpack(&rebuild, bytes) == 0)
        return 0;
    journal_state_release(state);
    return -1;
}

/* From the last whole checkpoint, or from the beginning of the branch's root.  Gives the row it
 * stands after, or -1. */
static int64_t begin_rebuild(const struct store_branch *branch, int64_t head,
                             struct rebuild *rebuild)
{
    struct str state = STR_INIT;
    int64_t seq = store_checkpoint_read(rebuild->store, branch->id, head, &state);
    int region = catalog_region_find(rebuild->catalog, branch->region);

    if (seq < 0) {
        rebuild->state->world =
            world_new(rebuild->catalog, branch->seed, (uint8_t)(region < 0 ? 0 : region));
        condition_wire(rebuild->state->world);
        seq = 0;
    } else {
        if (unpack(rebuild, &state) != 0)
            seq = -1;
    }
    str_release(&state);
    return seq;
}

/* Those behind row `done`, up to the place. */
static int redo_rows(struct rebuild *rebuild, const struct journal_place *place, int64_t done)
{
    struct store_journal *journal =
        store_journal_open(rebuild->store, place->branch, done + 1, place->seq);
    struct store_entry entry;
    int status = 0;

    if (journal == NULL) {
        str_add(rebuild->why, store_message(rebuild->store));
        return -1;
    }
    while (status == 0 && store_journal_next(journal, &entry))
        status = redo(rebuild, &entry);
    if (store_journal_close(journal) != STORE_OK && status == 0) {
        str_add(rebuild->why, store_message(rebuild->store));
        status = -1;
    }
    return status;
}

static int64_t restore_place(struct rebuild *rebuild, const struct journal_place *place)
{
    const struct store_branch *branch = store_branch_find(rebuild->store, place->branch);
    int64_t seq;

    *rebuild->state = (struct journal_state){0};
    variables_init(&rebuild->state->variables);
    seq = begin_rebuild(branch, place->seq, rebuild);
    if (seq >= 0 && (seq == place->seq || redo_rows(rebuild, place, seq) == 0))
        return seq;
    journal_state_release(rebuild->state);
    return -1;
}

int journal_restore(const struct catalog *catalog, struct store *store, struct journal_state *state,
                    uint32_t *redone, struct str *why)
{
    const struct store_branch *branch = store_branch_current(store);
    struct rebuild rebuild = {.catalog = catalog, .store = store, .state = state, .why = why};
    struct journal_place place = {.branch = branch->id, .seq = branch->head_seq};
    int64_t seq = restore_place(&rebuild, &place);

    *redone = (uint32_t)(place.seq - (seq < 0 ? 0 : seq));
    return seq < 0 ? -1 : 0;
}

int journal_restore_at(const struct catalog *catalog, struct store *store,
                       const struct journal_place *place, struct journal_state *state,
                       struct str *why)
{
    struct rebuild rebuild = {.catalog = catalog, .store = store, .state = state, .why = why};

    return restore_place(&rebuild, place) < 0 ? -1 : 0;
}

/* ---- the folder ---- */

/* The bytes in fresh memory; NULL when they cannot be read, with errno. */
static char *read_all(int fd, size_t size_max, size_t *size)
{
    char *bytes = xmalloc(size_max + 1);
    size_t used = 0;

    while (used < size_max) {
        ssize_t got = read(fd, bytes + used, size_max - used);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(bytes);
            return NULL;
        }
        if (got == 0)
            break;
        used += (size_t)got;
    }
    bytes[used] = '\0';
    *size = used;
    return bytes;
}

char *journal_read_folder(const char *path, size_t *size, struct str *reason)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    struct stat status;
    char *bytes = NULL;

    if (fd < 0 || fstat(fd, &status) != 0) {
        str_addf(reason, "[Errno %d] %s: '%s'", errno, strerror(errno), path);
    } else if (S_ISDIR(status.st_mode)) {
        str_addf(reason, "[Errno 21] Is a directory: '%s'", path);
    } else if (!S_ISREG(status.st_mode)) {
        str_addf(reason, "'%s' is no regular file", path);
    } else if (status.st_size > BRANCH_FILE_MAX) {
        str_addf(reason, "'%s' is larger than 1 MiB", path);
    } else {
        bytes = read_all(fd, BRANCH_FILE_MAX, size);
        if (bytes == NULL)
            str_addf(reason, "[Errno %d] %s: '%s'", errno, strerror(errno), path);
    }
    if (fd >= 0)
        close(fd);
    return bytes;
}
