/*
 * api/ec2_launch_template_version.c - create-launch-template-version,
 * describe- and delete-launch-template-versions.
 *
 * True to the EC2 API reference: a version never changes; the default one cannot be deleted.
 */
#include "api/ec2_launch_template.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* ---- what a version looks like ---- */

struct version_view {
    const char *id;
    const char *name;
    int64_t number;
    const char *description;
    int64_t created;
    const char *maker;
    bool is_default;
    struct launch_wish *data;
};

static const struct field view_fields[] = {
    F_STRING(struct version_view, id, "LaunchTemplateId", "The id of the launch template.",
             .flags = FIELD_COLUMN, .ref = &kind_launch_template),
    F_STRING(struct version_view, name, "LaunchTemplateName", "Its name."),
    F_INT(struct version_view, number, "VersionNumber", "The number of the version.",
          .flags = FIELD_COLUMN),
    F_STRING(struct version_view, description, "VersionDescription", "What the version is."),
    F_TIME(struct version_view, created, "CreateTime", "When it was made."),
    F_STRING(struct version_view, maker, "CreatedBy", "Who made it."),
    F_BOOL(struct version_view, is_default, "DefaultVersion",
           "Whether it holds unless a launch names another.", .flags = FIELD_COLUMN),
    F_STRUCT(struct version_view, data, struct launch_wish, &launch_wish_shape,
             "LaunchTemplateData", "What a launch with it asks for."),
};

static const struct shape view_shape =
    SHAPE("LaunchTemplateVersion", struct version_view, view_fields);

static void version_see(struct call *call, const struct launch_template *template,
                        const struct launch_template_version *version, struct version_view *view)
{
    *view = (struct version_view){
        .id = id_text(&call->arena, &kind_launch_template, template->id),
        .name = template->name,
        .number = version->number,
        .description = version->description,
        .created = WHOLE_SECOND(version->created),
        .maker = template_maker(call),
        .is_default = version->number == template->standard,
        .data = arena_alloc(&call->arena, sizeof(*view->data)),
    };
    *view->data = version->data;
}

/* ---- CreateLaunchTemplateVersion ---- */

struct create_in {
    bool dry_run;
    const char *token;
    const char *id;
    const char *name;
    const char *source;
    const char *description;
    struct launch_wish *data;
};

struct create_out {
    struct version_view *version;
};

static const struct field create_in_fields[] = {
    F_DRY_RUN(struct create_in, dry_run),
    F_CLIENT_TOKEN(struct create_in, token),
    F_TEMPLATE_NAMED(struct create_in),
    F_STRING(struct create_in, source, "SourceVersion",
             "The version from which it takes what you do not say; else it begins empty."),
    F_STRING(struct create_in, description, "VersionDescription", "What the version is.",
             .max = 255),
    F_STRUCT(struct create_in, data, struct launch_wish, &launch_wish_shape, "LaunchTemplateData",
             "What a launch with it asks for: InstanceType=t3.small.", .flags = FIELD_REQUIRED),
};

static const struct shape create_in_shape =
    SHAPE("CreateLaunchTemplateVersionRequest", struct create_in, create_in_fields);

static const struct field create_out_fields[] = {
    F_STRUCT(struct create_out, version, struct version_view, &view_shape, "LaunchTemplateVersion",
             "The version."),
};

static const struct shape create_out_shape =
    SHAPE("CreateLaunchTemplateVersionResult", struct create_out, create_out_fields);

static int create_again(struct call *call, uint64_t made, void *output)
{
    const struct launch_template_version *version =
        table_find(&call->world->templates.versions, made);
    struct create_out *out = output;

    if (version == NULL)
        return 0;
    out->version = arena_alloc(&call->arena, sizeof(*out->version));
    version_see(call, table_get(&call->world->templates.table, version->template), version,
                out->version);
    return 0;
}

