/*
 * api/paging.c - long answers, page after page: --max-items, --starting-token, --page-size.
 */
#include "api/paging.h"

#include <stdlib.h>
#include <string.h>

#include <nettle/base64.h>

#include "base/bug.h"
#include "base/mem.h"
#include "api/option_value.h"

static const char amount_name[] = "boto_truncate_amount";

#define WHOLE_PAGE INT64_MIN
#define AMOUNT_MAX (INT64_C(1) << 53)

/* ---- tokens ---- */

/* The CLI's token; WHOLE_PAGE as the amount: its page was given whole. */
static json_t *token_write(const char *in_token, json_t *service_token, json_int_t amount)
{
    json_t *token = json_object();
    json_t *written;
    char *text;
    char *encoded;
    size_t length;

    json_object_set(token, in_token, service_token == NULL ? json_null() : service_token);
    if (amount != WHOLE_PAGE)
        json_object_set_new(token, amount_name, json_integer(amount));
    text = json_dumps(token, 0);
    length = strlen(text);
    encoded = xcalloc(BASE64_ENCODE_RAW_LENGTH(length) + 1, 1);
    base64_encode_raw(encoded, length, (const uint8_t *)text);
    written = json_string(encoded);
    free(text);
    free(encoded);
    json_decref(token);
    return written;
}

/* The object that a token holds, a new reference; NULL when it is none of the CLI's. */
static json_t *token_decode(const char *text)
{
    size_t length = strlen(text);
    size_t size = BASE64_DECODE_LENGTH(length);
    uint8_t *bytes = xcalloc(size + 1, 1);
    struct base64_decode_ctx context;
    json_t *token = NULL;

    base64_decode_init(&context);
    if (base64_decode_update(&context, &size, bytes, length, text) && base64_decode_final(&context))
        token = json_loadb((const char *)bytes, size, 0, NULL);
    free(bytes);
    if (json_is_object(token))
        return token;
    json_decref(token);
    return NULL;
}

/* What older CLIs wrote, "TOKEN___NUMBER" or the service's token alone. */
static bool start_read_old(const char *text, struct paging_start *start)
{
    const char *mark = strstr(text, "___");
    size_t length = mark == NULL ? strlen(text) : (size_t)(mark - text);
    int64_t skip = 0;

    if (mark != NULL && strstr(mark + 3, "___") != NULL)
        return false;
    if (mark != NULL &&
        (!option_value_integer(mark + 3, &skip) || skip <= -AMOUNT_MAX || skip >= AMOUNT_MAX)) {
        length = strlen(text);
        skip = 0;
    }
    if (length != strlen("None") || strncmp(text, "None", length) != 0)
        start->token = json_stringn(text, length);
    start->skip = skip;
    return true;
}

static bool amount_is_sound(const json_t *amount)
{
    return json_integer_value(amount) > -AMOUNT_MAX && json_integer_value(amount) < AMOUNT_MAX;
}

/* Holds the object what a token holds, and nothing else?  The AWS CLI would send the rest. */
static bool token_is_sound(const json_t *token, const struct paging *paging)
{
    const json_t *own = json_object_get(token, paging->in_token);
    const json_t *amount = json_object_get(token, amount_name);

    return json_object_size(token) == (size_t)(own != NULL) + (size_t)(amount != NULL) &&
           (own == NULL || json_is_null(own) || json_is_string(own)) &&
           (amount == NULL || (json_is_integer(amount) && amount_is_sound(amount)));
}

bool paging_start_read(const char *text, const struct paging *paging, struct paging_start *start)
{
    json_t *token = token_decode(text);
    bool sound;

    *start = (struct paging_start){0};
    if (token == NULL)
        return start_read_old(text, start);
    sound = token_is_sound(token, paging);
    if (sound && json_is_string(json_object_get(token, paging->in_token)))
        start->token = json_incref(json_object_get(token, paging->in_token));
    start->skip = json_integer_value(json_object_get(token, amount_name));
    json_decref(token);
    return sound;
}

/* ---- sizes ---- */

enum { PAGE_SIZE_DEFAULT = 1000 };

/* The AWS CLI asks these for so many at a time, if nothing else is asked of them than this. */
static const struct {
    const char *op;
    const char *with[5];
} paged_by_default[] = {
    {"DescribeSnapshots", {"NextToken", "DryRun", "OwnerIds", "RestorableByUserIds"}},
    {"DescribeVolumes", {"NextToken", "DryRun"}},
};

static bool only_has(const json_t *params, const char *const *names)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)params, key, value)
    {
        const char *const *name = names;

        while (*name != NULL && strcmp(*name, key) != 0)
            name++;
        if (*name == NULL)
            return false;
    }
    return true;
}

int64_t paging_size(const struct arguments *arguments)
{
    if (arguments->page_size.set)
        return arguments->page_size.value;
    if (!paging_wanted(arguments))
        return 0;
    for (size_t i = 0; i < sizeof(paged_by_default) / sizeof(paged_by_default[0]); i++) {
        if (strcmp(arguments->op->name, paged_by_default[i].op) == 0 &&
            only_has(arguments->params, paged_by_default[i].with))
            return PAGE_SIZE_DEFAULT;
    }
    return 0;
}

