/*
 * api/value.h - objects as JSON and back, by their shapes.
 */
#ifndef API_VALUE_H
#define API_VALUE_H

#include <stdbool.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/shape.h"

/*
 * An object as AWS's JSON: members in the order of the shape, absent ones left out, times as ISO
 * 8601 with +00:00.  A new reference.
 */
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
