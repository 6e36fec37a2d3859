/*
 * cloud/guest_web_cookies.c - the cookies that a web server's settings make it set.
 *
 * An application that knows its visitors hands each a cookie.  The guests run no applications, but
 * their web servers can be told to do the same, in the files NAME.conf of a folder:
 *
 *   /etc/httpd/conf.d   Header set Set-Cookie "SESSION=%t; Path=/"     %t: microseconds
 *   /etc/nginx/conf.d   add_header Set-Cookie "SESSION=1; Path=/";
 *
 * True to Apache's mod_headers and to nginx: settings are read when the server starts, so a file
 * that is younger than its run does nothing until it is started again.  Left out: all other
 * directives, conditions (a line with one does nothing), Debian's Apache, where mod_headers is off.
 */
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "cloud/guest_inside.h"

/* Where one line is read. */
struct reading {
    struct arena *arena;
    const char *at;
};

/* The next word, without its quotes; NULL at the end of the line. */
static const char *next_word(struct reading *reading)
{
    const char *from = reading->at + strspn(reading->at, " \t");
    size_t length;

    if (*from == '"') {
        length = strcspn(++from, "\"\n");
        reading->at = from + length + (from[length] == '"');
    } else if (strchr("\n;", *from) != NULL) {
        reading->at = from;
        return NULL;
    } else {
        length = strcspn(from, " \t\n;");
        reading->at = from + length;
    }
    return arena_strndup(reading->arena, from, length);
}

static bool is_one_of(const char *word, const char *const *words)
{
    while (word != NULL && *words != NULL && strcasecmp(word, *words) != 0)
        words++;
    return word != NULL && *words != NULL;
}

/* The cookie of Apache's `Header [always] set Set-Cookie VALUE`, or NULL. */
static const char *apache_cookie(struct reading *reading)
{
    static const char *const conditions[] = {"always", "onsuccess", NULL};
    static const char *const actions[] = {"set", "add", "append", "merge", "setifempty", NULL};
    const char *word = next_word(reading);
    const char *value;

    if (word == NULL || strcasecmp(word, "Header") != 0)
        return NULL;
    word = next_word(reading);
    if (is_one_of(word, conditions))
        word = next_word(reading);
    if (!is_one_of(word, actions))
        return NULL;
    word = next_word(reading);
    value = word == NULL || strcasecmp(word, "Set-Cookie") != 0 ? NULL : next_word(reading);
    return next_word(reading) == NULL ? value : NULL;
}

/* The cookie of nginx's `add_header Set-Cookie VALUE [always];`, or NULL. */
static const char *nginx_cookie(struct reading *reading)
{
    const char *word = next_word(reading);
    const char *value;

    if (word == NULL || strcmp(word, "add_header") != 0)
        return NULL;
    word = next_word(reading);
    value = word == NULL || strcasecmp(word, "Set-Cookie") != 0 ? NULL : next_word(reading);
    return value != NULL && strchr(value, '$') == NULL ? value : NULL;
}

/* %t is the time of the request. */
static const char *with_time(struct arena *arena, const char *value, int64_t now)
{
    const char *mark = strstr(value, "%t");

    if (mark == NULL)
        return value;
    return arena_printf(arena, "%.*st=%lld%s", (int)(mark - value), value,
                        (long long)(now / 1000), mark + 2);
}

static void read_lines(struct reading *reading, const struct web_cookies *ask, const char *text,
                       struct web_cookie_list *cookies)
{
    while (*text != '\0') {
        const char *value;

        reading->at = text;
        value = ask->nginx ? nginx_cookie(reading) : apache_cookie(reading);
        if (value != NULL)
            *LIST_PUSH_IN(reading->arena, cookies) =
                with_time(reading->arena, value, ask->files->now);
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
}

void web_cookies(const struct web_cookies *ask, struct arena *arena,
                 struct web_cookie_list *cookies)
{
    const struct file_node *folder =
        files_find(ask->files, ask->nginx ? "/etc/nginx/conf.d" : "/etc/httpd/conf.d", NULL);
    struct file_entries entries = {0};
    struct reading reading = {.arena = arena};

    if (folder == NULL || folder->kind != FILE_FOLDER)
        return;
    files_list(ask->files, folder, arena, &entries);
    for (uint32_t i = 0; i < entries.items.count; i++) {
        const struct file_node *file = entries.items.items[i];
        struct blob text;

        if (!str_ends(file->name, ".conf") || file->kind == FILE_FOLDER ||
            file->time > ask->since)
            continue;
        text = files_read(ask->files, file, arena);
        read_lines(&reading, ask, arena_strndup(arena, text.bytes, text.size), cookies);
    }
}
