/*
 * api/paging.c - --max-items and --starting-token: a part of a long answer.
 */
#include "api/paging.h"

#include <stdlib.h>
#include <string.h>

#include <nettle/base64.h>

#include "base/mem.h"

static const char amount_name[] = "boto_truncate_amount";

static char *token_write(const char *in_token, json_int_t amount)
{
    json_t *token = json_object();
    char *text;
    char *encoded;
    size_t length;

    json_object_set_new(token, in_token, json_null());
    json_object_set_new(token, amount_name, json_integer(amount));
    text = json_dumps(token, 0);
    length = strlen(text);
    encoded = xcalloc(BASE64_ENCODE_RAW_LENGTH(length) + 1, 1);
    base64_encode_raw(encoded, length, (const uint8_t *)text);
    free(text);
    json_decref(token);
    return encoded;
}

/* How many items the token passes over; -1 when it is no token. */
static json_int_t token_read(const char *text)
{
    size_t length = strlen(text);
    size_t size = BASE64_DECODE_LENGTH(length);
    uint8_t *bytes = xcalloc(size + 1, 1);
    struct base64_decode_ctx context;
    json_t *token = NULL;
    json_int_t amount = -1;

    base64_decode_init(&context);
    if (base64_decode_update(&context, &size, bytes, length, text) && base64_decode_final(&context))
        token = json_loadb((const char *)bytes, size, 0, NULL);
    if (json_is_integer(json_object_get(token, amount_name)))
        amount = json_integer_value(json_object_get(token, amount_name));
    json_decref(token);
    free(bytes);
    return amount;
}

bool paging_token_is_ours(const char *text)
{
    return token_read(text) >= 0;
}

int paging_cut(const struct arguments *arguments, json_t *answer, struct str *error)
{
    const struct paging *paging = arguments->op->paging;
    json_t *list = paging == NULL ? NULL : json_object_get(answer, paging->result);
    json_int_t skip = 0;
    json_int_t left;

    if (!json_is_array(list))
        return 0;
    if (arguments->starting_token != NULL) {
        skip = token_read(arguments->starting_token);
        if (skip < 0) {
            str_addf(error, "Bad starting token: %s", arguments->starting_token);
            return -1;
        }
    }
    for (json_int_t i = 0; i < skip && json_array_size(list) > 0; i++)
        json_array_remove(list, 0);
    left = (json_int_t)json_array_size(list);
    if (!arguments->max_items.set || left <= arguments->max_items.value ||
        arguments->max_items.value < 0)
        return 0;
    while (left > arguments->max_items.value)
        json_array_remove(list, (size_t)--left);
    if (arguments->max_items.value > 0 || skip > 0) {
        char *token = token_write(paging->in_token, skip + arguments->max_items.value);

        json_object_set_new(answer, "NextToken", json_string(token));
        free(token);
    }
    return 0;
}
