/*
 * lesson/reckon_roots.c - which of a file's branches a lesson was begun with, and which lines are
 * commands.
 */
#include <stdlib.h>
#include <string.h>

#include "lesson/progress.h"
#include "lesson/reckon_parts.h"
#include "lesson/seat.h"
#include "lesson/words.h"
#include "shell/logbook.h"
#include "shell/run.h"
#include "store/branch.h"

int64_t reckon_root_of(const struct reckon_task *task, int64_t id)
{
    const struct store_branch *branch = store_branch_find(task->store, id);

    return branch == NULL || strcmp(branch->lesson, task->lesson->id) != 0
               ? 0
               : store_branch_root(task->store, id);
}

bool reckon_line_begins(const char *line, const char *word)
{
    size_t length = strlen(word);

    line += strspn(line, " \t\n");
    return strncmp(line, word, length) == 0 && strchr(" \t\n;", line[length]) != NULL;
}

/* Did this entry begin a root of the lesson by a jump?  The branch from which; 0: it did not. */
static int64_t jump_of(const struct reckon_task *task, const struct logbook_entry *entry,
                       int64_t root)
{
    if (entry->line == NULL)
        return entry->before.branch == root && strcmp(entry->lesson, task->lesson->id) == 0 &&
                       strcmp(entry->key, progress_key_jumped) == 0 && entry->value != NULL
                   ? strtoll(entry->value, NULL, 10)
                   : 0;
    /* Of files older than the note. */
    return reckon_line_begins(entry->line, "jump") &&
                   reckon_root_of(task, entry->after.branch) == root
               ? entry->before.branch
               : 0;
}

int64_t reckon_jumped_from(const struct reckon_task *task, int64_t root)
{
    for (uint32_t i = 0; i < task->logbook->entries.count; i++) {
        int64_t from = reckon_root_of(task, jump_of(task, &task->logbook->entries.items[i], root));

        if (from != 0 && from < root)
            return from;
    }
    return 0;
}

bool reckon_is_command(const char *line)
{
    static const char *const commands[] = {"run", "solve", "sleep", "echo", "export", "source",
                                           "ssh", "fault-plan"};
    const struct word *const tables[] = {lesson_words, seat_words, shell_words};

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (reckon_line_begins(line, commands[i]))
            return true;
    }
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        for (const struct word *word = tables[i]; word->name != NULL; word++) {
            if (reckon_line_begins(line, word->name))
                return false;
        }
    }
    return true;
}

int64_t reckon_find_root(const struct reckon_task *task)
{
    int64_t root = 0;
    int64_t seen = 0;

    for (size_t i = 0; i < store_branch_count(task->store); i++) {
        const struct store_branch *branch = store_branch_at(task->store, i);

        if (branch->parent == 0 && reckon_root_of(task, branch->id) != 0)
            root = branch->id;
    }
    for (uint32_t i = 0; i < task->logbook->entries.count; i++) {
        const struct logbook_entry *entry = &task->logbook->entries.items[i];

        if (entry->line != NULL && reckon_root_of(task, entry->after.branch) != 0)
            seen = reckon_root_of(task, entry->after.branch);
    }
    root = seen != 0 ? seen : root;
    while ((seen = reckon_jumped_from(task, root)) != 0)
        root = seen;
    return root;
}
