/*
 * lesson/list.h - the lessons there are: those in the program, and files that a person names.
 */
#ifndef LESSON_LIST_H
#define LESSON_LIST_H

#include "base/list.h"
#include "lesson/parse.h"

struct str;

struct lesson_list {
    LIST(struct lesson *) items; /* owned; by `order:`, then by path */
    bool offered;                /* those that are compiled in belong to it, and are not read yet */
};

/* Adds the lessons that are compiled in.  Each that is refused gives a line in `problems`, and is
 * left out. Returns how many were refused. */
unsigned lesson_list_add_built_in(struct lesson_list *list, struct str *problems);
/*
 * Adds them when somebody asks first, which hardly a run of `exec` does: below, or by
 * lesson_list_read() before the items themselves are looked at.  Tests prove that none is refused.
 */
void lesson_list_offer_built_in(struct lesson_list *list);
void lesson_list_read(struct lesson_list *list);
/* Adds a file, or the lessons (NNN-name.md) of a folder and the folders in it; one whose id is
 * there takes its place. Returns how many were refused, each with a line in `problems`. */
unsigned lesson_list_add_path(struct lesson_list *list, const char *path, struct str *problems);
void lesson_list_release(struct lesson_list *list);

/* The lesson that a person names on a command line: an id, or a file (with a slash, or ending in
 * .md), which is added.  NULL with a line in `why`. */
const struct lesson *lesson_list_want(struct lesson_list *list, const char *word, struct str *why);

/* NULL when there is none. */
const struct lesson *lesson_list_find(struct lesson_list *list, const char *id);

/* The seed of its world: the lesson's own, or a learner's in a class (NULL or "": in none). */
uint64_t lesson_seed_of(const struct lesson *lesson, const char *learner);

/* Appends the list as people read it. */
void lesson_list_print(struct lesson_list *list, struct str *out);

#endif