static int create_launch_template_version(struct call *call, const void *input, void *output)
{
    const struct create_in *in = input;
    struct launch_templates *templates = &call->world->templates;
    struct launch_template *template = template_named(call, in->id, in->name);
    struct launch_wish data = *in->data;

    if (template == NULL || template_data_check(call, &data) != 0)
        return -1;
    if (in->source != NULL) {
        const struct launch_template_version *source =
            launch_template_version_find(templates, template, in->source, &call->fault);

        if (source == NULL)
            return -1;
        launch_wish_complete(&data, &source->data);
    }
    call->made = launch_template_version_add(templates, template, in->description, &data)->key;
    return create_again(call, call->made, output);
}

const struct op op_create_launch_template_version = {
    .name = "CreateLaunchTemplateVersion",
    .doc = "Adds a version to a launch template.",
    .example = "aws ec2 create-launch-template-version --launch-template-name web "
               "--source-version 1 --launch-template-data InstanceType=t3.small",
    .needs = NEEDS_TEMPLATE,
    .in = &create_in_shape,
    .out = &create_out_shape,
    .faults = template_version_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = create_launch_template_version,
    .again = create_again,
};

/* ---- DescribeLaunchTemplateVersions ---- */

struct describe_in {
    bool dry_run;
    const char *id;
    const char *name;
    struct strings versions;
    const char *least;
    const char *most;
    const char *next;
    struct opt_int limit;
    struct filters filters;
};

struct describe_out {
    LIST(struct version_view) versions;
    const char *next;
};

static const struct field describe_in_fields[] = {
    F_DRY_RUN(struct describe_in, dry_run),
    F_TEMPLATE_NAMED(struct describe_in),
    F_STRINGS(struct describe_in, versions, "Versions",
              "Only these: numbers, $Latest, $Default; the last two also of all templates."),
    F_STRING(struct describe_in, least, "MinVersion", "Only versions after this number."),
    F_STRING(struct describe_in, most, "MaxVersion", "Only versions up to this number."),
    F_NEXT_TOKEN(struct describe_in, next),
    F_OPT_INT(struct describe_in, limit, "MaxResults",
              "The most items that one answer gives; the rest follows with NextToken."),
    F_FILTERS(struct describe_in, filters),
};

static const struct shape describe_in_shape =
    SHAPE("DescribeLaunchTemplateVersionsRequest", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, versions, struct version_view, &view_shape,
           "LaunchTemplateVersions", "The versions, the newest first."),
    F_NEXT_TOKEN_OUT(struct describe_out, next),
};

static const struct shape describe_out_shape =
    SHAPE("DescribeLaunchTemplateVersionsResult", struct describe_out, describe_out_fields);

static const struct filter_name version_filters[] = {
    {"create-time", "CreateTime"},
    {"ebs-optimized", "LaunchTemplateData.EbsOptimized"},
    {"image-id", "LaunchTemplateData.ImageId"},
    {"instance-type", "LaunchTemplateData.InstanceType"},
    {"is-default-version", "DefaultVersion"},
    /* What no template here can say: they match none. */
    {"host-resource-group-arn", ""},
    {"http-endpoint", ""},
    {"http-protocol-ipv4", ""},
    {"http-tokens", ""},
    {"iam-instance-profile", ""},
    {"kernel-id", ""},
    {"license-configuration-arn", ""},
    {"network-card-index", ""},
    {"ram-disk-id", ""},
    {0},
};

/* The numbers that the request names; 0 and -1 as bounds when it names none. */
struct wanted {
    LIST(int64_t) numbers;
    int64_t least;
    int64_t most;
};

