/*
 * cloud/shop_settings.c - the coffee shop: what /etc/coffee-shop.conf tells cashier and barista.
 *
 * A line is NAME = VALUE; # begins a comment; the last of a name counts.  What is not said is as
 * the file that the packages bring says (cloud/guest_package_files).
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/shop_parts.h"
#include "sim/clock.h"

enum { AT_ONCE_MAX = 10, LINE_MAX_ORDERS = 500, SECONDS_MAX = 3600, FRACTION_DIGITS = 9 };

static const char settings_path[] = "/etc/coffee-shop.conf";

const char *const shop_coupling_words[] = {"direct", "queue", "topic", "bus", NULL};

/* "0.25" as ns; -1: it is no number of seconds above 0 and up to an hour. */
static int64_t seconds_read(const char *text)
{
    size_t whole = strspn(text, "0123456789");
    const char *rest = text + whole;
    size_t digits = 0;
    int64_t ns = 0;

    if (whole == 0 || whole > 4)
        return -1;
    ns = strtoll(text, NULL, 10) * SECOND_NS;
    if (*rest == '.') {
        int64_t unit = SECOND_NS / 10;

        digits = strspn(rest + 1, "0123456789");
        if (digits == 0 || digits > FRACTION_DIGITS)
            return -1;
        for (size_t i = 0; i < digits; i++, unit /= 10)
            ns += (rest[1 + i] - '0') * unit;
        rest += 1 + digits;
    }
    return *rest != '\0' || ns <= 0 || ns > SECONDS_MAX * SECOND_NS ? -1 : ns;
}

/* -1: it is no number of that range. */
static int64_t count_read(const char *text, int64_t least, int64_t most)
{
    size_t length = strlen(text);
    int64_t value;

    if (length == 0 || length > 4 || strspn(text, "0123456789") != length)
        return -1;
    value = strtoll(text, NULL, 10);
    return value < least || value > most ? -1 : value;
}

static uint8_t coupling_read(const char *text)
{
    for (uint8_t i = 0; shop_coupling_words[i] != NULL; i++)
        if (strcmp(shop_coupling_words[i], text) == 0)
            return (uint8_t)(i + 1);
    return 0;
}

/* False when the value means nothing. */
static bool number_set(int64_t *number, int64_t value)
{
    if (value < 0)
        return false;
    *number = value;
    return true;
}

bool shop_is_name(const char *text)
{
    size_t length = strlen(text);

    return length >= 1 && length <= SHOP_NAME_MAX &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
               length;
}

/* False when the name or the value means nothing. */
static bool set(struct shop_settings *settings, const char *name, const char *value)
{
    const struct {
        const char *name;
        const char **text;
    } texts[] = {
        {"shop", &settings->shop},   {"baristas", &settings->baristas}, {"queue", &settings->queue},
        {"topic", &settings->topic}, {"bus", &settings->bus},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (strcmp(texts[i].name, name) == 0) {
            if (value[0] == '\0' || (i == 0 && !shop_is_name(value)))
                return false;
            *texts[i].text = value;
            return true;
        }
    }
    if (strcmp(name, "coupling") == 0) {
        uint8_t coupling = coupling_read(value);

        settings->coupling = coupling == 0 ? settings->coupling : coupling;
        return coupling != 0;
    }
    if (strcmp(name, "subscribe") == 0) {
        settings->subscribes = strcmp(value, "yes") == 0;
        return settings->subscribes || strcmp(value, "no") == 0;
    }
    if (strcmp(name, "patience") == 0)
        return number_set(&settings->patience_ns, seconds_read(value));
    if (strcmp(name, "seconds-per-drink") == 0)
        return number_set(&settings->work_ns, seconds_read(value));
    if (strcmp(name, "drinks-at-once") == 0)
        return number_set(&settings->most, count_read(value, 1, AT_ONCE_MAX));
    return strcmp(name, "line") == 0 &&
           number_set(&settings->line, count_read(value, 0, LINE_MAX_ORDERS));
}

/* Without blanks around it. */
static char *trimmed(struct arena *arena, const char *text, size_t length)
{
    while (length > 0 && strchr(" \t\r", text[0]) != NULL) {
        text++;
        length--;
    }
    while (length > 0 && strchr(" \t\r", text[length - 1]) != NULL)
        length--;
    return arena_strndup(arena, text, length);
}

static void line_read(struct arena *arena, struct shop_settings *settings, const char *line,
                      size_t length)
{
    const char *text =
        trimmed(arena, line, strcspn(line, "#\n") < length ? strcspn(line, "#\n") : length);
    const char *mark = strchr(text, '=');
    bool good = mark != NULL;

    if (text[0] == '\0')
        return;
    if (good)
        good = set(settings, trimmed(arena, text, (size_t)(mark - text)),
                   trimmed(arena, mark + 1, strlen(mark + 1)));
    if (!good && settings->trouble == NULL)
        settings->trouble =
            arena_printf(arena, "%s: \"%s\" means nothing to it", settings_path, text);
}

void shop_settings_read(struct shops *shops, uint64_t instance, struct arena *arena,
                        struct shop_settings *settings)
{
    struct blob content = {0};

    *settings = (struct shop_settings){
        .shop = "shop",
        .baristas = "",
        .patience_ns = 5 * SECOND_NS,
        .work_ns = 2 * SECOND_NS,
        .most = 1,
        .line = 1,
        .coupling = SHOP_DIRECT,
    };
    if (!guest_file_read(shops->guests, instance, settings_path, arena, &content))
        return;
    for (size_t at = 0; at < content.size;) {
        const char *line = arena_strndup(arena, content.bytes + at, content.size - at);
        size_t length = strcspn(line, "\n");

        line_read(arena, settings, line, length);
        at += length + 1;
    }
}
