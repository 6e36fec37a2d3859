/*
 * api/sent.c - what the AWS CLI would send for a line: its parameters, and what it adds by itself.
 */
#include "api/sent.h"

#include <string.h>

#include "api/paging.h"

/* The AWS CLI asks these for so many at a time, unless they are named or filtered. */
enum { PAGE_SIZE_DEFAULT = 1000 };
static const struct {
    const char *op;
    const char *unless;
} paged_by_default[] = {
    {"DescribeSnapshots", "SnapshotIds"},
    {"DescribeVolumes", "VolumeIds"},
};

static int64_t default_page(const struct arguments *arguments)
{
    for (size_t i = 0; i < sizeof(paged_by_default) / sizeof(paged_by_default[0]); i++) {
        if (strcmp(arguments->op->name, paged_by_default[i].op) == 0 && !arguments->no_paginate &&
            arguments->waiter == NULL && json_object_get(arguments->params, "Filters") == NULL &&
            json_object_get(arguments->params, paged_by_default[i].unless) == NULL)
            return PAGE_SIZE_DEFAULT;
    }
    return 0;
}

json_t *sent_params(const struct arguments *arguments)
{
    const struct op *op = arguments->op;
    json_t *sent = json_copy(arguments->params);
    int64_t page =
        arguments->page_size.set ? arguments->page_size.value : default_page(arguments);

    if (op->paging != NULL && op->paging->limit != NULL && page > 0 &&
        json_object_get(sent, op->paging->limit) == NULL)
        json_object_set_new(sent, op->paging->limit, json_integer(page));
    if (arguments->starting_token != NULL && !paging_token_is_ours(arguments->starting_token))
        json_object_set_new(sent, op->paging->in_token, json_string(arguments->starting_token));
    for (size_t i = 0; i < arguments->in->count; i++) {
        const struct field *field = &arguments->in->fields[i];

        if ((field->flags & FIELD_TOKEN) != 0 && json_object_get(sent, field->name) == NULL)
            json_object_set_new(sent, field->name, json_string("<UUID4>"));
    }
    return sent;
}
