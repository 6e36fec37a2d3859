/*
 * lesson/class_post.c - what an instructor sends to the learners of a class: messages, in order.
 */
#include "lesson/class_post.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/utf8.h"

enum {
    NUMBER_MAX = 999999,
    TRIES = 100,
    NAME_SIZE = 32,
    STEP_MAX = 64,
    BOX_MINUTES_MAX = 24 * 60,
};

static const char *const verb_names[CLASS_VERBS] = {
    [CLASS_SAY] = "say",         [CLASS_HINT] = "hint",     [CLASS_FAULTS] = "faults",
    [CLASS_FREEZE] = "freeze",   [CLASS_RELEASE] = "release", [CLASS_RESET] = "reset",
    [CLASS_BOX] = "box",         [CLASS_LOOKED] = "looked", [CLASS_LOWER] = "lower",
    [CLASS_BOX_END] = "box-end",
};

void class_message_tell(const struct class_message *message, struct str *out)
{
    static const char *const told[CLASS_VERBS] = {
        [CLASS_SAY] = "instructor: ",
        [CLASS_HINT] = "instructor, a hint: ",
        [CLASS_FAULTS] = "instructor: something is broken on purpose",
        [CLASS_FREEZE] = "instructor: simulated time stands still now, for everybody.",
        [CLASS_RELEASE] = "instructor: time runs again.",
        [CLASS_RESET] = "instructor: I take you here; your own way is kept (`branches`).",
        [CLASS_LOOKED] = "instructor: I am looking at a copy of your world.",
        [CLASS_LOWER] = "instructor: I saw your hand; it is down again.",
        [CLASS_BOX_END] = "class: time is up: the counting has ended. Go on as long as you like.",
    };

    if (message->verb == CLASS_BOX && class_box_end(message) == 0)
        str_add(out, "instructor: the time box is taken away.");
    else if (message->verb == CLASS_BOX)
        str_addf(out, "instructor: %s minute%s for this; your work may go on after.",
                 message->text, strcmp(message->text, "1") == 0 ? "" : "s");
    else
        str_add(out, told[message->verb]);
    if (message->verb == CLASS_SAY || message->verb == CLASS_HINT)
        str_add(out, message->text);
}

void class_message_release(struct class_message *message)
{
    for (uint32_t i = 0; i < message->to.count; i++)
        free((char *)(uintptr_t)message->to.items[i]);
    LIST_RELEASE(&message->to);
    free(message->text);
    *message = (struct class_message){0};
}

void class_messages_release(struct class_messages *messages)
{
    for (uint32_t i = 0; i < messages->items.count; i++)
        class_message_release(&messages->items.items[i]);
    LIST_RELEASE(&messages->items);
}

bool class_message_is_for(const struct class_message *message, const char *name)
{
    for (uint32_t i = 0; i < message->to.count; i++) {
        if (strcmp(message->to.items[i], name) == 0)
            return true;
    }
    return message->to.count == 0;
}

