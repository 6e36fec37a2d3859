/*
 * lesson/class_post.h - what an instructor sends to the learners of a class: messages, in order.
 *
 * A message is a file DIR/.class/000012.msg, whole from the moment it has its name; its number is
 * its place in the order.  It goes to some learners or to all, and does one of the few things below
 * and nothing else.  It is believed for who owns it (store/class_folder.h), never for what it says.
 */
#ifndef LESSON_CLASS_POST_H
#define LESSON_CLASS_POST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/str.h"
#include "store/class_folder.h"

enum class_verb {
    CLASS_SAY,     /* text: a line */
    CLASS_HINT,    /* text: a hint; "": the lesson's next one */
    CLASS_FAULTS,  /* text: a fault plan */
    CLASS_FREEZE,  /* simulated time stands still */
    CLASS_RELEASE,
    CLASS_RESET,   /* text: a step's number or id */
    CLASS_BOX,     /* text: minutes from `at`; "0": the box is taken away */
    CLASS_LOOKED,  /* a copy of the world was opened */
    CLASS_LOWER,   /* the hand was seen to */
    CLASS_BOX_END, /* never sent: a console journals it when the box is over */
    CLASS_VERBS,
};

struct class_message {
    int64_t number;
    enum class_verb verb;
    int64_t at;         /* seconds since 1970 */
    struct strings to;  /* names, owned each; none: everybody */
    char *text;         /* owned */
    bool shown;         /* the learner has read it already: it is to be journalled only */
};

void class_message_release(struct class_message *message);
bool class_message_is_for(const struct class_message *message, const char *name);
/* CLASS_RESET: may a step be called so?  A number, or an id. */
bool class_step_check(const char *step);
/* CLASS_BOX: the moment at which the box ends, in s since 1970; 0: there is none any more. */
int64_t class_box_end(const struct class_message *message);
/* What the learner is told by it, appended; one line, without its end. */
void class_message_tell(const struct class_message *message, struct str *out);
/* The row of the journal: {"id":12,"verb":"say","text":"...","at":1767225600}, appended. */
void class_message_journal(const struct class_message *message, struct str *out);
/* Reads such a row back: 0 with a message to be released, or -1. */
int class_message_read(const char *bytes, size_t size, struct class_message *message);

/* Sends a message; its number is filled in.  0, or -1 with a sentence (the folder is another's, the
 * disk is full...). */
int class_post_send(const struct class_folder *folder, struct class_message *message,
                    struct str *why);

/* Which messages there are, and whether there may be new ones. */
struct class_post {
    int64_t changed_ns; /* of .class when it was last read */
    unsigned again;     /* how often it is to be read again although it did not change */
    int64_t last;       /* the highest number that was seen */
};

struct class_messages {
    LIST(struct class_message) items; /* by number */
};

/* Adds the messages with numbers above `after`, in their order; those that are not to be believed,
 * or no messages, are left out. */
void class_post_read(const struct class_folder *folder, int64_t after,
                     struct class_messages *messages);
void class_messages_release(struct class_messages *messages);
/* May there be messages that were not there when this was last asked?  One look at a folder. */
bool class_post_is_new(struct class_post *post, const struct class_folder *folder);

/* "Your instructor looks at a copy": a file whose age says whether it is so now, so that a wall
 * that was killed does not look for ever. */
enum { CLASS_LOOK_S = 10 };
/* Says it (again every few seconds), or, with false, takes it back. */
void class_look_set(const struct class_folder *folder, const char *name, bool on);
/* Is it so?  `now` in ns since 1970. */
bool class_look_is_on(const struct class_folder *folder, const char *name, int64_t now);

#endif
