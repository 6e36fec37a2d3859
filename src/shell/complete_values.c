/*
 * shell/complete_values.c - what an option takes: allowed words, live ids, shorthand, filters.
 *
 * An id is offered when it begins as typed; when none does, by what people call it: the Name tag,
 * the name of an image or a group.
 */
#include "shell/complete_parts.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "api/filter.h"
#include "api/arguments.h"
#include "api/names.h"
#include "cloud/world.h"

enum { IDS_MAX = 500 };

static void offer_words(struct completing *completing, const char *const *words, const char *doc)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        complete_offer(completing, words[i], doc, ' ');
}

static void offer_files(struct completing *completing)
{
    const struct table *files = &completing->shell->session->variables.files;

    for (uint32_t i = 0; i < table_count(files); i++) {
        const struct branch_file *file = table_at(files, i);

        complete_offer(completing, arena_printf(&completing->arena, "file://%s", file->name),
                       "a file of this branch", ' ');
    }
}

/* ---- live ids ---- */

static const struct resource *resource_find(const struct kind *kind)
{
    for (const struct resource *resource = resources; resource->kind != NULL; resource++) {
        if (resource->kind == kind)
            return resource;
    }
    return NULL;
}

/* One of the live ones, while a Tab looks at them. */
struct seen {
    const char *id;
    struct resource_name name;
    const char *text; /* of the name, where the offer asks for it */
};

static void offer_id(struct completing *completing, const struct seen *seen)
{
    if (str_starts(seen->id, completing->word))
        complete_offer(completing, seen->id, resource_name_text(seen->name), ' ');
}

static bool holds(const char *text, const char *part)
{
    int first = tolower((unsigned char)*part);
    size_t length = strlen(part);

    for (; *text != '\0'; text++) {
        if (tolower((unsigned char)*text) == first && strncasecmp(text, part, length) == 0)
            return true;
    }
    return false;
}

/* By the name, when no id begins as typed. */
static void offer_named(struct completing *completing, const struct seen *seen)
{
    const char *word = completing->word;

    if (!holds(seen->text, word))
        return;
    completing->word = "";
    complete_offer(completing, seen->id, seen->text, ' ');
    completing->word = word;
}

/* As the value of a filter: names that were said already are passed over. */
static void offer_name(struct completing *completing, const struct seen *seen)
{
    const struct line_candidates *candidates = completing->candidates;
    const char *name = seen->text;

    if (name[0] == '\0' || strchr(name, ',') != NULL || !str_starts(name, completing->word))
        return;
    for (uint32_t i = 0; i < candidates->items.count; i++) {
        if (strcmp(candidates->items.items[i].text, name) == 0)
            return;
    }
    complete_offer(completing, name, "a Name tag", '\0');
}

typedef void seen_offer(struct completing *completing, const struct seen *seen);

/* Some at a time: names lie far apart in memory, and in a loop that does nothing else the processor
 * fetches many at once. */
struct batch {
    struct completing *completing;
    seen_offer *offer;
    uint32_t count;
    struct seen items[64];
};

static void batch_offer(struct batch *batch)
{
    const struct line_candidates *candidates = batch->completing->candidates;

    for (uint32_t i = 0; i < batch->count && batch->offer != offer_id; i++)
        batch->items[i].text = resource_name_text(batch->items[i].name);
    for (uint32_t i = 0; i < batch->count && candidates->items.count < IDS_MAX; i++)
        batch->offer(batch->completing, &batch->items[i]);
    batch->count = 0;
}

/* struct batch as a visitor. */
static void batch_add(void *context, const char *id, struct resource_name name)
{
    struct batch *batch = context;

    batch->items[batch->count++] = (struct seen){.id = id, .name = name};
    if (batch->count == sizeof(batch->items) / sizeof(batch->items[0]))
        batch_offer(batch);
}

static void offer_all(struct completing *completing, const struct resource *resource,
                      seen_offer *offer)
{
    const struct caller *caller = &completing->shell->session->commander.caller;
    struct call call = {
        .world = caller->world,
        .account = caller->account,
        .region = caller->region,
    };
    struct batch batch = {.completing = completing, .offer = offer};

    resource->each(&call, batch_add, &batch);
    batch_offer(&batch);
    call_release(&call);
}

/* May an id with that prefix begin so?  Most names cannot, and need no look at 100,000 ids. */
static bool may_begin(const char *prefix, const char *word)
{
    return str_starts(prefix, word) || str_starts(word, prefix);
}

