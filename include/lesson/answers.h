/*
 * lesson/answers.h - what a line that was typed once answered: it is asked again, where it was
 * typed.
 *
 * Nobody keeps answers.  The line is run in a copy of the world as it was then, in memory, with the
 * words that stay inside; nothing outside is touched, for the line is a stranger's.
 */
#ifndef LESSON_ANSWERS_H
#define LESSON_ANSWERS_H

#include <stdbool.h>

#include "api/word.h"

struct catalog;
struct logbook_entry;
struct shell;
struct store;
struct str;

enum { ANSWERS_WORDS = 16 };

/* Adds the words that stay inside to a shell; the table is the caller's, and lives as long. */
void answers_add_words(struct shell *shell, struct word words[ANSWERS_WORDS]);

/* Appends what the line printed.  False, with nothing appended, when that is not known: it did
 * something else than to ask the cloud, it takes too long, or it ended otherwise than then. */
bool answers_find(const struct catalog *catalog, struct store *store,
                  const struct logbook_entry *line, struct command_io *io);

#endif
