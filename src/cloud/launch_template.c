/*
 * cloud/launch_template.c - launch templates: what a launch asks for, kept under a name, in
 * versions.
 *
 * Owns    struct launch_template and struct launch_template_version.
 * True to the EC2 API reference: names are unique in an account and Region, numbers of versions are
 *         not used again.  Left out: the limits of 5,000 templates and 10,000 versions.
 */
#include "cloud/launch_template.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { NAME_LEAST = 3, NAME_MOST = 128 };

void launch_templates_init(struct launch_templates *templates, const int64_t *now, struct ids *ids)
{
    table_init(&templates->table, &launch_template_shape);
    table_init(&templates->versions, &launch_template_version_shape);
    templates->now = now;
    templates->ids = ids;
}

void launch_templates_release(struct launch_templates *templates)
{
    table_release(&templates->table);
    table_release(&templates->versions);
}

bool launch_templates_restore(const struct launch_templates *templates)
{
    for (uint32_t i = 0; i < table_count(&templates->table); i++) {
        const struct launch_template *template = table_at(&templates->table, i);

        if (template->name == NULL ||
            launch_template_numbered(templates, template, template->standard) == NULL)
            return false;
    }
    for (uint32_t i = 0; i < table_count(&templates->versions); i++) {
        const struct launch_template_version *version = table_at(&templates->versions, i);
        const struct launch_template *template = table_find(&templates->table, version->template);

        if (template == NULL || version->number < 1 || version->number > template->latest)
            return false;
    }
    return true;
}

/* ---- finding ---- */

static struct launch_template *find_named(const struct launch_templates *templates,
                                          const struct launch_template_name *wanted)
{
    for (uint32_t i = 0; i < table_count(&templates->table); i++) {
        struct launch_template *template = table_at(&templates->table, i);

        if (template->account == wanted->account && template->region == wanted->region &&
            strcmp(template->name, wanted->name) == 0)
            return template;
    }
    return NULL;
}

struct launch_template *launch_template_find(const struct launch_templates *templates,
                                             const struct launch_template_name *name,
                                             struct fault *fault)
{
    struct launch_template *template;
    uint64_t id = 0;

    if (name->id == NULL && name->name == NULL) {
        fault_set(fault, &fault_launch_template_unnamed);
        return NULL;
    }
    if (name->id != NULL && name->name != NULL) {
        fault_set(fault, &fault_launch_template_two_names);
        return NULL;
    }
    if (name->name != NULL) {
        template = find_named(templates, name);
        if (template == NULL)
            fault_set(fault, &fault_launch_template_name_missing, name->name);
        return template;
    }
    if (!id_parse(&kind_launch_template, name->id, &id)) {
        fault_set(fault, &fault_launch_template_malformed, name->id);
        return NULL;
    }
    template = id == 0 ? NULL : table_find(&templates->table, id);
    if (template == NULL || template->account != name->account ||
        template->region != name->region) {
        fault_set(fault, &fault_launch_template_missing, name->id);
        return NULL;
    }
    return template;
}

struct launch_template_version *launch_template_numbered(const struct launch_templates *templates,
                                                         const struct launch_template *template,
                                                         int64_t number)
{
    for (uint32_t i = 0; i < table_count(&templates->versions); i++) {
        struct launch_template_version *version = table_at(&templates->versions, i);

        if (version->template == template->id && version->number == number)
            return version;
    }
    return NULL;
}

/* The number that a text says; 0 when it says none. */
static int64_t number_of(const struct launch_templates *templates,
                         const struct launch_template *template, const char *text)
{
    int64_t number = 0;

    if (text == NULL || strcmp(text, "$Default") == 0)
        return template->standard;
    if (strcmp(text, "$Latest") == 0) {
        for (number = template->latest;
             launch_template_numbered(templates, template, number) == NULL;)
            number--;
        return number;
    }
    for (; *text >= '0' && *text <= '9' && number < INT32_MAX; text++)
        number = number * 10 + (*text - '0');
    return *text == '\0' ? number : 0;
}

struct launch_template_version *
launch_template_version_find(const struct launch_templates *templates,
                             const struct launch_template *template, const char *version,
                             struct fault *fault)
{
    struct launch_template_version *found =
        launch_template_numbered(templates, template, number_of(templates, template, version));
    struct arena arena = ARENA_INIT;

    if (found == NULL)
        fault_set(fault, &fault_launch_template_version_missing, version,
                  id_text(&arena, &kind_launch_template, template->id));
    arena_release(&arena);
    return found;
}

/* ---- making and removing ---- */

static int name_check(const char *name, struct fault *fault)
{
    size_t length = strlen(name);
    size_t good = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "-()./_");

    if (length < NAME_LEAST || length > NAME_MOST || good != length)
        return fault_set(fault, &fault_launch_template_name_form);
    return 0;
}

struct launch_template_version *launch_template_version_add(struct launch_templates *templates,
                                                            struct launch_template *template,
                                                            const char *description,
                                                            const struct launch_wish *data)
{
    struct launch_template_version *version =
        table_add(&templates->versions, ids_new(templates->ids));

    version->template = template->id;
    version->number = ++template->latest;
    version->created = *templates->now;
    version->description = description == NULL ? NULL : xstrdup(description);
    shape_copy(&launch_wish_shape, &version->data, data);
    version->data.subnet = NULL;
    version->data.address = NULL;
    return version;
}

