/*
 * tui/keys.h - what each key does: the one table that the dispatch, the foot and the help screen
 * are made from.
 *
 * Things to do to add a key: its row in tui/keys.c; if what it does is new, an action here and its
 * line in tui/console_act.c.
 */
#ifndef TUI_KEYS_H
#define TUI_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/term.h"

/* Where the keys go. */
enum keys_where {
    KEYS_PROMPT = 1,
    KEYS_VIEW = 2, /* the view, the lesson, or what lies over them */
    KEYS_TRANSCRIPT = 4,
    KEYS_NOT_PROMPT = KEYS_VIEW | KEYS_TRANSCRIPT,
    KEYS_ANY = 7,
    KEYS_SPARE = 8,       /* in a foot without room for all: goes last; */
    KEYS_SPARER = 16,     /* goes before that; */
    KEYS_SPAREST = 32,    /* goes first */
    KEYS_WALL = 64,       /* the learners of a class */
    KEYS_WALKED = KEYS_NOT_PROMPT | KEYS_WALL,
    KEYS_FILM = 128,      /* only while a film runs; */
    KEYS_NO_FILM = 256,   /* only while none does */
};

enum keys_action {
    KEYS_NOTHING,
    KEYS_HELP,
    KEYS_SHOW,  /* the view of the argument's name */
    KEYS_WORLDS, /* the comparison; again: its other skin */
    KEYS_TURN,  /* lesson or view, where one fits */
    KEYS_ZOOM,
    KEYS_TO_VIEW,
    KEYS_TO_PROMPT,
    KEYS_TO_NEXT,
    KEYS_BACK, /* closes what lies over the view; then to the prompt */
    KEYS_UP,
    KEYS_DOWN,
    KEYS_PAGE_UP,
    KEYS_PAGE_DOWN,
    KEYS_FIRST,
    KEYS_LAST,
    KEYS_OPEN, /* types the row's command */
    KEYS_SEARCH,
    KEYS_SEARCH_NEXT,
    KEYS_SEARCH_BACK,
    KEYS_SORT,
    KEYS_EARLIER, /* a moment of what went by */
    KEYS_LATER,
    KEYS_MUCH_EARLIER, /* ten */
    KEYS_MUCH_LATER,
    KEYS_PAUSE,
    KEYS_STEP,
    KEYS_FASTER,
    KEYS_SLOWER,
    KEYS_TYPE,           /* types the argument, and runs it */
    KEYS_TYPE_ON,        /* types the argument; the person goes on */
    KEYS_COPY,           /* the row's id, else the last answer's, goes to the clipboard */
    KEYS_LESSON_COMMAND, /* types what the lesson proposes */
    KEYS_BREAK,          /* a menu of what can break where the row is */
    KEYS_POINT,          /* the row gets a sign, or loses it */
    KEYS_TEACH,          /* the instructor's menu */
    KEYS_PRESENT,        /* large, few things; again: as before */
    KEYS_LESSON_PAGE,    /* a page further in the lesson; at its end: its beginning */
    KEYS_REDRAW,
    KEYS_CHAPTER_NEXT, /* of a film */
    KEYS_CHAPTER_BACK,
    KEYS_LINE_NEXT,
    KEYS_LINE_BACK,
    KEYS_QUIT,
};

struct keys_key {
    const char *label; /* as people call it: "F2", "Page Down" */
    enum term_key_code code;
    uint32_t character; /* of TERM_KEY_CHAR */
    bool alt;
    unsigned where; /* of enum keys_where, several */
    enum keys_action action;
    const char *argument;
    const char *foot; /* one or two words for the key line; NULL: not there */
    const char *doc;
};

/* All keys, ended by a NULL label; those first come first in the foot. */
extern const struct keys_key keys[];

/* What a key does there, or NULL.  `where` is a place and, while a film runs, KEYS_FILM. */
const struct keys_key *keys_find(unsigned where, const struct term_key *key);
/* Is the key there, with or without a film?  `where` as above. */
bool keys_is_there(const struct keys_key *key, unsigned where);

/*
 * Keys on a row: each types a command for the resource of the row, by how its id begins.  `{}` is
 * the id.  Enter's is the first of a prefix.
 */
struct keys_command {
    const char *prefix;  /* "i-", or a part of an ARN: ":targetgroup/" */
    uint32_t character;  /* 0: Enter */
    bool submit;         /* it changes nothing, and is run at once; else it waits for Enter */
    const char *command; /* "aws ec2 stop-instances --instance-ids {}" */
    const char *doc;     /* one or two words */
};

/* All of them, ended by a NULL prefix. */
extern const struct keys_command keys_commands[];

/* The command of a key (0: Enter) on a row with that id, or NULL. */
const struct keys_command *keys_command_find(const char *id, uint32_t character);

#endif
