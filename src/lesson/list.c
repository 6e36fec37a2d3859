/*
 * lesson/list.c - the lessons there are: those in the program, and files that a person names.
 */
#include "lesson/list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/asset.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "store/class_folder.h"

enum { FOLDER_DEPTH_MAX = 3, FOLDER_FILES_MAX = 1000 };

/* ---- the list ---- */

static int compare(const struct lesson *a, const struct lesson *b)
{
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    return strcmp(a->path, b->path);
}

/* Puts the lesson where it belongs; one with the same id goes. */
static void insert(struct lesson_list *list, struct lesson *lesson)
{
    uint32_t at;

    for (uint32_t i = 0; i < list->items.count; i++) {
        if (strcmp(list->items.items[i]->id, lesson->id) == 0) {
            lesson_free(list->items.items[i]);
            LIST_REMOVE(&list->items, i);
            break;
        }
    }
    *LIST_PUSH(&list->items) = lesson;
    for (at = list->items.count - 1; at > 0; at--) {
        if (compare(list->items.items[at - 1], lesson) <= 0)
            break;
        list->items.items[at] = list->items.items[at - 1];
    }
    list->items.items[at] = lesson;
}

static unsigned add_text(struct lesson_list *list, const char *path, const char *bytes, size_t size,
                         struct str *problems)
{
    struct str why = STR_INIT;
    struct lesson *lesson = lesson_parse(path, bytes, size, &why);

    if (lesson != NULL)
        insert(list, lesson);
    else
        str_addf(problems, "%s\n", str_text(&why));
    str_release(&why);
    return lesson == NULL;
}

/* "010-first-steps.md": what else lies among lessons is none. */
static bool is_lesson_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;

    return name[0] >= '0' && name[0] <= '9' && str_ends(name, ".md");
}

unsigned lesson_list_add_built_in(struct lesson_list *list, struct str *problems)
{
    unsigned refused = 0;

    for (const struct asset *asset = asset_next(NULL, "lessons/"); asset != NULL;
         asset = asset_next(asset, "lessons/")) {
        if (is_lesson_name(asset->path))
            refused += add_text(list, asset->path, asset_text(asset), asset->size, problems);
    }
    return refused;
}

void lesson_list_offer_built_in(struct lesson_list *list)
{
    list->offered = true;
}

void lesson_list_read(struct lesson_list *list)
{
    struct str problems = STR_INIT;

    if (list->offered)
        lesson_list_add_built_in(list, &problems);
    list->offered = false;
    str_release(&problems);
}

void lesson_list_release(struct lesson_list *list)
{
    for (uint32_t i = 0; i < list->items.count; i++)
        lesson_free(list->items.items[i]);
    LIST_RELEASE(&list->items);
}

const struct lesson *lesson_list_find(struct lesson_list *list, const char *id)
{
    lesson_list_read(list);
    for (uint32_t i = 0; i < list->items.count; i++) {
        if (strcmp(list->items.items[i]->id, id) == 0)
            return list->items.items[i];
    }
    return NULL;
}

uint64_t lesson_seed_of(const struct lesson *lesson, const char *learner)
{
    return learner == NULL || learner[0] == '\0' ? lesson->seed
                                                 : class_seed(lesson->seed, learner);
}

void lesson_list_print(struct lesson_list *list, struct str *out)
{
    lesson_list_read(list);
    for (uint32_t i = 0; i < list->items.count; i++) {
        const struct lesson *lesson = list->items.items[i];
        size_t columns = utf8_columns(lesson->id, strlen(lesson->id));

        str_addf(out, "  %s", lesson->id);
        str_fill(out, ' ', columns < 18 ? 18 - columns : 1);
        utf8_add_safe(out, lesson->title, strlen(lesson->title), UTF8_KEEP_NOTHING);
        str_addf(out, "  (%u %s", (unsigned)lesson->steps.count,
                 lesson->steps.count == 1 ? "step" : "steps");
        if (lesson->minutes > 0)
            str_addf(out, ", about %u min", lesson->minutes);
        for (uint32_t k = 0; k < lesson->needs.list.count; k++) {
            str_add(out, k == 0 ? "; before it: " : ", ");
            utf8_add_safe(out, lesson->needs.list.items[k], strlen(lesson->needs.list.items[k]),
                          UTF8_KEEP_NOTHING);
        }
        str_add(out, ")\n");
    }
}