struct launch_template *launch_template_add(struct launch_templates *templates,
                                            const struct launch_template_new *wish,
                                            struct fault *fault)
{
    const struct launch_template_name name = {
        .account = wish->account, .region = wish->region, .name = wish->name};
    struct launch_template *template;

    if (name_check(wish->name, fault) != 0)
        return NULL;
    if (find_named(templates, &name) != NULL) {
        fault_set(fault, &fault_launch_template_name_taken);
        return NULL;
    }
    template = table_add(&templates->table, ids_new(templates->ids));
    template->account = wish->account;
    template->region = wish->region;
    template->created = *templates->now;
    template->name = xstrdup(wish->name);
    template->standard = 1;
    launch_template_version_add(templates, template, wish->description, wish->data);
    return template;
}

void launch_template_version_remove(struct launch_templates *templates,
                                    const struct launch_template_version *version)
{
    table_remove(&templates->versions, version->key);
}

void launch_template_remove(struct launch_templates *templates,
                            const struct launch_template *template)
{
    for (uint32_t i = table_count(&templates->versions); i-- > 0;) {
        const struct launch_template_version *version = table_at(&templates->versions, i);

        if (version->template == template->id)
            table_remove(&templates->versions, version->key);
    }
    table_remove(&templates->table, template->id);
}

/* ---- tables ---- */

static const struct field template_fields[] = {
    F_INT(struct launch_template, id, "LaunchTemplateId", "Its id."),
    F_INT(struct launch_template, account, "Account", "Whose it is."),
    F_TIME(struct launch_template, created, "CreateTime", "When it was made."),
    F_INT(struct launch_template, latest, "LatestVersionNumber", "The highest number given."),
    F_INT(struct launch_template, standard, "DefaultVersionNumber", "The default version."),
    F_INT(struct launch_template, region, "Region", "Where it is."),
    F_STRING(struct launch_template, name, "LaunchTemplateName", "Its name."),
    F_EMBED(struct launch_template, tags, struct tags, &tags_shape, "Tags", "Its tags."),
};

static const struct field version_fields[] = {
    F_INT(struct launch_template_version, key, "Key", "Its number among all versions."),
    F_INT(struct launch_template_version, template, "LaunchTemplateId", "Whose version it is."),
    F_INT(struct launch_template_version, number, "VersionNumber", "Its number."),
    F_TIME(struct launch_template_version, created, "CreateTime", "When it was made."),
    F_STRING(struct launch_template_version, description, "VersionDescription", "What it is."),
    F_EMBED(struct launch_template_version, data, struct launch_wish, &launch_wish_shape,
            "LaunchTemplateData", "What it asks for."),
};

const struct shape launch_template_shape =
    SHAPE("LaunchTemplate", struct launch_template, template_fields);
const struct shape launch_template_version_shape =
    SHAPE("LaunchTemplateVersion", struct launch_template_version, version_fields);

const struct fault_kind fault_launch_template_missing = {
    .code = "InvalidLaunchTemplateId.NotFound",
    .text = "The specified launch template, with template ID {}, does not exist.",
    .hint = "`aws ec2 describe-launch-templates` lists those of this Region.",
};

const struct fault_kind fault_launch_template_name_missing = {
    .code = "InvalidLaunchTemplateName.NotFoundException",
    .text = "The specified launch template, with template name {}, does not exist.",
    .hint = "`aws ec2 describe-launch-templates` lists those of this Region.",
};

const struct fault_kind fault_launch_template_malformed = {
    .code = "InvalidLaunchTemplateId.Malformed",
    .text = "Invalid id: \"{}\" (expecting \"lt-...\")",
    .hint = "A template's id is lt- and 17 digits; its name goes with --launch-template-name.",
};

const struct fault_kind fault_launch_template_unnamed = {
    .code = "MissingParameter",
    .text = "Either a launch template ID or a launch template name must be specified in the "
            "request.",
    .hint = "Say which template: by its id or by its name.",
};

const struct fault_kind fault_launch_template_two_names = {
    .code = "InvalidParameterCombination",
    .text = "A launch template ID and a launch template name cannot be specified in the same "
            "request.",
    .hint = "The id alone is enough; so is the name.",
};

const struct fault_kind fault_launch_template_version_missing = {
    .code = "InvalidLaunchTemplateId.VersionNotFound",
    .text = "Could not find the specified version {} for the launch template with ID {}.",
    .hint = "`aws ec2 describe-launch-template-versions` lists the versions; $Latest and $Default "
            "always name one.",
};

const struct fault_kind fault_launch_template_name_taken = {
    .code = "InvalidLaunchTemplateName.AlreadyExistsException",
    .text = "Launch template name already in use.",
    .hint = "Choose another name, or make another version: create-launch-template-version.",
};

const struct fault_kind fault_launch_template_name_form = {
    .code = "InvalidLaunchTemplateName.MalformedException",
    .text = "A launch template name must be between 3 and 128 characters, and may contain "
            "letters, numbers, and the following characters: - ( ) . / _.",
    .hint = "Blanks are not allowed.",
};
