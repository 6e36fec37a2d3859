/*
 * api/ec2_launch_template.c - create-, describe-, modify-, delete-launch-template(s).
 *
 * True to the EC2 API reference: a template is not tried when it is made; what it names is looked
 * up when something is launched with it.
 */
#include "api/ec2_launch_template.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"

const struct fault_kind *const template_faults[] = {
    &fault_launch_template_missing,   &fault_launch_template_name_missing,
    &fault_launch_template_malformed, &fault_launch_template_unnamed,
    &fault_launch_template_two_names, NULL,
};

const struct fault_kind *const template_version_faults[] = {
    &fault_launch_template_missing,         &fault_launch_template_name_missing,
    &fault_launch_template_malformed,       &fault_launch_template_unnamed,
    &fault_launch_template_two_names,       &fault_launch_template_version_missing,
    NULL,
};

struct launch_template *template_named(struct call *call, const char *id, const char *name)
{
    const struct launch_template_name wanted = {
        .account = call->account, .region = call->region, .id = id, .name = name};

    return launch_template_find(&call->world->templates, &wanted, &call->fault);
}

const char *template_maker(struct call *call)
{
    return arena_printf(&call->arena, "arn:aws:iam::%012" PRIu64 ":user/learner", call->account);
}

int template_data_check(struct call *call, const struct launch_wish *data)
{
    static const char *const kinds[] = {"instance", "volume", "spot-instances-request", NULL};

    return tag_specifications_check(call, &data->tags, kinds);
}

/* ---- what a template looks like ---- */

struct template_view {
    const char *id;
    const char *name;
    int64_t created;
    const char *maker;
    int64_t standard;
    int64_t latest;
    struct tag_views tags;
};

static const struct field view_fields[] = {
    F_STRING(struct template_view, id, "LaunchTemplateId", "The id of the template.",
             .flags = FIELD_COLUMN, .ref = &kind_launch_template),
    F_STRING(struct template_view, name, "LaunchTemplateName", "Its name.", .flags = FIELD_COLUMN),
    F_TIME(struct template_view, created, "CreateTime", "When it was made."),
    F_STRING(struct template_view, maker, "CreatedBy", "Who made it."),
    F_INT(struct template_view, standard, "DefaultVersionNumber",
          "The version that holds unless a launch names one.", .flags = FIELD_COLUMN),
    F_INT(struct template_view, latest, "LatestVersionNumber", "The newest version.",
          .flags = FIELD_COLUMN),
    F_TAGS(struct template_view, tags),
};

static const struct shape view_shape = SHAPE("LaunchTemplate", struct template_view, view_fields);

static void template_see(struct call *call, const struct launch_template *template,
                         struct template_view *view)
{
    *view = (struct template_view){
        .id = id_text(&call->arena, &kind_launch_template, template->id),
        .name = template->name,
        .created = WHOLE_SECOND(template->created),
        .maker = template_maker(call),
        .standard = template->standard,
        .latest = template->latest,
    };
    tag_views_fill(call, &view->tags, &template->tags);
}

struct template_out {
    struct template_view *template;
};

static const struct field template_out_fields[] = {
    F_STRUCT(struct template_out, template, struct template_view, &view_shape, "LaunchTemplate",
             "The launch template."),
};

static const struct shape template_out_shape =
    SHAPE("CreateLaunchTemplateResult", struct template_out, template_out_fields);

static int answer(struct call *call, const struct launch_template *template,
                  struct template_out *out)
{
    out->template = arena_alloc(&call->arena, sizeof(*out->template));
    template_see(call, template, out->template);
    return 0;
}

static int answer_again(struct call *call, uint64_t made, void *output)
{
    const struct launch_template *template = table_find(&call->world->templates.table, made);

    return template == NULL ? 0 : answer(call, template, output);
}

/* ---- CreateLaunchTemplate ---- */

struct create_in {
    bool dry_run;
    const char *token;
    const char *name;
    const char *description;
    struct launch_wish *data;
    struct tag_specifications tags;
};

