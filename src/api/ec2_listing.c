/*
 * api/ec2_listing.c - the one way in which EC2 lists things.
 */
#include "api/ec2_listing.h"

#include <string.h>

#include "cloud/world.h"

static void list_row(struct call *call, const struct listing *listing,
                     const struct listing_in *in, const void *row, struct listing_out *out)
{
    size_t size = listing->view->size;
    char *view;

    out->rows.items =
        list_reserve_in(&call->arena, out->rows.items, &out->rows.size, out->rows.count, size);
    view = (char *)out->rows.items + out->rows.count * size;
    memset(view, 0, size);
    listing->see(call, row, view);
    if (filter_pass(call->op, &in->filters, listing->view, view))
        out->rows.count++;
}

int listing_run(struct call *call, const struct listing *listing, const struct listing_in *in,
                struct listing_out *out)
{
    const struct table *table = (const void *)((const char *)call->world + listing->table);
    size_t size = listing->view->size;
    struct found found;
    struct page page;

    if (ids_find(call, listing->words, &in->ids, &found) != 0)
        return -1;
    for (uint32_t i = 0; i < found.count; i++)
        list_row(call, listing, in, found.items[i], out);
    for (uint32_t i = 0; i < table_count(table) && in->ids.count == 0; i++) {
        const void *row = table_at(table, i);

        if (listing->shows(call, row))
            list_row(call, listing, in, row, out);
    }
    if (page_find(call, in->max_results, in->next_token, out->rows.count, &page) != 0)
        return -1;
    out->rows.items = out->rows.items == NULL ? NULL
                                              : (char *)out->rows.items + page.first * size;
    out->rows.count = page.count;
    out->next_token = page.next;
    return 0;
}
