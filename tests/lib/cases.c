/*
 * tests/lib/cases.c - recorded command lines: reading them, and what of them is modelled here.
 */
#include "cases.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "api/declared.h"
#include "api/names.h"
#include "api/not_modelled.h"
#include "api/service.h"

json_t *cases_load(const char *folder, const char *name)
{
    struct str path = STR_INIT;
    json_error_t problem;
    json_t *cases;

    str_addf(&path, "%s/cli/%s.json", folder, name);
    cases = json_load_file(str_text(&path), JSON_ALLOW_NUL, &problem);
    if (cases == NULL)
        printf("# %s: %s\n", str_text(&path), problem.text);
    str_release(&path);
    return cases;
}

const char *cases_text(json_t *one, const char *member)
{
    const char *text = json_string_value(json_object_get(one, member));

    return text == NULL ? "" : text;
}

bool cases_same(const json_t *a, const json_t *b)
{
    const char *key;
    json_t *value;

    if (json_is_number(a) && json_is_number(b))
        return !(json_number_value(a) < json_number_value(b)) &&
               !(json_number_value(a) > json_number_value(b));
    if (json_is_array(a) && json_is_array(b)) {
        for (size_t i = 0; i < json_array_size(a); i++) {
            if (!cases_same(json_array_get(a, i), json_array_get(b, i)))
                return false;
        }
        return json_array_size(a) == json_array_size(b);
    }
    if (!json_is_object(a) || !json_is_object(b))
        return a != NULL && b != NULL && json_equal(a, b) == 1;
    json_object_foreach((json_t *)(uintptr_t)a, key, value)
    {
        if (!cases_same(value, json_object_get(b, key)))
            return false;
    }
    return json_object_size(a) == json_object_size(b);
}

const char **cases_words(json_t *argv, size_t *count)
{
    const char **words;

    *count = json_array_size(argv);
    words = xcalloc(*count + 1, sizeof(*words));
    for (size_t i = 0; i < *count; i++)
        words[i] = json_string_value(json_array_get(argv, i));
    return words;
}

static char *read_file(void *context, const char *path, size_t *size, struct str *reason)
{
    const json_t *text = json_object_get(context, path);

    if (text == NULL) {
        str_addf(reason, "[Errno 2] No such file or directory: '%s'", path);
        return NULL;
    }
    *size = json_string_length(text);
    return xstrdup(json_string_value(text));
}

const struct file_source cases_files = {.read = read_file};

static bool operation_here(const struct service *service, const char *word, struct arena *arena)
{
    return declared_op_by_word(arena, service, word) != NULL ||
           !not_modelled_operation(service->name, word);
}

/* AWS's waiters are not in the list of operations: a waiter is ours when it, or one like it, is. */
static bool waiter_here(const struct service *service, const char *word, struct arena *arena)
{
    for (const struct waiter *waiter = service->waiters; waiter != NULL && waiter->name != NULL;
         waiter++) {
        if (strcmp(name_cli(arena, waiter->name), word) == 0)
            return declared_op(arena, service, waiter->op) != NULL;
    }
    return false;
}

bool cases_modelled(const char *const *words, size_t count)
{
    struct arena arena = ARENA_INIT;
    const struct service *service;
    bool here;

    if (count == 0 || words[0][0] == '-')
        return true;
    service = service_find(words[0]);
    if (service == NULL)
        return !not_modelled_service(words[0]);
    if (count > 2 && strcmp(words[1], "wait") == 0)
        here = waiter_here(service, words[2], &arena);
    else
        here = count < 2 || operation_here(service, words[1], &arena);
    arena_release(&arena);
    return here;
}
