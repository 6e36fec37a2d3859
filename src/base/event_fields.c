/*
 * base/event_fields.c - an event as its fields, and in which items of its lists they stand.
 *
 * {"a": [{"b": 1}, {"b": 2}]} has two fields a.b; the first stands in item 0 of list 0, the second
 * in item 1.  A list of plain values gives fields that stand in no item: any of them may be taken.
 */
#include "base/event_pattern_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/event_pattern.h"
#include "base/str.h"

static const uint64_t seed = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

uint64_t event_hash(uint64_t hash, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

uint64_t event_hash_name(const char *name, size_t length)
{
    return event_hash(seed, name, length);
}

uint64_t event_hash_value(uint64_t name_hash, enum json_token token, const char *text,
                          size_t length)
{
    char mark[2] = {'\0', (char)token};

    name_hash = event_hash(name_hash, mark, sizeof(mark));
    return token == JSON_TOKEN_STRING ? event_hash(name_hash, text, length) : name_hash;
}

struct event_fields *event_fields_new(void)
{
    return xcalloc(1, sizeof(struct event_fields));
}

void event_fields_free(struct event_fields *fields)
{
    if (fields == NULL)
        return;
    arena_release(&fields->arena);
    LIST_RELEASE(&fields->fields);
    LIST_RELEASE(&fields->steps);
    LIST_RELEASE(&fields->places);
    free(fields->slots);
    free(fields->chosen);
    free(fields);
}

/* What the walk through an event keeps. */
struct walk {
    struct event_fields *fields;
    struct json_reader reader;
    uint32_t step;      /* the name so far */
    uint64_t name_hash; /* and its hash */
    uint32_t place;     /* in which items of which lists it stands */
};

static bool same_name(const struct event_fields *fields, uint32_t step, const char *name,
                      size_t length)
{
    for (;;) {
        const struct event_step *part = &fields->steps.items[step];

        if (length < part->length ||
            memcmp(name + length - part->length, part->text, part->length) != 0)
            return false;
        length -= part->length;
        step = part->parent;
        if (step == 0 || length == 0)
            return step == 0 && length == 0;
        if (name[--length] != '.')
            return false;
    }
}

static bool same_names(const struct event_fields *fields, uint32_t a, uint32_t b)
{
    while (a != b) {
        const struct event_step *one = &fields->steps.items[a];
        const struct event_step *other = &fields->steps.items[b];

        if (a == 0 || b == 0 || one->length != other->length ||
            memcmp(one->text, other->text, one->length) != 0)
            return false;
        a = one->parent;
        b = other->parent;
    }
    return true;
}

/* The first slot for this hash that is empty or that the caller may stop at. */
static uint32_t slot_of(const struct event_fields *fields, uint64_t hash)
{
    return (uint32_t)(hash ^ hash >> 32) & (fields->slot_count - 1);
}

uint32_t event_fields_first(const struct event_fields *fields, const char *name, uint64_t hash)
{
    uint32_t at;

    if (fields->slot_count == 0)
        return 0;
    for (at = slot_of(fields, hash); fields->slots[at] != 0;
         at = (at + 1) & (fields->slot_count - 1)) {
        const struct event_field *field = &fields->fields.items[fields->slots[at]];

        if (field->name_hash == hash && same_name(fields, field->step, name, strlen(name)))
            break;
    }
    return fields->slots[at];
}

bool event_field_is(const struct event_fields *fields, const struct event_field *field,
                    const char *name)
{
    return same_name(fields, field->step, name, strlen(name));
}

/* Names in a table of twice their number; fields of one name in a chain, in the event's order. */
static void index_names(struct event_fields *fields)
{
    uint32_t wanted = 32;

    while (wanted < fields->fields.count * 2)
        wanted *= 2;
    if (wanted > fields->slot_count) {
        fields->slots = xrealloc(fields->slots, wanted * sizeof(*fields->slots));
        fields->slot_count = wanted;
    }
    memset(fields->slots, 0, fields->slot_count * sizeof(*fields->slots));
    for (uint32_t i = fields->fields.count; i-- > 1;) {
        struct event_field *field = &fields->fields.items[i];
        uint32_t at = slot_of(fields, field->name_hash);

        while (fields->slots[at] != 0 &&
               (fields->fields.items[fields->slots[at]].name_hash != field->name_hash ||
                !same_names(fields, fields->fields.items[fields->slots[at]].step, field->step)))
            at = (at + 1) & (fields->slot_count - 1);
        field->next = fields->slots[at];
        fields->slots[at] = i;
    }
}

static void add_field(struct walk *walk, enum json_token token)
{
    struct event_fields *fields = walk->fields;
    struct event_field *field = LIST_PUSH(&fields->fields);
    bool has_text = token == JSON_TOKEN_STRING || token == JSON_TOKEN_NUMBER;

    field->step = walk->step;
    field->place = walk->place;
    field->name_hash = walk->name_hash;
    field->value.token = token;
    if (has_text) {
        field->value.length = walk->reader.value.length;
        field->value.text =
            arena_strndup(&fields->arena, str_text(&walk->reader.value), walk->reader.value.length);
    }
    field->hash = event_hash_value(field->name_hash, token, field->value.text, field->value.length);
}

/* Goes into a member of an object: its name becomes longer. */
static void enter_name(struct walk *walk)
{
    struct event_fields *fields = walk->fields;
    const struct str *name = &walk->reader.name;
    struct event_step *step = LIST_PUSH(&fields->steps);

    *step = (struct event_step){
        .text = arena_strndup(&fields->arena, str_text(name), name->length),
        .length = name->length,
        .parent = walk->step,
    };
    walk->name_hash =
        walk->step == 0 ? event_hash_name("", 0) : event_hash(walk->name_hash, ".", 1);
    walk->name_hash = event_hash(walk->name_hash, step->text, step->length);
    walk->step = fields->steps.count - 1;
}

static void walk_object(struct walk *walk);

static void walk_array(struct walk *walk)
{
    uint32_t list = walk->fields->list_count++;
    uint32_t outer = walk->place;
    uint32_t item = 0;
    enum json_token token;

    while ((token = json_reader_next(&walk->reader)) != JSON_TOKEN_ARRAY_END &&
           token != JSON_TOKEN_WRONG) {
        if (token == JSON_TOKEN_OBJECT || token == JSON_TOKEN_ARRAY) {
            walk->place = walk->fields->places.count;
            *LIST_PUSH(&walk->fields->places) = (struct event_place){list, item, outer};
            if (token == JSON_TOKEN_OBJECT)
                walk_object(walk);
            else
                walk_array(walk);
            walk->place = outer;
        } else {
            add_field(walk, token);
        }
        item++;
    }
}

/* Recursion is as deep as the text, which is JSON_READER_DEPTH_MAX at most. */
static void walk_object(struct walk *walk)
{
    uint32_t step = walk->step;
    uint64_t hash = walk->name_hash;
    enum json_token token;

    while ((token = json_reader_next(&walk->reader)) == JSON_TOKEN_NAME) {
        enter_name(walk);
        token = json_reader_next(&walk->reader);
        if (token == JSON_TOKEN_OBJECT)
            walk_object(walk);
        else if (token == JSON_TOKEN_ARRAY)
            walk_array(walk);
        else if (token != JSON_TOKEN_WRONG)
            add_field(walk, token);
        walk->step = step;
        walk->name_hash = hash;
    }
}

static void forget(struct event_fields *fields)
{
    arena_back(&fields->arena, (struct arena_mark){0});
    fields->fields.count = 0;
    fields->steps.count = 0;
    fields->places.count = 0;
    fields->list_count = 0;
    LIST_PUSH(&fields->fields); /* the dummies: 0 means none */
    LIST_PUSH(&fields->steps);
    LIST_PUSH(&fields->places);
}

static void ready_lists(struct event_fields *fields)
{
    if (fields->list_count > fields->chosen_size) {
        fields->chosen_size = fields->list_count;
        fields->chosen = xrealloc(fields->chosen, fields->chosen_size * sizeof(*fields->chosen));
    }
    for (uint32_t i = 0; i < fields->list_count; i++)
        fields->chosen[i] = -1;
}

bool event_fields_read(struct event_fields *fields, const char *text, size_t length,
                       struct str *why)
{
    struct walk walk = {.fields = fields};
    bool whole;

    forget(fields);
    json_reader_init(&walk.reader, text, length);
    whole = json_reader_next(&walk.reader) == JSON_TOKEN_OBJECT;
    if (whole)
        walk_object(&walk);
    if (!whole && walk.reader.token != JSON_TOKEN_WRONG && why != NULL)
        str_add(why, "Event must be a JSON object");
    whole = whole && json_reader_next(&walk.reader) == JSON_TOKEN_END;
    if (walk.reader.token == JSON_TOKEN_WRONG && why != NULL)
        str_addn(why, str_text(&walk.reader.problem), walk.reader.problem.length);
    if (!whole)
        forget(fields);
    index_names(fields);
    ready_lists(fields);
    json_reader_release(&walk.reader);
    return whole;
}
