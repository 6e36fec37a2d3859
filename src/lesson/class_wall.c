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
    struct str problem = STR_INIT;
    int sent;

    *wall = (struct class_wall){.clock = clock};
    if (class_folder_open(&wall->folder, folder, why) != 0)
        return -1;
    /* Made before a learner makes it, who would not be believed, and nobody heard. */
    sent = class_folder_sent(&wall->folder, wall->folder.owner == (uint32_t)getuid(), &problem);
    if (sent >= 0)
        close(sent);
    str_release(&problem);
    return 0;
}

void class_wall_close(struct class_wall *wall)
{
    for (uint32_t i = 0; i < wall->rows.count; i++)
        row_release(&wall->rows.items[i]);
    LIST_RELEASE(&wall->rows);
    LIST_RELEASE(&wall->owners);
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

static enum class_found look_at_session(struct class_wall *wall, struct wall_row *row)
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
    return found;
}

/* A status that somebody else put there, or that was copied with somebody else's session, says
 * nothing about this learner. */
static bool status_is_theirs(const struct wall_row *row, const struct class_file *seen,
                             struct str *why)
{
    char *user;

    if (!row->session_fits || seen->owner == row->session.owner)
        return true;
    user = class_user(seen->owner);
    str_addf(why, "it belongs to %s, not to its learner", user);
    free(user);
    return false;
}

static bool status_names(const struct wall_row *row, const struct class_status *status,
                         struct str *why)
{
    if (status->name[0] == '\0' || strcmp(status->name, row->name) == 0)
        return true;
    str_addf(why, "it is %s's, not %s's", status->name, row->name);
    return false;
}

static enum class_found look_at_status(struct class_wall *wall, struct wall_row *row)
{
    char *entry = class_status_name(row->name);
    struct class_file seen = {0};
    struct class_status status = {0};
    struct str bytes = STR_INIT;
    struct str why = STR_INIT;
    enum class_found found = class_file_look(wall->folder.dir, entry, &seen, &why);
    bool theirs = found == CLASS_READ && status_is_theirs(row, &seen, &why);

    if (theirs && row->has_status && class_file_same(&seen, &row->status_file)) {
        free(entry);
        return found;
    }
    if (theirs)
        found = class_file_read(wall->folder.dir, entry, &seen, &bytes, &why);
    class_status_release(&row->status);
    row->has_status = theirs && found == CLASS_READ &&
                      class_status_read(&bytes, &status, &why) == 0 &&
                      status_names(row, &status, &why);
    row->status_file = seen;
    if (row->has_status)
        row->status = status;
    else
        class_status_release(&status);
    if (!row->has_status && found != CLASS_ABSENT)
        say(row, "status", &why);
    free(entry);
    str_release(&bytes);
    str_release(&why);
    return found;
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

static struct wall_owner *owner_of(struct class_wall *wall, uint32_t number)
{
    for (uint32_t i = 0; i < wall->owners.count; i++) {
        if (wall->owners.items[i].number == number)
            return &wall->owners.items[i];
    }
    *LIST_PUSH(&wall->owners) = (struct wall_owner){.number = number};
    return &wall->owners.items[wall->owners.count - 1];
}

static void leave_out(struct class_wall *wall, struct wall_owner *owner)
{
    owner->left_out++;
    wall->left_out++;
}

/* The row that a learner's goes before when the wall is full: one that is no session, else one of
 * whoever has the most of them.  NULL: none of both. */
static struct wall_row *find_victim(struct class_wall *wall, const struct wall_owner *owner)
{
    const struct wall_owner *most = owner;

