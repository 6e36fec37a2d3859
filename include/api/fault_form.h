/*
 * api/fault_form.h - each kind of fault as a form: what it is about, how much of it there may be,
 * and the options that say so.
 *
 * lab inject-fault reads its options by this table, menus are made from it, and plans are written
 * with it.
 */
#ifndef API_FAULT_FORM_H
#define API_FAULT_FORM_H

#include <stdbool.h>

#include "cloud/injection.h"

struct fault_form {
    int kind;            /* enum injection_kind */
    const char *doc;     /* what it does, a few words: "its web server computes more slowly" */
    const char *subject; /* the option that names what breaks: "--instance-id" */
    const char *other;   /* another one that may instead: "--host-id"; NULL: none */
    const char *amount;  /* the option that says how much: "--factor"; NULL: none */
    const char *unit;    /* what is counted: "times as slow" */
};

/* Every kind, in the order of their numbers; ended by kind 0. */
extern const struct fault_form fault_forms[];

/* That of a kind; NULL when there is no such kind. */
const struct fault_form *fault_form_of(int kind);
/* May a fault of this kind be about what that option names? */
bool fault_form_takes(const struct fault_form *form, const char *option);

#endif