bool paging_wanted(const struct arguments *arguments)
{
    const struct paging *paging = arguments->op->paging;

    return paging != NULL && !arguments->no_paginate && arguments->waiter == NULL &&
           json_object_get(arguments->params, paging->in_token) == NULL &&
           (paging->limit == NULL || json_object_get(arguments->params, paging->limit) == NULL);
}

/* ---- walking ---- */

struct walk {
    const struct arguments *arguments;
    const struct paging *paging;
    const struct pager *pager;
    struct paged *paged;
    json_t *params; /* of the next request */
    json_t *token;  /* the service's, of the page that is asked for; NULL: the first */
    json_int_t skip; /* of its items, already given */
    json_int_t given;
};

/* list[from:to], as Python counts: what is negative is counted from the back. */
static json_t *slice(const json_t *list, json_int_t from, json_int_t to)
{
    json_int_t size = (json_int_t)json_array_size(list);
    json_t *part = json_array();

    if (from < 0)
        from = from + size < 0 ? 0 : from + size;
    if (to < 0)
        to += size;
    for (json_int_t i = from; i < to && i < size; i++)
        json_array_append(part, json_array_get(list, (size_t)i));
    return part;
}

enum { LIST_NAME_SIZE = 64 };

/* The next of the lists that an operation pages; false after the last.  *at begins at its names. */
static bool list_next(const char **at, char name[LIST_NAME_SIZE])
{
    size_t length = strcspn(*at, ",");

    if (length == 0 || length >= LIST_NAME_SIZE)
        return false;
    memcpy(name, *at, length);
    name[length] = '\0';
    *at += length + ((*at)[length] == ',');
    return true;
}

/* The one that is counted and cut is the first. */
static void first_list(const struct paging *paging, char name[LIST_NAME_SIZE])
{
    const char *at = paging->result;

    if (!list_next(&at, name))
        BUG("nothing is paged by %s", paging->result);
}

/* Those after the first were given with the page on which the first was cut. */
static void clear_others(const struct paging *paging, json_t *page)
{
    const char *at = paging->result;
    char name[LIST_NAME_SIZE];

    list_next(&at, name);
    while (list_next(&at, name)) {
        if (json_is_array(json_object_get(page, name)))
            json_object_set_new(page, name, json_array());
    }
}

static void list_join(json_t *whole, const char *name, json_t *list)
{
    json_t *joined = json_object_get(whole, name);

    if (list == NULL)
        return;
    if (joined == NULL)
        json_object_set(whole, name, list);
    else
        json_array_extend(joined, list);
}

static void page_join(struct walk *walk, const json_t *page)
{
    const char *at = walk->paging->result;
    char name[LIST_NAME_SIZE];

    while (list_next(&at, name))
        list_join(walk->paged->whole.json, name, json_object_get(page, name));
}

/* The page's lists alone, with null for one that is absent; a new reference. */
static json_t *page_lists(const struct paging *paging, const json_t *page)
{
    const char *at = paging->result;
    char name[LIST_NAME_SIZE];
    json_t *lists = json_object();

    while (list_next(&at, name)) {
        json_t *list = json_object_get(page, name);

        json_object_set(lists, name, list == NULL ? json_null() : list);
    }
    return lists;
}

static int page_give(struct walk *walk, json_t *page)
{
    const struct pager *pager = walk->pager;
    struct answer shown;
    int status;

    if (pager->show == NULL) {
        page_join(walk, page);
        return 0;
    }
    answer_take_json(&shown, pager->lists ? page_lists(walk->paging, page) : json_incref(page));
    status = pager->show(pager->context, &shown);
    answer_release(&shown);
    return status;
}

/* Cuts the page to what --starting-token and --max-items leave; true when that was the last. */
static bool page_cut(struct walk *walk, json_t *page)
{
    char name[LIST_NAME_SIZE];
    const json_t *list;
    struct opt_int most = walk->arguments->max_items;
    json_int_t count;
    json_int_t keep;

    first_list(walk->paging, name);
    list = json_object_get(page, name);
    if (walk->skip != 0)
        clear_others(walk->paging, page);
    if (walk->skip != 0 && json_is_array(list)) {
        json_object_set_new(page, name, slice(list, walk->skip, INT64_MAX));
        list = json_object_get(page, name);
    }
    count = (json_int_t)json_array_size(list);
    if (!most.set || walk->given + count <= most.value) {
        walk->given += count;
        return false;
    }
    keep = most.value - walk->given;
    json_object_set_new(page, name, slice(list, 0, keep));
    walk->paged->resume = token_write(walk->paging->in_token, walk->token, keep + walk->skip);
    return true;
}