bool class_step_check(const char *step)
{
    size_t length = strlen(step);

    return length > 0 && length <= STEP_MAX && step[0] != '-' &&
           strspn(step, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") ==
               length;
}

int64_t class_box_end(const struct class_message *message)
{
    long minutes = strtol(message->text, NULL, 10);

    minutes = minutes < 0 ? 0 : minutes > BOX_MINUTES_MAX ? BOX_MINUTES_MAX : minutes;
    return minutes == 0 ? 0 : message->at + minutes * 60;
}

/* ---- JSON ---- */

static json_t *to_json(const struct class_message *message)
{
    json_t *object = json_object();
    const char *text = message->text == NULL ? "" : message->text;

    json_object_set_new(object, "verb", json_string(verb_names[message->verb]));
    json_object_set_new(object, "text", json_string(text));
    json_object_set_new(object, "at", json_integer((json_int_t)message->at));
    return object;
}

static void add_json(json_t *object, struct str *out)
{
    char *text = json_dumps(object, JSON_COMPACT);

    str_add(out, text);
    free(text);
    json_decref(object);
}

void class_message_journal(const struct class_message *message, struct str *out)
{
    json_t *object = to_json(message);

    json_object_set_new(object, "id", json_integer((json_int_t)message->number));
    add_json(object, out);
}

static void write_file(const struct class_message *message, struct str *out)
{
    json_t *object = to_json(message);
    json_t *to = json_array();

    for (uint32_t i = 0; i < message->to.count; i++)
        json_array_append_new(to, json_string(message->to.items[i]));
    if (message->to.count > 0)
        json_object_set(object, "for", to);
    json_decref(to);
    add_json(object, out);
    str_addc(out, '\n');
}

int class_message_read(const char *bytes, size_t size, struct class_message *message)
{
    json_t *object = json_loadb(bytes, size, 0, NULL);
    const char *verb = json_string_value(json_object_get(object, "verb"));
    const char *text = json_string_value(json_object_get(object, "text"));
    json_t *to = json_object_get(object, "for");
    int found = -1;
    json_t *name;
    size_t i;

    for (int k = 0; verb != NULL && k < CLASS_VERBS; k++) {
        if (strcmp(verb, verb_names[k]) == 0)
            found = k;
    }
    *message = (struct class_message){0};
    if (found < 0 || text == NULL || (to != NULL && json_array_size(to) == 0)) {
        json_decref(object);
        return -1;
    }
    message->verb = (enum class_verb)found;
    message->number = json_integer_value(json_object_get(object, "id"));
    message->at = json_integer_value(json_object_get(object, "at"));
    message->text = xstrdup(text);
    json_array_foreach(to, i, name) {
        if (json_is_string(name))
            *LIST_PUSH(&message->to) = xstrdup(json_string_value(name));
        else
            *LIST_PUSH(&message->to) = xstrdup("");
    }
    json_decref(object);
    return 0;
}

/* ---- the folder ---- */

static void file_name(int64_t number, char name[NAME_SIZE])
{
    snprintf(name, NAME_SIZE, "%06lld.msg", (long long)number);
}

/* 0 when it is no message's name. */
static int64_t number_of(const char *name)
{
    char *end;
    long long number;

    if (strlen(name) != strlen("000000.msg") || name[0] < '0' || name[0] > '9')
        return 0;
    number = strtoll(name, &end, 10);
    return strcmp(end, ".msg") == 0 && number > 0 ? number : 0;
}

struct numbers {
    int64_t after;
    LIST(int64_t) items;
};

static bool add_number(void *context, const char *name)
{
    struct numbers *numbers = context;
    int64_t number = number_of(name);

    if (number > numbers->after)
        *LIST_PUSH(&numbers->items) = number;
    return true;
}

static int by_number(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a;
    const int64_t right = *(const int64_t *)b;

    return left < right ? -1 : left > right;
}

int class_post_send(const struct class_folder *folder, struct class_message *message,
                    struct str *why)
{
    struct numbers numbers = {0};
    struct str bytes = STR_INIT;
    int sent = -1;
    int result = -1;

    if (folder->owner != (uint32_t)getuid()) {
        char *owner = class_user(folder->owner);

        str_addf(why, "only %s, who owns the folder, can speak to this class", owner);
        free(owner);
        return -1;
    }
    sent = class_folder_sent(folder, true, why);
    if (sent < 0)
        return -1;
    class_each_entry(sent, add_number, &numbers);
    for (uint32_t i = 0; i < numbers.items.count; i++)
        message->number =
            numbers.items.items[i] > message->number ? numbers.items.items[i] : message->number;
    write_file(message, &bytes);
    if (bytes.length > CLASS_FILE_MAX)
        str_add(why, "that is too long to be sent");
    for (int i = why->length == 0 ? 0 : TRIES;
         result != 0 && i < TRIES && message->number < NUMBER_MAX; i++) {
        struct str problem = STR_INIT;
        char name[NAME_SIZE];

        file_name(++message->number, name);
        result = class_file_write(sent, name, &bytes, CLASS_NEW, &problem);
        if (result != 0 && errno != EEXIST) {
            str_add(why, str_text(&problem));
            i = TRIES;
        }
        str_release(&problem);
    }
    close(sent);
    LIST_RELEASE(&numbers.items);
    str_release(&bytes);
    return result;
}

/* A message that is there and is to be believed. */
static bool read_message(const struct class_folder *folder, int sent, int64_t number,
                         struct class_message *message)
{
    struct class_file seen;
    struct str bytes = STR_INIT;
    struct str why = STR_INIT;
    char name[NAME_SIZE];
    bool good;

    file_name(number, name);
    good = class_file_read(sent, name, &seen, &bytes, &why) == CLASS_READ &&
           (seen.owner == folder->owner || seen.owner == (uint32_t)getuid()) &&
           class_message_read(str_text(&bytes), bytes.length, message) == 0;
    if (good && message->verb == CLASS_BOX_END) {
        class_message_release(message);
        good = false;
    }
    if (good)
        message->number = number;
    str_release(&bytes);
    str_release(&why);
    return good;
}

void class_post_read(const struct class_folder *folder, int64_t after,
                     struct class_messages *messages)
{
    struct numbers numbers = {.after = after};
    struct str why = STR_INIT;
    int sent = class_folder_sent(folder, false, &why);

    str_release(&why);
    if (sent < 0)
        return;
    class_each_entry(sent, add_number, &numbers);
    if (numbers.items.count > 0)
        qsort(numbers.items.items, numbers.items.count, sizeof(int64_t), by_number);
    for (uint32_t i = 0; i < numbers.items.count; i++) {
        struct class_message message;

        if (read_message(folder, sent, numbers.items.items[i], &message))
            *LIST_PUSH(&messages->items) = message;
    }
    LIST_RELEASE(&numbers.items);
    close(sent);
}

/* Two messages can come within one tick of the file system's clock: after a change the folder is
 * read once more than it says. */
bool class_post_is_new(struct class_post *post, const struct class_folder *folder)
{
    struct stat status;
    int64_t changed = 0;

    if (fstatat(folder->dir, ".class", &status, AT_SYMLINK_NOFOLLOW) == 0)
        changed = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
    if (changed != post->changed_ns) {
        post->changed_ns = changed;
        post->again = 1;
        return true;
    }
    if (post->again == 0)
        return false;
    post->again--;
    return true;
}

/* ---- looking ---- */

void class_look_set(const struct class_folder *folder, const char *name, bool on)
{
    struct str why = STR_INIT;
    struct str nothing = STR_INIT;
    int sent = folder->owner == (uint32_t)getuid() ? class_folder_sent(folder, on, &why) : -1;
    char *file = xasprintf("%s.look", name);

    if (sent >= 0 && on)
        class_file_write(sent, file, &nothing, CLASS_REPLACE, &why);
    else if (sent >= 0)
        unlinkat(sent, file, 0);
    if (sent >= 0)
        close(sent);
    free(file);
    str_release(&why);
}

bool class_look_is_on(const struct class_folder *folder, const char *name, int64_t now)
{
    struct str why = STR_INIT;
    int sent = class_folder_sent(folder, false, &why);
    char *file = xasprintf("%s.look", name);
    struct class_file seen;
    bool on = sent >= 0 && class_file_look(sent, file, &seen, &why) == CLASS_READ &&
              (seen.owner == folder->owner || seen.owner == (uint32_t)getuid()) &&
              now - seen.changed_ns < CLASS_LOOK_S * INT64_C(1000000000);

    if (sent >= 0)
        close(sent);
    free(file);
    str_release(&why);
    return on;
}