/* The live ones of a kind; by id, each with the name that people know it by. */
static void offer_resources(struct completing *completing, const struct kind *kind)
{
    const struct resource *resource = resource_find(kind);
    /* where ids say nothing; other kinds have names for ids, and a description beside them */
    bool has_ids = kind->prefix[0] != '\0' && kind != &kind_key_pair;

    if (resource == NULL)
        return;
    if (!completing->loose) {
        if (!has_ids || may_begin(kind->prefix, completing->word))
            offer_all(completing, resource, offer_id);
    } else if (has_ids || kind == &kind_balancer || kind == &kind_target_group) {
        offer_all(completing, resource, offer_named);
    }
}

/* ---- options ---- */

static const struct field *field_of_option(struct completing *completing, const struct shape *shape,
                                           const char *option)
{
    for (size_t i = 0; i < shape->count; i++) {
        if (strcmp(name_option(&completing->arena, &shape->fields[i]), option) == 0)
            return &shape->fields[i];
    }
    return NULL;
}

const struct field *complete_field(struct completing *completing, const struct op *op,
                                   const char *option)
{
    const struct field *field = field_of_option(completing, op->in, option);

    if (field == NULL && op->extra != NULL)
        field = field_of_option(completing, op->extra->options, option);
    return field;
}

/* Inside a structure's shorthand: "ResourceType=" and its words, the key after the last comma. */
static void offer_shorthand(struct completing *completing, const struct field *field)
{
    const char *comma = strrchr(completing->word, ',');
    const char *key = comma == NULL ? completing->word : comma + 1;
    size_t head = (size_t)(key - completing->word);

    for (size_t i = 0; i < field->of->count; i++) {
        const struct field *member = &field->of->fields[i];
        const char *text =
            arena_printf(&completing->arena, "%.*s%s=", (int)head, completing->word, member->name);

        if (strchr(key, '=') == NULL)
            complete_offer(completing, text, member->doc, '\0');
        else if (member->words != NULL &&
                 str_starts(key, arena_printf(&completing->arena, "%s=", member->name))) {
            for (size_t k = 0; member->words[k] != NULL; k++)
                complete_offer(completing,
                               arena_printf(&completing->arena, "%s%s", text, member->words[k]),
                               member->doc, '\0');
        }
    }
}

/* ---- filters ---- */

static const struct field *field_at(const struct shape *shape, const char *path)
{
    const struct field *field = NULL;

    while (shape != NULL) {
        size_t length = strcspn(path, ".");

        field = NULL;
        for (size_t i = 0; i < shape->count && field == NULL; i++) {
            if (strlen(shape->fields[i].name) == length &&
                strncmp(shape->fields[i].name, path, length) == 0)
                field = &shape->fields[i];
        }
        if (field == NULL || path[length] == '\0')
            return field;
        path += length + 1;
        shape = field->of;
    }
    return NULL;
}

/*
 * The member that a filter looks at.  Its path begins at an item of the answer, or at what holds
 * such an item inside the operation ("Instance.State.Name").
 */
static const struct field *filtered_field(const struct shape *shape, const char *path, int depth)
{
    const char *dot = strchr(path, '.');
    const struct field *field = field_at(shape, path);

    if (field == NULL && dot != NULL)
        field = field_at(shape, dot + 1);
    for (size_t i = 0; i < shape->count && field == NULL && depth > 0; i++) {
        if (shape->fields[i].type == FIELD_LIST && shape->fields[i].of != NULL)
            field = filtered_field(shape->fields[i].of, path, depth - 1);
    }
    return field;
}

static const char *const truth_words[] = {"true", "false", NULL};
static const char *const architecture_words[] = {"x86_64", "arm64", NULL};
static const char *const instance_state_words[] = {
    "pending", "running", "shutting-down", "stopping", "stopped", "terminated", NULL};
static const char *const root_words[] = {"ebs", "instance-store", NULL};

/* Words and kinds that the answer's shapes do not tell. */
static const struct {
    const char *filter;
    const char *const *words;
    const struct kind *kind;
} known_values[] = {
    {.filter = "architecture", .words = architecture_words},
    {.filter = "instance-state-name", .words = instance_state_words},
    {.filter = "status", .words = snapshot_state_words},
    {.filter = "root-device-type", .words = root_words},
    {.filter = "availability-zone", .kind = &kind_zone},
    {.filter = "region-name", .kind = &kind_region},
    {.filter = "instance-id", .kind = &kind_instance},
    {.filter = "instance-type", .kind = &kind_instance_type},
    {.filter = "image-id", .kind = &kind_image},
    {.filter = "key-name", .kind = &kind_key_pair},
    {.filter = "group-id", .kind = &kind_security_group},
    {.filter = "subnet-id", .kind = &kind_subnet},
    {.filter = "vpc-id", .kind = &kind_vpc},
    {.filter = "volume-id", .kind = &kind_volume},
    {.filter = "snapshot-id", .kind = &kind_snapshot},
    {.filter = "route-table-id", .kind = &kind_route_table},
    {.filter = "internet-gateway-id", .kind = &kind_internet_gateway},
    {.filter = "network-acl-id", .kind = &kind_network_acl},
    {.filter = "network-interface-id", .kind = &kind_interface},
};