/* ---- files and folders ---- */

static unsigned say(struct str *problems, const char *path, const char *problem)
{
    utf8_add_safe(problems, path, strlen(path), UTF8_KEEP_NOTHING);
    str_addf(problems, ": %s\n", problem);
    return 1;
}

static unsigned read_file(struct lesson_list *list, const char *path, int fd, size_t size,
                          struct str *problems)
{
    char *bytes = xmalloc(size + 1);
    size_t used = 0;
    unsigned refused;

    while (used < size) {
        ssize_t got = read(fd, bytes + used, size - used);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        used += (size_t)got;
    }
    refused = add_text(list, path, bytes, used, problems);
    free(bytes);
    return refused;
}

static unsigned add_path(struct lesson_list *list, const char *path, unsigned depth,
                         struct str *problems);

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static unsigned read_folder(struct lesson_list *list, const char *path, int fd, unsigned depth,
                            struct str *problems)
{
    DIR *folder = fdopendir(dup(fd));
    struct dirent *entry;
    LIST(char *) names = {0};
    unsigned refused = 0;

    if (folder == NULL)
        return say(problems, path, strerror(errno));
    while (names.count < FOLDER_FILES_MAX && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
            *LIST_PUSH(&names) = xstrdup(entry->d_name);
    }
    closedir(folder);
    if (names.count > 0)
        qsort(names.items, names.count, sizeof(*names.items), by_name);
    for (uint32_t i = 0; i < names.count; i++) {
        char *inner = xasprintf("%s/%s", path, names.items[i]);

        if (is_lesson_name(inner) || strchr(names.items[i], '.') == NULL)
            refused += add_path(list, inner, depth + 1, problems);
        free(inner);
        free(names.items[i]);
    }
    LIST_RELEASE(&names);
    return refused;
}

static unsigned add_path(struct lesson_list *list, const char *path, unsigned depth,
                         struct str *problems)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    struct stat status;
    unsigned refused;

    if (fd < 0 || fstat(fd, &status) != 0)
        refused = say(problems, path, strerror(errno));
    else if (S_ISDIR(status.st_mode))
        refused = depth > FOLDER_DEPTH_MAX ? 0 : read_folder(list, path, fd, depth, problems);
    else if (!S_ISREG(status.st_mode))
        refused = say(problems, path, "not a regular file");
    else if (status.st_size > LESSON_BYTES_MAX)
        refused = say(problems, path, "longer than 4 MiB");
    else
        refused = read_file(list, path, fd, (size_t)status.st_size, problems);
    if (fd >= 0)
        close(fd);
    return refused;
}

unsigned lesson_list_add_path(struct lesson_list *list, const char *path, struct str *problems)
{
    return add_path(list, path, 0, problems);
}

const struct lesson *lesson_list_want(struct lesson_list *list, const char *word, struct str *why)
{
    const struct lesson *lesson = lesson_list_find(list, word);
    struct lesson_list given = {0};

    if (lesson != NULL)
        return lesson;
    if (strchr(word, '/') == NULL && !str_ends(word, ".md")) {
        str_addf(why, "there is no lesson %s; `nephoscope lesson list` shows them\n", word);
    } else if (lesson_list_add_path(&given, word, why) == 0 && given.items.count != 1) {
        str_addf(why, "%s: not one lesson\n", word);
    } else if (given.items.count == 1) {
        lesson = given.items.items[0];
        insert(list, given.items.items[0]); /* it is the list's now */
        given.items.count = 0;
    }
    lesson_list_release(&given);
    return lesson;
}
