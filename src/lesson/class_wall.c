/*
 * lesson/class_wall.c - the wall of a class: every learner with a file in the folder.
 *
 * A look costs a few calls of the system for each learner; files are read only when they are
 * others than before.
 */
#include "lesson/class_wall.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/mem.h"
#include "sim/clock.h"

enum { MINUTE_S = 60 };

static void row_release(struct wall_row *row)
{
    free(row->name);
    class_status_release(&row->status);
    str_release(&row->problem);
}

int class_wall_open(struct class_wall *wall, const char *folder, int64_t (*clock)(void),
                    struct str *why)
{
    *wall = (struct class_wall){.clock = clock};
    return class_folder_open(&wall->folder, folder, why);
}

void class_wall_close(struct class_wall *wall)
{
    for (uint32_t i = 0; i < wall->rows.count; i++)
        row_release(&wall->rows.items[i]);
    LIST_RELEASE(&wall->rows);
    str_release(&wall->picture);
    class_folder_close(&wall->folder);
}

static struct wall_row *row_find(const struct class_wall *wall, const char *name)
{
    for (uint32_t i = 0; i < wall->rows.count; i++) {
        if (strcmp(wall->rows.items[i].name, name) == 0)
            return &wall->rows.items[i];
    }
    return NULL;
}

const struct wall_row *class_wall_find(const struct class_wall *wall, const char *name)
{
    return row_find(wall, name);
}

/* ---- one learner ---- */

static void say(struct wall_row *row, const char *what, const struct str *why)
{
    if (row->problem.length == 0)
        str_addf(&row->problem, "%s: %s", what, str_text(why));
}

static void look_at_session(struct class_wall *wall, struct wall_row *row)
{
    char *entry = xasprintf("%s%s", row->name, class_session_suffix);
    struct class_file seen = {0};
    struct str why = STR_INIT;
    enum class_found found = class_file_look(wall->folder.dir, entry, &seen, &why);

    if (found == CLASS_READ && (!row->session_fits || !class_file_same(&seen, &row->session)))
        found = class_session_look(&wall->folder, row->name, &seen, &why);
    row->session = seen;
    row->session_fits = found == CLASS_READ;
    if (found == CLASS_ABSENT)
        str_add(&why, "it is missing");
    if (found != CLASS_READ)
        say(row, "session", &why);
    row->there = row->session_fits && class_holder(&wall->folder, row->name) > 0;
    free(entry);
    str_release(&why);
}

static void look_at_status(struct class_wall *wall, struct wall_row *row)
{
    char *entry = class_status_name(row->name);
    struct class_file seen = {0};
    struct class_status status;
    struct str bytes = STR_INIT;
    struct str why = STR_INIT;
    enum class_found found = class_file_look(wall->folder.dir, entry, &seen, &why);

    if (found == CLASS_READ && row->has_status && class_file_same(&seen, &row->status_file)) {
        free(entry);
        return;
    }
    if (found == CLASS_READ)
        found = class_file_read(wall->folder.dir, entry, &seen, &bytes, &why);
    class_status_release(&row->status);
    row->has_status = found == CLASS_READ && class_status_read(&bytes, &status, &why) == 0;
    row->status_file = seen;
    if (row->has_status)
        row->status = status;
    else if (found != CLASS_ABSENT)
        say(row, "status", &why);
    free(entry);
    str_release(&bytes);
    str_release(&why);
}

static void set(struct wall_row *row, enum wall_state state, int64_t since)
{
    row->state = state;
    row->since = since;
}

static void judge(const struct class_wall *wall, struct wall_row *row)
{
    const struct class_status *status = &row->status;
    bool stuck = status->step > 0 && !status->finished && !status->frozen && !wall->frozen &&
                 wall->now - status->progress >= WALL_STUCK_S;

    if (row->problem.length > 0)
        set(row, WALL_WRONG, 0);
    else if (!row->there && row->has_status && status->left > 0)
        set(row, status->finished ? WALL_DONE : WALL_LEFT, status->left);
    else if (!row->there)
        set(row, WALL_GONE, class_session_saved(&wall->folder, row->name) / SECOND_NS);
    else if (row->has_status && status->hand > 0)
        set(row, WALL_HAND, status->hand);
    else if (row->has_status && stuck)
        set(row, WALL_STUCK, status->progress);
    else
        set(row, row->has_status && status->finished ? WALL_DONE : WALL_WORKS, 0);
}

/* ---- all of them ---- */

/* The name before the suffix, when the entry has one of a learner's; to be freed. */
static char *name_of(const char *entry)
{
    const char *suffix = str_ends(entry, class_session_suffix)  ? class_session_suffix
                         : str_ends(entry, class_status_suffix) ? class_status_suffix
                                                                : NULL;

    return suffix == NULL ? NULL : xstrndup(entry, strlen(entry) - strlen(suffix));
}

static bool find_row(void *context, const char *entry)
{
    struct class_wall *wall = context;
    char *name = name_of(entry);
    struct wall_row *row = name == NULL ? NULL : row_find(wall, name);

    if (name != NULL && row == NULL && wall->rows.count < WALL_ROWS_MAX &&
        class_name_check(name, NULL)) {
        row = LIST_PUSH(&wall->rows);
        row->name = xstrdup(name);
    }
    if (row != NULL)
        row->seen = true;
    else if (name != NULL)
        wall->left_out++;
    free(name);
    return true;
}

static int by_need(const void *a, const void *b)
{
    const struct wall_row *left = a;
    const struct wall_row *right = b;

    if (left->state != right->state)
        return left->state < right->state ? -1 : 1;
    if (left->since != right->since)
        return left->since < right->since ? -1 : 1;
    return strcasecmp(left->name, right->name) != 0 ? strcasecmp(left->name, right->name)
                                                     : strcmp(left->name, right->name);
}