    for (uint32_t i = 0; i < wall->rows.count; i++) {
        struct wall_row *row = &wall->rows.items[i];
        const struct wall_owner *other = owner_of(wall, row->owner);

        if (!row->session_fits)
            return row;
        most = other->sessions > most->sessions ? other : most;
    }
    for (uint32_t i = wall->rows.count; i > 0 && most->sessions > owner->sessions + 1; i--) {
        if (wall->rows.items[i - 1].owner == most->number)
            return &wall->rows.items[i - 1];
    }
    return NULL;
}

static void take_away(struct class_wall *wall, struct wall_row *row)
{
    struct wall_owner *owner = owner_of(wall, row->owner);

    owner->sessions -= row->session_fits;
    owner->wrong -= !row->session_fits;
    leave_out(wall, owner);
    row_release(row);
    LIST_REMOVE(&wall->rows, (uint32_t)(row - wall->rows.items));
}

/* Makes room where there is none, if that is just. */
static bool has_room(struct class_wall *wall, const struct wall_owner *owner, bool session)
{
    struct wall_row *victim;

    if (session ? owner->sessions >= WALL_SESSIONS_MAX && owner->number != wall->folder.owner
                : owner->wrong >= WALL_WRONG_MAX)
        return false;
    if (wall->rows.count < WALL_ROWS_MAX)
        return true;
    victim = session ? find_victim(wall, owner) : NULL;
    if (victim != NULL)
        take_away(wall, victim);
    return victim != NULL;
}

/* A row for a name that has none, where its owner has room. */
static void add_row(struct class_wall *wall, const char *name, const char *entry)
{
    bool is_status = str_ends(entry, class_status_suffix);
    char *other = xasprintf("%s%s", name, class_session_suffix);
    struct class_file seen = {0};
    struct str why = STR_INIT;
    struct wall_owner *owner;
    bool session;

    if (is_status && class_file_look(wall->folder.dir, other, &seen, &why) != CLASS_ABSENT) {
        free(other); /* the session's entry makes the row */
        str_release(&why);
        return;
    }
    class_file_look(wall->folder.dir, entry, &seen, &why);
    owner = owner_of(wall, seen.owner);
    session = !is_status && owner->looked++ < WALL_LOOKED_MAX &&
              class_session_look(&wall->folder, name, &seen, &why) == CLASS_READ;
    if (has_room(wall, owner, session)) {
        *LIST_PUSH(&wall->rows) = (struct wall_row){
            .name = xstrdup(name),
            .owner = owner->number,
            .session_fits = session,
        };
        owner->sessions += session;
        owner->wrong += !session;
    } else {
        leave_out(wall, owner);
    }
    free(other);
    str_release(&why);
}

static bool find_row(void *context, const char *entry)
{
    struct class_wall *wall = context;
    char *name = name_of(entry);

    if (name != NULL && !class_name_check(name, NULL))
        wall->nobodys++;
    else if (name != NULL && row_find(wall, name) == NULL)
        add_row(wall, name, entry);
    free(name);
    return true;
}

/* Rows that are there already have their place. */
static void find_rows(struct class_wall *wall)
{
    wall->nobodys = 0;
    wall->left_out = 0;
    wall->owners.count = 0;
    for (uint32_t i = 0; i < wall->rows.count; i++) {
        const struct wall_row *row = &wall->rows.items[i];
        struct wall_owner *owner = owner_of(wall, row->owner);

        owner->sessions += row->session_fits;
        owner->wrong += !row->session_fits;
    }
    class_each_entry(wall->folder.dir, find_row, wall);
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

/* False when nothing of it is there any more. */
static bool look_at_row(struct class_wall *wall, struct wall_row *row)
{
    enum class_found session;
    enum class_found status;

    if (wall->gone)
        return false;
    str_clear(&row->problem);
    session = look_at_session(wall, row);
    status = look_at_status(wall, row);
    row->owner = session == CLASS_ABSENT ? row->status_file.owner : row->session.owner;
    judge(wall, row);
    return session != CLASS_ABSENT || status != CLASS_ABSENT;
}

bool class_wall_look(struct class_wall *wall)
{
    struct str picture = STR_INIT;
    uint32_t kept = 0;
    bool changed;

    wall->now = wall->clock() / SECOND_NS;
    wall->gone = !class_folder_find(&wall->folder);
    if (!wall->gone) {
        fold_messages(wall);
        find_rows(wall);
    }
    for (uint32_t i = 0; i < wall->rows.count; i++) {
        struct wall_row *row = &wall->rows.items[i];

        if (!look_at_row(wall, row)) {
            row_release(row);
            continue;
        }
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

static long long minutes_left(const struct class_wall *wall, int64_t end)
{
    return (long long)(end - wall->now + MINUTE_S - 1) / MINUTE_S;
}

/* What the instructor did to this learner and not to all. */
static void add_own(const struct class_wall *wall, const struct wall_row *row, struct str *out)
{
    const struct class_status *status = &row->status;

    if (!row->there || !row->has_status)
        return;
    if (status->frozen && !wall->frozen)
        str_add(out, "frozen, ");
    if (status->box > wall->now && status->box != wall->box)
        str_addf(out, "%lld min left, ", minutes_left(wall, status->box));
}

void class_wall_state(const struct class_wall *wall, const struct wall_row *row, struct str *out)
{
    const struct class_status *status = &row->status;
    long long minutes = minutes_since(wall, row->since);

    if (row->state != WALL_WRONG)
        add_own(wall, row, out);
    if (row->state != WALL_WRONG && row->has_status && status->late > 0)
        str_addf(out, "+%u after time, ", status->late);
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
        if (row->has_status)
            str_addf(out, "gone %lld min: it stopped without an end", minutes);
        else
            str_add(out, "no status: it never began in this class");
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

static void add_left_out(const struct class_wall *wall, struct str *out)
{
    const struct wall_owner *most = wall->owners.items;
    char *user;

    for (uint32_t i = 0; i < wall->owners.count; i++) {
        if (wall->owners.items[i].left_out > most->left_out)
            most = &wall->owners.items[i];
    }
    user = class_user(most->number);
    str_addf(out, "; %u left out, most of them %s's", wall->left_out, user);
    free(user);
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
        str_addf(out, "; .class is another's, nobody hears you: rm -r '%s/.class'",
                 wall->folder.path);
    if (wall->frozen)
        str_add(out, "; time stands still");
    if (wall->box > wall->now)
        str_addf(out, "; %lld min left", minutes_left(wall, wall->box));
    else if (wall->box > 0)
        str_add(out, "; time is up");
    if (wall->nobodys > 0)
        str_addf(out, "; %u file%s of nobody's", wall->nobodys, wall->nobodys == 1 ? "" : "s");
    if (wall->left_out > 0)
        add_left_out(wall, out);
}