static const struct field create_in_fields[] = {
    F_DRY_RUN(struct create_in, dry_run),
    F_CLIENT_TOKEN(struct create_in, token),
    F_STRING(struct create_in, name, "LaunchTemplateName",
             "Its name, unique in the Region: 3 to 128 characters.", .flags = FIELD_REQUIRED),
    F_STRING(struct create_in, description, "VersionDescription", "What its first version is.",
             .max = 255),
    F_STRUCT(struct create_in, data, struct launch_wish, &launch_wish_shape, "LaunchTemplateData",
             "What a launch with it asks for: ImageId=ami-0...,InstanceType=t3.micro.",
             .flags = FIELD_REQUIRED),
    F_TAG_SPECIFICATIONS(struct create_in, tags),
};

static const struct shape create_in_shape =
    SHAPE("CreateLaunchTemplateRequest", struct create_in, create_in_fields);

static int create_launch_template(struct call *call, const void *input, void *output)
{
    static const char *const kinds[] = {"launch-template", NULL};
    const struct create_in *in = input;
    const struct launch_template_new wish = {
        .account = call->account,
        .region = call->region,
        .name = in->name,
        .description = in->description,
        .data = in->data,
    };
    struct launch_template *template;

    if (tag_specifications_check(call, &in->tags, kinds) != 0 ||
        template_data_check(call, in->data) != 0)
        return -1;
    template = launch_template_add(&call->world->templates, &wish, &call->fault);
    if (template == NULL)
        return -1;
    tags_copy(&template->tags, tag_specifications_of(&call->arena, &in->tags, "launch-template"));
    call->made = template->id;
    return answer(call, template, output);
}

static const struct fault_kind *const create_faults[] = {
    &fault_launch_template_name_taken,
    &fault_launch_template_name_form,
    NULL,
};

const struct op op_create_launch_template = {
    .name = "CreateLaunchTemplate",
    .doc = "Keeps what a launch asks for under a name, so that you and Auto Scaling groups can "
           "launch the same again.",
    .example = "aws ec2 create-launch-template --launch-template-name web "
               "--launch-template-data ImageId=$AMI,InstanceType=t3.micro",
    .needs = EC2_EXAMPLE_IMAGE,
    .in = &create_in_shape,
    .out = &template_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = create_launch_template,
    .again = answer_again,
};

/* ---- DescribeLaunchTemplates ---- */

struct describe_in {
    bool dry_run;
    struct strings ids;
    struct strings names;
    struct filters filters;
    const char *next;
    struct opt_int most;
};

struct describe_out {
    LIST(struct template_view) templates;
    const char *next;
};

static const struct field describe_in_fields[] = {
    F_DRY_RUN(struct describe_in, dry_run),
    F_STRINGS(struct describe_in, ids, "LaunchTemplateIds", "Only those of these ids.",
              .ref = &kind_launch_template),
    F_STRINGS(struct describe_in, names, "LaunchTemplateNames", "Only those of these names."),
    F_FILTERS(struct describe_in, filters),
    F_NEXT_TOKEN(struct describe_in, next),
    F_OPT_INT(struct describe_in, most, "MaxResults",
              "The most items that one answer gives; the rest follows with NextToken.", .min = 1,
              .max = 200),
};

static const struct shape describe_in_shape =
    SHAPE("DescribeLaunchTemplatesRequest", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, templates, struct template_view, &view_shape, "LaunchTemplates",
           "The launch templates."),
    F_NEXT_TOKEN_OUT(struct describe_out, next),
};

static const struct shape describe_out_shape =
    SHAPE("DescribeLaunchTemplatesResult", struct describe_out, describe_out_fields);

static const struct filter_name template_filters[] = {
    {"create-time", "CreateTime"},
    {"launch-template-name", "LaunchTemplateName"},
    {0},
};

static bool is_among(const struct strings *texts, const char *text)
{
    for (uint32_t i = 0; i < texts->count; i++) {
        if (strcmp(texts->items[i], text) == 0)
            return true;
    }
    return false;
}

static int describe_launch_templates(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct describe_out *out = output;
    const struct table *table = &call->world->templates.table;
    struct page page;

    for (uint32_t i = 0; i < in->ids.count; i++) {
        if (template_named(call, in->ids.items[i], NULL) == NULL)
            return -1;
    }
    for (uint32_t i = 0; i < in->names.count; i++) {
        if (template_named(call, NULL, in->names.items[i]) == NULL)
            return -1;
    }
    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct launch_template *template = table_at(table, i);
        struct template_view view;

        if (template->account != call->account || template->region != call->region)
            continue;
        template_see(call, template, &view);
        if ((in->ids.count == 0 || is_among(&in->ids, view.id)) &&
            (in->names.count == 0 || is_among(&in->names, view.name)) &&
            filter_pass(call->op, &in->filters, &view_shape, &view))
            *LIST_PUSH_IN(&call->arena, &out->templates) = view;
    }
    if (page_find(call, in->most, in->next, out->templates.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->templates, page);
    out->next = page.next;
    return 0;
}

