/*
 * api/value.h - objects as JSON and back, by their shapes.
 *
 * What an object is as JSON is said by one walk, value_tell(): members in the order of the shape,
 * absent ones left out, times as ISO 8601 with +00:00.  It goes into a sink: a tree of JSON for
 * whoever looks into an answer (value_to_json()), text where an answer is only printed
 * (output_add_object()).
 */
#ifndef API_VALUE_H
#define API_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/shape.h"

/*
 * What hears a walk.  `name` is a member's (no other member of the same object has it), or NULL for
 * an item of a list.  Strings and names are UTF-8, reals are finite.
 */
struct value_sink {
    /* An object, or a list; gives the context for what is in it, until end() is told of that. */
    void *(*begin)(void *context, const char *name, bool list);
    void (*end)(void *inner, bool list);
    void (*string)(void *context, const char *name, const char *text, size_t length);
    void (*integer)(void *context, const char *name, int64_t number);
    void (*real)(void *context, const char *name, double number);
    void (*boolean)(void *context, const char *name, bool flag);
    void (*null)(void *context, const char *name);
};

/* Tells the members of an object. */
void value_tell(const struct shape *shape, const void *object, const struct value_sink *sink,
                void *context);

/* An object as AWS's JSON, a new reference. */
json_t *value_to_json(const struct shape *shape, const void *object);

/*
 * Fills a zeroed object from JSON that value_check() found right; everything it points to lives in
 * the arena. JSON members that the shape does not have are passed over.
 */
void value_from_json(const struct shape *shape, const json_t *json, struct arena *arena,
                     void *object);

/*
 * Checks JSON against a shape, as botocore's validator does: all problems at once, one a line, in
 * its words ("Missing required parameter in Tags[0]: \"Key\"").  Returns the number of problems;
 * appends to `report`.
 */
struct str;
int value_check(const struct shape *shape, const json_t *json, struct str *report);

/*
 * True when the JSON holds a member that is FIELD_UNMODELLED, wherever it stands; its path
 * ("NetworkInterfaces[0].Ipv4Prefixes") is then in the empty `path`.
 */
bool value_unmodelled(const struct shape *shape, const json_t *json, struct str *path);

/* What Python calls the value's type: "<class 'list'>". */
const char *value_python_type(const json_t *json);

#endif
