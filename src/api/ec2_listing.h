/*
 * api/ec2_listing.h - how EC2 lists things: those of some ids, or all that are the caller's in the
 * Region; those that pass the filters; a page of them.
 */
#ifndef API_EC2_LISTING_H
#define API_EC2_LISTING_H

#include "api/ec2_parts.h"
#include "api/filter.h"

/* What a Describe operation of this kind takes. */
struct listing_in {
    const char *next_token;
    struct opt_int max_results;
    bool dry_run;
    bool managed; /* IncludeManagedResources, where there is such a member */
    struct strings ids;
    struct filters filters;
};

/* And what it gives. */
struct listing_out {
    struct {
        void *items; /* of the listing's view */
        uint32_t count;
        uint32_t size;
    } rows;
    const char *next_token;
};

/* The member of the answer that holds the rows. */
#define F_LISTED(OF, NAME, ...) \
    { .name = (NAME), .type = FIELD_LIST, .of = (OF), \
      .offset = offsetof(struct listing_out, rows), .doc = __VA_ARGS__ }

struct listing {
    const struct id_words *words; /* how ids are found, and refused */
    size_t table;                 /* offsetof(struct world, ...) of the table with the rows */
    const struct shape *view;     /* of what is listed */
    /* Without ids: is this row the caller's, of the Region, and to be seen already? */
    bool (*shows)(const struct call *call, const void *row);
    /* Writes what is shown of the row into a zeroed view. */
    void (*see)(struct call *call, const void *row, void *view);
};

/* What `run` of such an operation does.  0, or -1 after a fault of the ids, the limit or the token.
 */
int listing_run(struct call *call, const struct listing *listing, const struct listing_in *in,
                struct listing_out *out);

#endif