static const struct fault_kind *const describe_faults[] = {
    &fault_launch_template_missing,
    &fault_launch_template_name_missing,
    &fault_launch_template_malformed,
    NULL,
};

static const struct paging templates_paging = EC2_PAGING("LaunchTemplates");

const struct op op_describe_launch_templates = {
    .name = "DescribeLaunchTemplates",
    .doc = "Lists your launch templates.",
    .example = "aws ec2 describe-launch-templates --launch-template-names web",
    .needs = NEEDS_TEMPLATE,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .paging = &templates_paging,
    .filters = template_filters,
    .run = describe_launch_templates,
};

/* ---- ModifyLaunchTemplate ---- */

struct modify_in {
    bool dry_run;
    const char *token;
    const char *id;
    const char *name;
    const char *version;
};

static const struct field modify_in_fields[] = {
    F_DRY_RUN(struct modify_in, dry_run),
    F_CLIENT_TOKEN(struct modify_in, token),
    F_TEMPLATE_NAMED(struct modify_in),
    F_STRING(struct modify_in, version, "DefaultVersion",
             "The number of the version that is to be the default."),
};

static const struct shape modify_in_shape =
    SHAPE("ModifyLaunchTemplateRequest", struct modify_in, modify_in_fields);

static int modify_launch_template(struct call *call, const void *input, void *output)
{
    const struct modify_in *in = input;
    struct launch_template *template = template_named(call, in->id, in->name);
    const struct launch_template_version *version;

    if (template == NULL)
        return -1;
    version =
        launch_template_version_find(&call->world->templates, template, in->version, &call->fault);
    if (version == NULL)
        return -1;
    template->standard = version->number;
    call->made = template->id;
    return answer(call, template, output);
}

const struct op op_modify_launch_template = {
    .name = "ModifyLaunchTemplate",
    .doc = "Says which version of a launch template is its default.",
    .example = "aws ec2 modify-launch-template --launch-template-name web --default-version 1",
    .needs = NEEDS_TEMPLATE,
    .in = &modify_in_shape,
    .out = &template_out_shape,
    .faults = template_version_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = modify_launch_template,
    .again = answer_again,
};

/* ---- DeleteLaunchTemplate ---- */

struct delete_in {
    bool dry_run;
    const char *id;
    const char *name;
};

static const struct field delete_in_fields[] = {
    F_DRY_RUN(struct delete_in, dry_run),
    F_TEMPLATE_NAMED(struct delete_in),
};

static const struct shape delete_in_shape =
    SHAPE("DeleteLaunchTemplateRequest", struct delete_in, delete_in_fields);

/* The view outlives the template: its texts are its own from now on. */
static void keep_texts(struct call *call, struct template_view *view)
{
    view->name = arena_strdup(&call->arena, view->name);
    for (uint32_t i = 0; i < view->tags.count; i++) {
        struct tag_view *tag = &view->tags.items[i];

        tag->key = arena_strdup(&call->arena, tag->key);
        tag->value = arena_strdup(&call->arena, tag->value);
    }
}

static int delete_launch_template(struct call *call, const void *input, void *output)
{
    const struct delete_in *in = input;
    struct launch_template *template = template_named(call, in->id, in->name);

    if (template == NULL)
        return -1;
    answer(call, template, output);
    keep_texts(call, ((struct template_out *)output)->template);
    launch_template_remove(&call->world->templates, template);
    return 0;
}

const struct op op_delete_launch_template = {
    .name = "DeleteLaunchTemplate",
    .doc = "Deletes a launch template with all its versions; what was launched with it stays.",
    .example = "aws ec2 delete-launch-template --launch-template-name web",
    .needs = NEEDS_TEMPLATE,
    .in = &delete_in_shape,
    .out = &template_out_shape,
    .faults = template_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = delete_launch_template,
};