/* After a whole page: goes on to the next.  1 when there is none to ask for, 0, or an exit code. */
static int walk_on(struct walk *walk, const json_t *page, struct str *error)
{
    json_t *next = json_object_get(page, walk->paging->out_token);
    struct opt_int most = walk->arguments->max_items;

    if (!json_is_string(next) || json_string_length(next) == 0)
        return 1;
    if (most.set && walk->given == most.value) {
        walk->paged->resume = token_write(walk->paging->in_token, next, WHOLE_PAGE);
        return 1;
    }
    if (walk->token != NULL && json_equal(walk->token, next)) {
        str_addf(error, "Error during pagination: The same next token was received twice: "
                        "{'%s': '%s'}", walk->paging->in_token, json_string_value(next));
        return EXIT_OTHER;
    }
    json_decref(walk->token);
    walk->token = json_incref(next);
    walk->skip = 0;
    return 0;
}

/* Is it the last page, uncut, with none to be joined to?  So nearly every answer is. */
static bool is_all(const struct walk *walk, const struct answer *page)
{
    char name[LIST_NAME_SIZE];
    const struct field *token;
    const struct field *list;
    struct opt_int most = walk->arguments->max_items;
    const char *next;

    if (page->object == NULL || walk->skip != 0 || json_object_size(walk->paged->whole.json) > 0)
        return false;
    first_list(walk->paging, name);
    token = shape_field_find(page->shape, walk->paging->out_token);
    list = shape_field_find(page->shape, name);
    next = token == NULL ? NULL : field_pointer_read(token, page->object);
    return list != NULL && (next == NULL || *next == '\0') &&
           (!most.set || walk->given + field_list_read(list, page->object).count <= most.value);
}

/*
 * Makes an object's answer one of the lists alone: in the order of joined ones, or as page_lists()
 * does.  False when there is one in it that we do not model.
 */
static bool keep_lists(const struct walk *walk, struct answer *page)
{
    const char *at = walk->paging->result;
    struct shape *shape = arena_alloc(&page->arena, sizeof(*shape));
    struct field *fields = arena_alloc(&page->arena, page->shape->count * sizeof(*fields));
    char name[LIST_NAME_SIZE];

    *shape = (struct shape){.name = page->shape->name, .size = page->shape->size, .fields = fields};
    while (list_next(&at, name)) {
        const struct field *field = shape_field_find(page->shape, name);

        if (field == NULL)
            return false;
        fields[shape->count] = *field;
        if (walk->pager->show != NULL)
            fields[shape->count].flags |= FIELD_NULL;
        shape->count++;
    }
    page->shape = shape;
    return true;
}

/* Gives a page that is all there is, from its object.  False when that cannot be. */
static bool page_give_all(struct walk *walk, struct answer *page, int *status)
{
    const struct pager *pager = walk->pager;
    bool lists = pager->show == NULL || pager->lists;

    if (!is_all(walk, page) || (lists && !keep_lists(walk, page)))
        return false;
    *status = 1;
    if (pager->show != NULL) {
        int shown = pager->show(pager->context, page);

        *status = shown == 0 ? 1 : shown;
        return true;
    }
    answer_release(&walk->paged->whole);
    walk->paged->whole = *page;
    *page = ANSWER_INIT;
    return true;
}

/* Puts what there is of a page with the others.  1 when it was the last, 0, or an exit code. */
static int page_add(struct walk *walk, struct answer *page, struct str *error)
{
    json_t *json;
    bool last;
    int status;

    if (page_give_all(walk, page, &status))
        return status;
    json = answer_json(page);
    last = page_cut(walk, json);
    status = page_give(walk, json);
    if (status == 0)
        status = last ? 1 : walk_on(walk, json, error);
    return status;
}

static int walk_pages(struct walk *walk, struct str *error)
{
    int status = 0;

    while (status == 0) {
        struct answer page;

        if (walk->token != NULL)
            json_object_set(walk->params, walk->paging->in_token, walk->token);
        status = walk->pager->ask(walk->pager->context, walk->params, &page);
        if (status != 0)
            return status;
        status = page_add(walk, &page, error);
        answer_release(&page);
    }
    return status == 1 ? 0 : status;
}

int paging_walk(const struct arguments *arguments, const struct pager *pager, struct paged *paged,
                struct str *error)
{
    const struct paging *paging = arguments->op->paging;
    struct paging_start start = {0};
    struct walk walk = {
        .arguments = arguments,
        .paging = paging,
        .pager = pager,
        .paged = paged,
    };
    int status;

    *paged = (struct paged){0};
    if (arguments->starting_token != NULL &&
        !paging_start_read(arguments->starting_token, paging, &start)) {
        str_addf(error, "Bad starting token: %s", arguments->starting_token);
        return EXIT_OTHER;
    }
    walk.token = start.token;
    walk.skip = start.skip;
    walk.params = json_copy(arguments->params);
    if (pager->page_size != 0 && paging->limit != NULL)
        json_object_set_new(walk.params, paging->limit, json_integer(pager->page_size));
    if (pager->show == NULL)
        answer_take_json(&paged->whole, json_object());
    status = walk_pages(&walk, error);
    if (status == 0 && paged->whole.json != NULL && paged->resume != NULL)
        json_object_set(paged->whole.json, "NextToken", paged->resume);
    json_decref(walk.token);
    json_decref(walk.params);
    return status;
}
