/*
 * api/not_modelled.c - what AWS has and we do not, refused by name (the honesty rule of DESIGN part
 * 1).
 *
 * "Nearest" counts the words of the name that two operations share ("describe-fleets": describe,
 * fleets), those after the verb first: a learner who asks for a thing is better served by the same
 * thing than by the same verb.
 */
#include "api/not_modelled.h"

#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "api/names.h"

/* Looks for a line that is exactly `wanted`, up to its end or a blank after it. */
static bool lines_have(const char *path, const char *wanted)
{
    const struct asset *asset = asset_find(path);
    const char *line = asset == NULL ? NULL : asset_text(asset);
    size_t length = strlen(wanted);

    while (line != NULL && *line != '\0') {
        if (strncmp(line, wanted, length) == 0 &&
            (line[length] == '\n' || line[length] == ' ' || line[length] == '\0'))
            return true;
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    return false;
}

/* The word after `prefix` on each line that begins so, comments left out. */
static void lines_each(const char *path, const char *prefix, not_modelled_visit *visit,
                       void *context)
{
    struct arena arena = ARENA_INIT;
    const struct asset *asset = asset_find(path);
    const char *line = asset == NULL ? "" : asset_text(asset);

    while (*line != '\0') {
        size_t length = strcspn(line, "\n");

        if (*line != '#' && str_starts(line, prefix)) {
            const char *word = line + strlen(prefix);

            visit(context, arena_strndup(&arena, word, strcspn(word, " \n")));
        }
        line += length + (line[length] == '\n');
    }
    arena_release(&arena);
}

void not_modelled_each_service(not_modelled_visit *visit, void *context)
{
    lines_each("catalog/aws-services.txt", "", visit, context);
}

void not_modelled_each_operation(const char *service, not_modelled_visit *visit, void *context)
{
    struct arena arena = ARENA_INIT;

    lines_each("catalog/aws-operations.txt", arena_printf(&arena, "%s ", service), visit, context);
    arena_release(&arena);
}

bool not_modelled_service(const char *name)
{
    return name[0] != '#' && strchr(name, ' ') == NULL &&
        lines_have("catalog/aws-services.txt", name);
}

bool not_modelled_operation(const char *service, const char *operation)
{
    struct arena arena = ARENA_INIT;
    bool known = strchr(operation, ' ') == NULL &&
                 lines_have("catalog/aws-operations.txt",
                            arena_printf(&arena, "%s %s", service, operation));

    arena_release(&arena);
    return known;
}

void not_modelled_explain_service(const char *name, struct str *out)
{
    const char *gap = "";

    str_addf(out, "aws %s is a real AWS service that is not modelled here. Modelled are:", name);
    for (size_t i = 0; services[i] != NULL; i++) {
        if (services[i]->style != STYLE_LAB && service_is_modelled(services[i])) {
            str_addf(out, "%s %s", gap, services[i]->name);
            gap = ",";
        }
    }
}

/* The word at the front of a name like "describe-fleets", as a length. */
static size_t word_length(const char *name)
{
    return strcspn(name, "-");
}

/* True when `name` has the word of that length among its words (a plural s counts as none). */
static bool has_word(const char *name, const char *word, size_t length)
{
    if (length > 3 && word[length - 1] == 's')
        length--;
    while (*name != '\0') {
        size_t have = word_length(name);

        if (have >= length && have <= length + 1 && strncmp(name, word, length) == 0)
            return true;
        name += have + (name[have] == '-');
    }
    return false;
}

static int likeness(const char *wanted, const char *have)
{
    int shared = 0;
    bool verb = true;

    while (*wanted != '\0') {
        size_t length = word_length(wanted);

        if (has_word(have, wanted, length))
            shared += verb ? 2 : 3;
        verb = false;
        wanted += length + (wanted[length] == '-');
    }
    return shared;
}

void not_modelled_explain_operation(const struct service *service, const char *operation,
                                    struct str *out)
{
    struct arena arena = ARENA_INIT;
    const char *nearest = NULL;
    int best = 0;

    for (size_t i = 0; service->ops[i] != NULL; i++) {
        const char *name = name_cli(&arena, service->ops[i]->name);
        int like = likeness(operation, name);

        if (like > best) {
            best = like;
            nearest = name;
        }
    }
    str_addf(out, "aws %s %s is a real AWS operation that is not modelled here.", service->name,
             operation);
    if (nearest != NULL)
        str_addf(out, " The nearest that is: aws %s %s", service->name, nearest);
    else if (!service_is_modelled(service))
        str_addf(out, " Nothing of %s is yet; `aws help` lists what is.", service->name);
    else
        str_addf(out, " `aws %s help` lists those that are.", service->name);
    arena_release(&arena);
}