static int wanted_read(struct call *call, const struct describe_in *in,
                       const struct launch_template *template, struct wanted *wanted)
{
    const struct launch_templates *templates = &call->world->templates;
    const struct launch_template_version *version;

    *wanted = (struct wanted){.most = INT64_MAX};
    for (uint32_t i = 0; i < in->versions.count; i++) {
        version =
            launch_template_version_find(templates, template, in->versions.items[i], &call->fault);
        if (version == NULL)
            return -1;
        *LIST_PUSH_IN(&call->arena, &wanted->numbers) = version->number;
    }
    if (in->least != NULL) {
        version = launch_template_version_find(templates, template, in->least, &call->fault);
        if (version == NULL)
            return -1;
        wanted->least = version->number;
    }
    if (in->most != NULL) {
        version = launch_template_version_find(templates, template, in->most, &call->fault);
        if (version == NULL)
            return -1;
        wanted->most = version->number;
    }
    return 0;
}

static bool is_wanted(const struct wanted *wanted, int64_t number)
{
    bool named = wanted->numbers.count == 0;

    for (uint32_t i = 0; i < wanted->numbers.count; i++)
        named = named || wanted->numbers.items[i] == number;
    return named && number >= wanted->least && number <= wanted->most;
}

/* The versions of one template that the request wants, the newest first. */
static int versions_add(struct call *call, const struct describe_in *in,
                        const struct launch_template *template, struct describe_out *out)
{
    const struct table *versions = &call->world->templates.versions;
    struct wanted wanted;

    if (wanted_read(call, in, template, &wanted) != 0)
        return -1;
    for (uint32_t i = table_count(versions); i-- > 0;) {
        const struct launch_template_version *version = table_at(versions, i);
        struct version_view view;

        if (version->template != template->id || !is_wanted(&wanted, version->number))
            continue;
        version_see(call, template, version, &view);
        if (filter_pass(call->op, &in->filters, &view_shape, &view))
            *LIST_PUSH_IN(&call->arena, &out->versions) = view;
    }
    return 0;
}

/* "$Latest" and "$Default" may be asked of all templates at once. */
static bool is_of_all(const struct describe_in *in)
{
    for (uint32_t i = 0; i < in->versions.count; i++) {
        if (in->versions.items[i][0] != '$')
            return false;
    }
    return in->id == NULL && in->name == NULL && in->versions.count > 0;
}

