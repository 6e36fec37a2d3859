/*
 * lesson/film_script.c - the scenes of a film: lines, how long somebody waited, and chapters.
 *
 * A chapter begins where a step does, and where something went wrong.
 */
#include "lesson/film_parts.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/expand.h"
#include "api/names.h"
#include "shell/journal.h"
#include "store/branch.h"
#include "lesson/class_post.h"

enum { PARAMS_MAX = 2000 /* bytes of a row's parameters that are shown */ };

static void add_lines(struct film_script *script, const struct logbook *logbook)
{
    int64_t wall_ms = 0;

    for (uint32_t i = 0; i < logbook->entries.count; i++) {
        const struct logbook_entry *entry = &logbook->entries.items[i];

        if (entry->line == NULL)
            continue;
        *LIST_PUSH(&script->scenes) = (struct film_scene){
            .line = xstrdup(entry->line),
            .typed = true,
            .instructed = entry->instructed,
            .entry = i,
            .status = entry->status,
            .before = entry->before,
            .after = entry->after,
            .wait_ms = wall_ms > 0 && entry->wall_ms > wall_ms ? entry->wall_ms - wall_ms : 0,
        };
        wall_ms = entry->wall_ms > 0 ? entry->wall_ms : wall_ms;
    }
}

char *film_row_line(const struct store_entry *entry)
{
    json_t *row =
        entry->kind == JOURNAL_CALL ? json_loadb(entry->bytes, entry->size, 0, NULL) : NULL;
    const char *service = json_string_value(json_object_get(row, "s"));
    const char *op = json_string_value(json_object_get(row, "o"));
    char *params = json_dumps(json_object_get(row, "p"), JSON_COMPACT);
    struct arena arena = ARENA_INIT;
    struct str line = STR_INIT;

    if (service != NULL && op != NULL) {
        bool lab = strcmp(service, "lab") == 0;

        str_addf(&line, "%s%s ", lab ? "lab" : "aws ", lab ? "" : service);
        str_add(&line, name_cli(&arena, op));
        if (params != NULL && strlen(params) > strlen("{}") && strlen(params) <= PARAMS_MAX) {
            str_add(&line, " --cli-input-json ");
            expand_quote(&line, params);
        }
    }
    free(params);
    json_decref(row);
    arena_release(&arena);
    return line.length > 0 ? str_take(&line) : NULL;
}

char *film_row_arrival(const struct store_entry *entry)
{
    struct class_message message;
    struct str text = STR_INIT;

    if (entry->kind != JOURNAL_ARRIVAL ||
        class_message_read(entry->bytes, entry->size, &message) != 0)
        return NULL;
    class_message_tell(&message, &text);
    if (message.verb == CLASS_HINT && message.text[0] == '\0')
        str_add(&text, "the lesson's next one");
    class_message_release(&message);
    return str_take(&text);
}

static void add_rows(struct film_script *script, struct store *store,
                     const struct store_branch *branch)
{
    struct store_journal *journal =
        store_journal_open(store, branch->id, branch->parent_seq + 1, branch->head_seq);
    struct store_entry entry;

    while (journal != NULL && store_journal_next(journal, &entry)) {
        char *line = film_row_line(&entry);

        if (line != NULL)
            *LIST_PUSH(&script->scenes) = (struct film_scene){
                .line = line,
                .before = {branch->id, entry.seq - 1, entry.sim_time},
                .after = {branch->id, entry.seq, entry.sim_time},
            };
    }
    if (journal != NULL)
        store_journal_close(journal);
}

/* A note belongs to the line that ran when it was made, or that came next: the first behind it in
 * the logbook. */
static void place_notes(struct film_script *script, const struct logbook *logbook)
{
    uint32_t scene = 0;

    for (uint32_t i = 0; i < logbook->entries.count; i++) {
        const struct logbook_entry *entry = &logbook->entries.items[i];

        while (scene < script->scenes.count && script->scenes.items[scene].entry < i)
            scene++;
        *LIST_PUSH(&script->told) = false;
        *LIST_PUSH(&script->scene_of) =
            entry->line != NULL || scene == script->scenes.count ? UINT32_MAX : scene;
    }
}

/* "step 2 of 7: The door" */
static char *title_of_step(struct lesson_list *lessons, const char *id, const char *step)
{
    const struct lesson *lesson = lesson_list_find(lessons, id);

    for (uint32_t i = 0; lesson != NULL && i < lesson->steps.count; i++) {
        if (strcmp(lesson->steps.items[i].id, step) == 0)
            return xasprintf("%s, step %u of %u: %s", lesson->title, i + 1,
                             (unsigned)lesson->steps.count, lesson->steps.items[i].title);
    }
    return xasprintf("%s, step %s", id, step);
}

static void add_chapters(struct film_script *script, const struct logbook *logbook,
                         struct lesson_list *lessons)
{
    for (uint32_t i = 0; i < logbook->entries.count; i++) {
        const struct logbook_entry *entry = &logbook->entries.items[i];
        uint32_t scene = script->scene_of.items[i];

        if (scene == UINT32_MAX || strcmp(entry->key, "+step") != 0 || entry->value == NULL)
            continue;
        free(script->scenes.items[scene].chapter);
        script->scenes.items[scene].chapter =
            title_of_step(lessons, entry->lesson, entry->value);
    }
    for (uint32_t i = 0; i < script->scenes.count; i++) {
        struct film_scene *scene = &script->scenes.items[i];

        if (scene->chapter == NULL && scene->status != 0 && !scene->instructed)
            scene->chapter = xasprintf("an error (exit code %d)", scene->status);
        else if (scene->chapter == NULL && i == 0)
            scene->chapter = xstrdup("the beginning");
    }
}

static bool is_known(const struct store *store, const struct logbook_place *place)
{
    const struct store_branch *branch = store_branch_find(store, place->branch);

    return branch != NULL && place->seq <= branch->head_seq;
}

/* A logbook is as much to be believed as any file from elsewhere. */
static void drop_unknown(struct film_script *script, const struct store *store)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < script->scenes.count; i++) {
        struct film_scene *scene = &script->scenes.items[i];

        if (is_known(store, &scene->before) && is_known(store, &scene->after) &&
            scene->after.time >= 0 && scene->before.time >= 0)
            script->scenes.items[kept++] = *scene;
        else
            free(scene->line);
    }
    script->scenes.count = kept;
}

void film_script_make(struct film_script *script, struct store *store,
                      const struct logbook *logbook, struct lesson_list *lessons)
{
    *script = (struct film_script){0};
    add_lines(script, logbook);
    drop_unknown(script, store);
    for (size_t i = 0; script->scenes.count == 0 && i < store_branch_count(store); i++)
        add_rows(script, store, store_branch_at(store, i));
    place_notes(script, logbook);
    add_chapters(script, logbook, lessons);
}

void film_script_release(struct film_script *script)
{
    for (uint32_t i = 0; i < script->scenes.count; i++) {
        free(script->scenes.items[i].line);
        free(script->scenes.items[i].chapter);
    }
    LIST_RELEASE(&script->scenes);
    LIST_RELEASE(&script->scene_of);
    LIST_RELEASE(&script->told);
}
