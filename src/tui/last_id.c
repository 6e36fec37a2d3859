/*
 * tui/last_id.c - which identifier an answer is about: what a key copies.
 */
#include "tui/last_id.h"

#include <string.h>

#include "base/str.h"

/* What operations' names call a kind, and how its ids begin (or what their ARNs hold). */
struct noun {
    const char *noun;
    const char *mark;
};
enum { NOUNS = 12 };
static const struct noun nouns[NOUNS];

static const char id_letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:/._";

static bool has_mark(const char *token, size_t length, const char *mark)
{
    if (mark[0] != ':')
        return length > strlen(mark) && strncmp(token, mark, strlen(mark)) == 0;
    for (size_t i = 0; i + strlen(mark) <= length; i++) {
        if (strncmp(token + i, mark, strlen(mark)) == 0)
            return true;
    }
    return false;
}

/* An ARN, or letters, a dash and 8 to 17 hexadecimal digits. */
static bool is_id(const char *token, size_t length)
{
    size_t prefix = strspn(token, "abcdefghijklmnopqrstuvwxyz");
    size_t digits;

    if (length > strlen("arn:aws:") && strncmp(token, "arn:aws:", strlen("arn:aws:")) == 0)
        return true;
    if (prefix == 0 || token[prefix] != '-')
        return false;
    digits = strspn(token + prefix + 1, "0123456789abcdef");
    return digits >= 8 && digits <= 17 && prefix + 1 + digits == length;
}

/* The first id with that mark (NULL: any). */
static bool find_marked(const char *printed, const char *mark, struct str *id)
{
    while (*printed != '\0') {
        size_t length = strspn(printed, id_letters);

        if (length > 0 && is_id(printed, length) &&
            (mark == NULL || has_mark(printed, length, mark))) {
            str_clear(id);
            str_addn(id, printed, length);
            return true;
        }
        printed += length + (printed[length] != '\0');
    }
    return false;
}

/* The operation's name: the first word that is made of parts with a dash between. */
static void find_operation(const char *command, struct str *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

    str_clear(name);
    while (*command != '\0') {
        size_t length = strcspn(command, " \t\n;|&()");

        if (strspn(command, letters) >= length && command[0] != '-' &&
            memchr(command, '-', length) != NULL) {
            str_addn(name, command, length);
            return;
        }
        command += length + (command[length] != '\0');
    }
}

bool last_id_find(const char *command, const char *printed, struct str *id)
{
    struct str operation = STR_INIT;
    bool found = false;

    find_operation(command, &operation);
    for (const struct noun *noun = nouns; !found && noun < nouns + NOUNS; noun++)
        found = strstr(str_text(&operation), noun->noun) != NULL &&
                find_marked(printed, noun->mark, id);
    str_release(&operation);
    return found || find_marked(printed, NULL, id);
}

/* In no order: an operation's name holds one of them. */
static const struct noun nouns[NOUNS] = {
    {"-snapshot", "snap-"},
    {"-image", "ami-"},
    {"-security-group", "sg-"},
    {"-target-group", ":targetgroup/"},
    {"-target-health", ":targetgroup/"},
    {"-load-balancer", ":loadbalancer/"},
    {"-listener", ":listener/"},
    {"-volume", "vol-"},
    {"-subnet", "subnet-"},
    {"-vpc", "vpc-"},
    {"-host", "h-"},
    {"-instance", "i-"},
};
