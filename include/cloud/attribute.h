/*
 * cloud/attribute.h - attributes of load balancers and target groups: keys, values, what they are
 * when not set.
 *
 * A table of kinds says for each key what values it takes; a resource keeps only those that were
 * set.  All are checked before one is set.
 */
#ifndef CLOUD_ATTRIBUTE_H
#define CLOUD_ATTRIBUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/shape.h"

enum attribute_type { ATTRIBUTE_BOOL = 1, ATTRIBUTE_INT, ATTRIBUTE_WORD, ATTRIBUTE_TEXT };

struct attribute_kind {
    const char *key;
    const char *preset; /* its value when it was never set */
    enum attribute_type type;
    bool zero_too; /* of ATTRIBUTE_INT: 0 is allowed besides min to max */
    int64_t min;
    int64_t max; /* of ATTRIBUTE_TEXT: the longest */
    const char *const
        *words; /* of ATTRIBUTE_WORD, and words allowed besides the numbers of ATTRIBUTE_INT */
    bool acts;  /* something follows from it here; else it is only kept, checked and shown */
};

struct attribute_table {
    const char *noun; /* "Target group", "Load balancer" */
    const struct attribute_kind *kinds;
    uint32_t count;
};

struct attributes {
    LIST(struct pair) items; /* heap memory; freed by shape_release through attributes_shape */
};

/* For F_EMBED(struct x, attributes, struct attributes, &attributes_shape, "Attributes", ...). */
extern const struct shape attributes_shape;

/* Sets all of them or none: ValidationError names the first wrong one. */
int attributes_set(const struct attribute_table *table, struct attributes *attributes,
                   const struct pair *wishes, uint32_t count, struct fault *fault);
/* The value, set or preset; BUG when there is no such key. */
const char *attributes_get(const struct attribute_table *table, const struct attributes *attributes,
                           const char *key);
bool attributes_is_true(const struct attribute_table *table, const struct attributes *attributes,
                        const char *key);
int64_t attributes_int(const struct attribute_table *table, const struct attributes *attributes,
                       const char *key);
/* Every key with its value, in the order of the table; the list in the arena, the strings borrowed.
 */
struct attribute_list {
    LIST(struct pair) items;
};
void attributes_all(const struct attribute_table *table, const struct attributes *attributes,
                    struct arena *arena, struct attribute_list *out);

#endif