static int describe_launch_template_versions(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct describe_out *out = output;
    const struct table *templates = &call->world->templates.table;
    struct page page;

    if (!is_of_all(in)) {
        const struct launch_template *template = template_named(call, in->id, in->name);

        if (template == NULL || versions_add(call, in, template, out) != 0)
            return -1;
    }
    for (uint32_t i = 0; is_of_all(in) && i < table_count(templates); i++) {
        const struct launch_template *template = table_at(templates, i);

        if (template->account == call->account && template->region == call->region &&
            versions_add(call, in, template, out) != 0)
            return -1;
    }
    if (page_find(call, in->limit, in->next, out->versions.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->versions, page);
    out->next = page.next;
    return 0;
}

static const struct paging versions_paging = EC2_PAGING("LaunchTemplateVersions");

const struct op op_describe_launch_template_versions = {
    .name = "DescribeLaunchTemplateVersions",
    .doc = "Lists the versions of a launch template.",
    .example = "aws ec2 describe-launch-template-versions --launch-template-name web",
    .needs = NEEDS_TEMPLATE,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = template_version_faults,
    .flags = OP_DRY_RUN,
    .paging = &versions_paging,
    .filters = version_filters,
    .run = describe_launch_template_versions,
};

/* ---- DeleteLaunchTemplateVersions ---- */

struct delete_in {
    bool dry_run;
    const char *id;
    const char *name;
    struct strings versions;
};

struct error_view {
    const char *code;
    const char *message;
};

struct deleted_view {
    const char *id;
    const char *name;
    int64_t number;
    struct error_view *error;
};

struct delete_out {
    LIST(struct deleted_view) done;
    LIST(struct deleted_view) kept;
};

static const struct field delete_in_fields[] = {
    F_DRY_RUN(struct delete_in, dry_run),
    F_TEMPLATE_NAMED(struct delete_in),
    F_STRINGS(struct delete_in, versions, "Versions", "The numbers of the versions.",
              .flags = FIELD_REQUIRED),
};

static const struct shape delete_in_shape =
    SHAPE("DeleteLaunchTemplateVersionsRequest", struct delete_in, delete_in_fields);

static const struct field error_fields[] = {
    F_STRING(struct error_view, code, "Code", "Why, as a word."),
    F_STRING(struct error_view, message, "Message", "Why, as a sentence."),
};
static const struct shape error_shape = SHAPE("ResponseError", struct error_view, error_fields);

#define F_DELETED(T)                                                                               \
    F_STRING(T, id, "LaunchTemplateId", "The id of the launch template."),                         \
        F_STRING(T, name, "LaunchTemplateName", "Its name."),                                      \
        F_INT(T, number, "VersionNumber", "The number of the version.")

static const struct field done_fields[] = {
    F_DELETED(struct deleted_view),
};
static const struct shape done_shape =
    SHAPE("DeleteLaunchTemplateVersionsResponseSuccessItem", struct deleted_view, done_fields);

static const struct field kept_fields[] = {
    F_DELETED(struct deleted_view),
    F_STRUCT(struct deleted_view, error, struct error_view, &error_shape, "ResponseError",
             "Why it is still there."),
};
static const struct shape kept_shape =
    SHAPE("DeleteLaunchTemplateVersionsResponseErrorItem", struct deleted_view, kept_fields);

static const struct field delete_out_fields[] = {
    F_LIST(struct delete_out, done, struct deleted_view, &done_shape,
           "SuccessfullyDeletedLaunchTemplateVersions", "Those that are gone."),
    F_LIST(struct delete_out, kept, struct deleted_view, &kept_shape,
           "UnsuccessfullyDeletedLaunchTemplateVersions", "Those that are not."),
};

static const struct shape delete_out_shape =
    SHAPE("DeleteLaunchTemplateVersionsResult", struct delete_out, delete_out_fields);

static const struct error_view *delete_error(const struct launch_template *template,
                                             const struct launch_template_version *version)
{
    static const struct error_view missing = {"launchTemplateVersionDoesNotExist",
                                              "The version does not exist."};
    static const struct error_view standard = {
        "unexpectedError", "You cannot delete the default version of a launch template."};

    if (version == NULL)
        return &missing;
    return version->number == template->standard ? &standard : NULL;
}

static int delete_launch_template_versions(struct call *call, const void *input, void *output)
{
    const struct delete_in *in = input;
    struct delete_out *out = output;
    struct launch_templates *templates = &call->world->templates;
    const struct launch_template *template = template_named(call, in->id, in->name);

    if (template == NULL)
        return -1;
    for (uint32_t i = 0; i < in->versions.count; i++) {
        int64_t number = strtoll(in->versions.items[i], NULL, 10);
        const struct launch_template_version *version =
            launch_template_numbered(templates, template, number);
        const struct error_view *error = delete_error(template, version);
        struct deleted_view view = {
            .id = id_text(&call->arena, &kind_launch_template, template->id),
            .name = template->name,
            .number = number,
        };

        if (error == NULL) {
            *LIST_PUSH_IN(&call->arena, &out->done) = view;
            launch_template_version_remove(templates, version);
            continue;
        }
        view.error = arena_alloc(&call->arena, sizeof(*view.error));
        *view.error = *error;
        *LIST_PUSH_IN(&call->arena, &out->kept) = view;
    }
    return 0;
}

const struct op op_delete_launch_template_versions = {
    .name = "DeleteLaunchTemplateVersions",
    .doc = "Deletes versions of a launch template, but not its default one.",
    .example = "aws ec2 delete-launch-template-versions --launch-template-name web --versions 2",
    .needs = NEEDS_TEMPLATE "\n"
                            "aws ec2 create-launch-template-version --launch-template-name web "
                            "--source-version 1 --launch-template-data InstanceType=t3.small",
    .in = &delete_in_shape,
    .out = &delete_out_shape,
    .faults = template_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = delete_launch_template_versions,
};
