/*
 * cloud/launch_template.h - launch templates: what a launch asks for, kept under a name, in
 * versions.
 *
 * A version never changes; one of them is the default.  What it names (an image, a key pair) is
 * looked up when somebody launches with it, not before.
 */
#ifndef CLOUD_LAUNCH_TEMPLATE_H
#define CLOUD_LAUNCH_TEMPLATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/mem.h"
#include "base/table.h"
#include "cloud/id.h"
#include "cloud/launch_wish.h"
#include "cloud/tag.h"

struct launch_template {
    uint64_t id; /* lt-... */
    uint64_t account;
    int64_t created;
    int64_t latest;  /* the highest number that was given; numbers are not used again */
    int64_t standard; /* the default version's number */
    uint8_t region;
    char *name;
    struct tags tags;
};

struct launch_template_version {
    uint64_t key;
    uint64_t template;
    int64_t number;
    int64_t created;
    char *description; /* NULL: none */
    struct launch_wish data;
};

struct launch_templates {
    struct table table;    /* struct launch_template */
    struct table versions; /* struct launch_template_version */
    const int64_t *now;    /* borrowed, as is ids */
    struct ids *ids;
};

extern const struct shape launch_template_shape, launch_template_version_shape;

void launch_templates_init(struct launch_templates *templates, const int64_t *now,
                           struct ids *ids);
void launch_templates_release(struct launch_templates *templates);
/* After the saved tables were read: false when they contradict each other. */
bool launch_templates_restore(const struct launch_templates *templates);

/* ---- finding ---- */

/* How requests name a template, and a version of it. */
struct launch_template_name {
    uint64_t account;
    uint8_t region;
    const char *id;      /* "lt-..."; NULL when the name is given */
    const char *name;
    const char *version; /* a number, "$Latest", "$Default"; NULL: the default */
};

/* NULL and a fault: not exactly one of id and name is given, the id's form is wrong, there is none.
 */
struct launch_template *launch_template_find(const struct launch_templates *templates,
                                             const struct launch_template_name *name,
                                             struct fault *fault);
/* NULL when there is no such number. */
struct launch_template_version *
launch_template_numbered(const struct launch_templates *templates,
                         const struct launch_template *template, int64_t number);
/* By `name->version`, of a template that was found; NULL and a fault. */
struct launch_template_version *
launch_template_version_find(const struct launch_templates *templates,
                             const struct launch_template *template, const char *version,
                             struct fault *fault);

/* ---- making and removing ---- */

struct launch_template_new {
    uint64_t account;
    uint8_t region;
    const char *name;
    const char *description;       /* of its first version; NULL: none */
    const struct launch_wish *data; /* copied */
};

/* With its first version; NULL and a fault: the name's form, a name that is in use. */
struct launch_template *launch_template_add(struct launch_templates *templates,
                                            const struct launch_template_new *wish,
                                            struct fault *fault);
/* Another version; what is given is copied. */
struct launch_template_version *
launch_template_version_add(struct launch_templates *templates, struct launch_template *template,
                            const char *description, const struct launch_wish *data);
void launch_template_version_remove(struct launch_templates *templates,
                                    const struct launch_template_version *version);
/* With all its versions. */
void launch_template_remove(struct launch_templates *templates,
                            const struct launch_template *template);

extern const struct fault_kind fault_launch_template_missing, fault_launch_template_name_missing,
    fault_launch_template_malformed, fault_launch_template_unnamed,
    fault_launch_template_two_names, fault_launch_template_version_missing,
    fault_launch_template_name_taken, fault_launch_template_name_form;

#endif
