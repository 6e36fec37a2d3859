/*
 * api/filter.h - --filters: which of the items that an operation lists are wanted.
 *
 * True to EC2: all filters must match, any of a filter's values may; * is any text, ? any
 *         character, \ takes the next one as it is; case matters. "tag:KEY" and "tag-key" work for
 *         every item with Tags.
 */
#ifndef API_FILTER_H
#define API_FILTER_H

#include <stdbool.h>

#include "api/service.h"

struct filter {
    const char *name;
    LIST(const char *) values;
};

extern const struct shape filter_shape;

/* What an input struct holds for its --filters member: F_FILTERS(struct x_in, filters). */
struct filters {
    struct filter *items;
    uint32_t count;
    uint32_t size;
};

#define F_FILTERS(T, m) F_FILTERS_NAMED(T, m, "Filters")
/* Of the few operations whose member is called otherwise. */
#define F_FILTERS_NAMED(T, m, n) \
    { .name = (n), .type = FIELD_LIST, .of = &filter_shape, \
      .offset = offsetof(T, m) + 0 * sizeof(_Generic(&((T *)0)->m, struct filters *: 1)), \
      .doc = "Only what matches all of these: Name=NAME,Values=VALUE,VALUE " \
             "with * and ? as wildcards." }

/* True when the item, described by its shape, passes all filters.  Names must have been checked. */
bool filter_pass(const struct op *op, const struct filters *filters, const struct shape *shape,
                 const void *item);

/* Refuses a name that the operation does not take, in EC2's words.  0 or -1. */
int filter_check(struct call *call, const struct filters *filters);

#endif
