/*
 * api/paging.h - long answers, page after page: --max-items, --starting-token, --page-size.
 *
 * The AWS CLI asks an operation that has pages again and again, until nothing is left or
 * --max-items are there, and gives its own token where it stopped: base 64 of {"NextToken": the
 * service's token or null, "boto_truncate_amount": items of that page that were given}.  A line
 * that names the operation's own token or limit, or says --no-paginate, asks once.
 *
 * True to botocore's paginate and the AWS CLI 2.36.7.
 */
#ifndef API_PAGING_H
#define API_PAGING_H

#include <stdbool.h>

#include <jansson.h>

#include "api/answer.h"
#include "api/arguments.h"
#include "base/str.h"

/* Who asks for the pages of one line, and what becomes of them. */
struct pager {
    /* One request.  0 with the answer, to be released; or an exit code, when it has been told. */
    int (*ask)(void *context, const json_t *params, struct answer *page);
    /* Prints a page at once.  0 or an exit code.  NULL: the pages are joined. */
    int (*show)(void *context, struct answer *page);
    bool lists; /* of a page its lists alone are shown, with null for one that is absent */
    void *context;
    int64_t page_size; /* 0: the service's own */
};

struct paged {
    struct answer whole; /* the joined answer; empty when each page was shown */
    json_t *resume; /* the token to go on with, a string; NULL when nothing is left */
};

/* Is the line one that asks for page after page? */
bool paging_wanted(const struct arguments *arguments);
/*
 * Asks.  0, or an exit code: then *error holds the CLI's sentence unless ask() or show() told it.
 * What is in `paged` is to be released either way.
 */
int paging_walk(const struct arguments *arguments, const struct pager *pager, struct paged *paged,
                struct str *error);

/* How many items the AWS CLI asks for at a time: what the line says, or what the CLI adds by
 * itself; 0: as many as the service gives. */
int64_t paging_size(const struct arguments *arguments);

/* Where a --starting-token begins. */
struct paging_start {
    json_t *token; /* the service's own, a string; NULL: from the start; to be freed */
    json_int_t skip;
};

/* False when no token of the AWS CLI's looks so. */
bool paging_start_read(const char *text, const struct paging *paging, struct paging_start *start);

#endif
