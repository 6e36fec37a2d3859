/*
 * api/sent.c - what the AWS CLI would send for a line: its parameters, and what it adds by itself.
 */
#include "api/sent.h"

#include "api/paging.h"

json_t *sent_params(const struct arguments *arguments)
{
    const struct op *op = arguments->op;
    json_t *sent = json_copy(arguments->params);
    int64_t page = paging_size(arguments);
    struct paging_start start;

    if (op->paging != NULL && op->paging->limit != NULL && page > 0 &&
        json_object_get(sent, op->paging->limit) == NULL)
        json_object_set_new(sent, op->paging->limit, json_integer(page));
    if (arguments->starting_token != NULL &&
        paging_start_read(arguments->starting_token, op->paging, &start) && start.token != NULL)
        json_object_set_new(sent, op->paging->in_token, start.token);
    for (size_t i = 0; i < arguments->in->count; i++) {
        const struct field *field = &arguments->in->fields[i];

        if ((field->flags & FIELD_TOKEN) != 0 && json_object_get(sent, field->name) == NULL)
            json_object_set_new(sent, field->name, json_string("<UUID4>"));
    }
    return sent;
}