static void offer_known(struct completing *completing, const char *filter)
{
    for (size_t i = 0; i < sizeof(known_values) / sizeof(known_values[0]); i++) {
        if (strcmp(known_values[i].filter, filter) != 0)
            continue;
        offer_words(completing, known_values[i].words, "");
        if (known_values[i].kind != NULL)
            offer_resources(completing, known_values[i].kind);
    }
}

/* The Name tags of what the operation lists. */
static void offer_names(struct completing *completing, const struct op *op)
{
    for (const struct resource *resource = resources; resource->kind != NULL; resource++) {
        if (strcmp(resource->op, op->name) == 0 && resource->name != NULL &&
            str_starts(resource->name, "Tags["))
            offer_all(completing, resource, offer_name);
    }
}

/* Name=FILTER,Values=VALUE,VALUE: the value after the last comma. */
static void offer_filter_values(struct completing *completing, const struct op *op,
                                const char *values)
{
    const char *comma = strrchr(values, ',');
    const char *begin = completing->word + strlen("Name=");
    const char *name = arena_strndup(&completing->arena, begin, strcspn(begin, ","));
    const struct field *field = NULL;

    if (!complete_narrow(completing, strlen(comma == NULL ? values : comma + 1)))
        return;
    if (strcmp(name, "tag:Name") == 0)
        offer_names(completing, op);
    for (const struct filter_name *filter = op->filters; filter != NULL && filter->name != NULL;
         filter++) {
        if (strcmp(filter->name, name) == 0)
            field = filtered_field(op->out, filter->path, 2);
    }
    if (field != NULL && field->words != NULL)
        offer_words(completing, field->words, "");
    else if (field != NULL && field->ref != NULL)
        offer_resources(completing, field->ref);
    else if (field != NULL && (field->type == FIELD_BOOL || field->type == FIELD_OPT_BOOL))
        offer_words(completing, truth_words, "");
    else
        offer_known(completing, name);
}

static void offer_filters(struct completing *completing, const struct op *op)
{
    const char *values = strstr(completing->word, ",Values=");

    if (values != NULL && str_starts(completing->word, "Name=")) {
        offer_filter_values(completing, op, values + strlen(",Values="));
        return;
    }
    for (const struct filter_name *filter = op->filters; filter != NULL && filter->name != NULL;
         filter++) {
        if (filter->path[0] != FILTER_REFUSED)
            complete_offer(completing,
                           arena_printf(&completing->arena, "Name=%s,Values=", filter->name),
                           filter->path[0] == FILTER_CONSTANT ? filter->path + 1 : filter->path,
                           '\0');
    }
    complete_offer(completing, "Name=tag:Name,Values=", "the Name tag", '\0');
}

/* ---- values ---- */

static void offer_profiles(struct completing *completing)
{
    const struct caller *caller = &completing->shell->session->commander.caller;
    const struct table *accounts = &caller->world->accounts.table;

    for (uint32_t i = 0; i < table_count(accounts); i++) {
        const struct account *account = table_at(accounts, i);

        if (!account->is_provider)
            complete_offer(completing, account->name,
                           account_text(&completing->arena, account->id), ' ');
    }
}

bool complete_cli_value(struct completing *completing, const struct op *op, const char *option)
{
    static const char *const skeletons[] = {"input", "yaml-input", "output", NULL};

    if (strcmp(option, "region") == 0)
        offer_resources(completing, &kind_region);
    else if (arguments_global_words(option) != NULL)
        offer_words(completing, arguments_global_words(option), "");
    else if (strcmp(option, "generate-cli-skeleton") == 0)
        offer_words(completing, skeletons, "");
    else if (strcmp(option, "profile") == 0)
        offer_profiles(completing);
    else if (strcmp(option, "query") != 0)
        return false;
    else if (op != NULL)
        complete_query(completing, op->out);
    return true;
}

void complete_value(struct completing *completing, const struct op *op, const char *option)
{
    const struct field *field = complete_field(completing, op, option);
    const char *word = completing->word;

    if (complete_cli_value(completing, op, option) || field == NULL)
        return;
    offer_words(completing, field->words, field->doc);
    if (field->ref != NULL)
        offer_resources(completing, field->ref);
    if (field->of == &filter_shape)
        offer_filters(completing, op);
    else if (field->of != NULL && field->type != FIELD_MAP)
        offer_shorthand(completing, field);
    if (completing->word == word &&
        (field->type == FIELD_STRING || field->type == FIELD_BLOB || field->of != NULL))
        offer_files(completing);
}
