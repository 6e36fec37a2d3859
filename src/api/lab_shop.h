/*
 * api/lab_shop.h - what lab_shop_line.c and lab_shop_make.c share: a shop that is being made,
 * command by command.
 */
#ifndef API_LAB_SHOP_H
#define API_LAB_SHOP_H

#include <jansson.h>

#include "api/lab_parts.h"
#include "base/list.h"

/* What create-shop is asked for. */
struct make_in {
    const char *name;
    const char *coupling;
    struct opt_int cashiers;
    struct opt_int baristas;
    struct opt_int most;
    struct opt_real seconds;
    struct opt_int patience_s;
    struct opt_int visibility_s;
    struct opt_int receives;
    const char *type;
    const char *key;
};

struct make_out {
    const char *name;
    struct strings commands;
    struct strings cashiers;
    struct strings baristas;
};

struct words {
    const char **items;
    uint32_t count;
    uint32_t size;
};

struct making {
    struct call *call;
    const struct make_in *wish;
    const char *name;
    const char *group; /* the security group's id */
    const char *image;
    const char *type;
    struct strings addresses; /* of baristas */
    struct strings undo;      /* the last is to be the first */
    struct make_out *out;
};

extern const struct fault_kind fault_shop_step;

/* "aws sqs create-queue": its words. */
struct words shop_line(struct making *making, const char *text);
void shop_line_add(struct making *making, struct words *line, const char *word);
void shop_line_option(struct making *making, struct words *line, const char *option,
                      const char *value);
/* Runs it.  0 with the answer (a new reference), or -1 after a fault of the outer call. */
int shop_line_run(struct making *making, const struct words *line, json_t **answer);
/* The same, and gives it back among the commands; answer may be NULL. */
int shop_line_step(struct making *making, const struct words *line, json_t **answer);
/* What will end what was just made: before all that is ended so far. */
void shop_line_undo(struct making *making, const char *line);

#define TEXT(making, ...) arena_printf(&(making)->call->arena, __VA_ARGS__)

#endif