/* What was sent to everybody and still holds. */
static void fold_messages(struct class_wall *wall)
{
    struct class_messages found = {0};
    struct str why = STR_INIT;
    int sent = class_folder_sent(&wall->folder, false, &why);

    if (sent >= 0)
        close(sent);
    wall->mute = why.length > 0;
    str_release(&why);
    if (!class_post_is_new(&wall->post, &wall->folder))
        return;
    class_post_read(&wall->folder, wall->post.last, &found);
    for (uint32_t i = 0; i < found.items.count; i++) {
        const struct class_message *message = &found.items.items[i];

        wall->post.last = message->number;
        if (message->to.count > 0)
            continue;
        if (message->verb == CLASS_FREEZE || message->verb == CLASS_RELEASE)
            wall->frozen = message->verb == CLASS_FREEZE;
        if (message->verb == CLASS_BOX)
            wall->box = class_box_end(message);
    }
    class_messages_release(&found);
}

/* Everything that is shown, as a text: to see whether it has changed. */
static void add_picture(const struct class_wall *wall, struct str *out)
{
    for (uint32_t i = 0; i < wall->rows.count; i++) {
        const struct wall_row *row = &wall->rows.items[i];

        str_addf(out, "%s %u ", row->name, row->has_status);
        class_wall_state(wall, row, out);
        if (row->has_status)
            class_status_write(&row->status, out);
    }
    class_wall_summary(wall, out);
}

bool class_wall_look(struct class_wall *wall)
{
    struct str picture = STR_INIT;
    uint32_t kept = 0;
    bool changed;

    wall->now = wall->clock() / SECOND_NS;
    wall->gone = !class_folder_find(&wall->folder);
    wall->left_out = 0;
    for (uint32_t i = 0; i < wall->rows.count; i++)
        wall->rows.items[i].seen = false;
    if (!wall->gone) {
        fold_messages(wall);
        class_each_entry(wall->folder.dir, find_row, wall);
    }
    for (uint32_t i = 0; i < wall->rows.count; i++) {
        struct wall_row *row = &wall->rows.items[i];

        if (!row->seen) {
            row_release(row);
            continue;
        }
        str_clear(&row->problem);
        look_at_session(wall, row);
        look_at_status(wall, row);
        judge(wall, row);
        wall->rows.items[kept++] = *row;
    }
    wall->rows.count = kept;
    if (kept > 0)
        qsort(wall->rows.items, kept, sizeof(*wall->rows.items), by_need);
    add_picture(wall, &picture);
    changed = strcmp(str_text(&picture), str_text(&wall->picture)) != 0;
    str_release(&wall->picture);
    str_move(&wall->picture, &picture);
    return changed;
}

/* ---- words ---- */

static long long minutes_since(const struct class_wall *wall, int64_t moment)
{
    return moment == 0 || wall->now < moment ? 0 : (long long)(wall->now - moment) / MINUTE_S;
}

void class_wall_state(const struct class_wall *wall, const struct wall_row *row, struct str *out)
{
    const struct class_status *status = &row->status;
    long long minutes = minutes_since(wall, row->since);

    switch (row->state) {
    case WALL_HAND:
        str_addf(out, "hand up %lld min%s%s", minutes, status->question[0] == '\0' ? "" : ": ",
                 status->question);
        break;
    case WALL_STUCK:
        str_addf(out, "stuck %lld min%s%s", minutes, status->error[0] == '\0' ? "" : ": ",
                 status->error);
        break;
    case WALL_GONE:
        str_addf(out, "gone %lld min: it stopped without an end", minutes);
        break;
    case WALL_WRONG:
        str_add(out, str_text(&row->problem));
        break;
    case WALL_WORKS:
        str_add(out, !row->has_status     ? "no status yet"
                     : status->step == 0  ? "in the sandbox"
                     : status->complete   ? "at work: the step is done"
                                          : "at work");
        break;
    case WALL_DONE:
        str_add(out, "done with the lesson");
        break;
    case WALL_LEFT:
        str_addf(out, "left %lld min ago", minutes);
        break;
    }
}

static void add_count(const struct class_wall *wall, enum wall_state state, const char *what,
                      struct str *out)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < wall->rows.count; i++)
        count += wall->rows.items[i].state == state;
    if (count > 0)
        str_addf(out, ", %u %s", count, what);
}

void class_wall_summary(const struct class_wall *wall, struct str *out)
{
    if (wall->gone) {
        str_addf(out, "'%s' is gone", wall->folder.path);
        return;
    }
    str_addf(out, "%u learner%s", wall->rows.count, wall->rows.count == 1 ? "" : "s");
    add_count(wall, WALL_HAND, "with a hand up", out);
    add_count(wall, WALL_STUCK, "stuck", out);
    add_count(wall, WALL_GONE, "gone", out);
    add_count(wall, WALL_WRONG, "wrong", out);
    add_count(wall, WALL_DONE, "done", out);
    if (wall->mute)
        str_add(out, "; .class is another's: nobody hears you");
    if (wall->frozen)
        str_add(out, "; time stands still");
    if (wall->box > wall->now)
        str_addf(out, "; %lld min left",
                 (long long)(wall->box - wall->now + MINUTE_S - 1) / MINUTE_S);
    else if (wall->box > 0)
        str_add(out, "; time is up");
    if (wall->left_out > 0)
        str_addf(out, "; %u file%s of nobody's", wall->left_out,
                 wall->left_out == 1 ? "" : "s");
}
