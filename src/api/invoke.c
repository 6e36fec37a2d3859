/*
 * api/invoke.c - running one operation: the same way for the prompt, the views, the lessons and the
 * journal.
 *
 * Before the operation's own function: the allowed words and upper limits of its input, in the
 * words of the service; the names of its filters; DryRun.  So no handler checks what its table
 * already says.
 */
#include "api/invoke.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/bug.h"
#include "base/str.h"
#include "api/filter.h"
#include "api/idempotency.h"
#include "api/value.h"
#include "cloud/world.h"

static const struct fault_kind ec2_bad_word = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter {} is invalid. Valid values are: {}.",
    .hint = "Choose one of the words that are listed; the operation's help has them too.",
};

static const struct fault_kind ec2_too_large = {
    .code = "InvalidParameterValue",
    .text = "Value ( {} ) for parameter {} is invalid. Expecting a value not greater than {}.",
    .hint = "The operation's help gives the range.",
};

static const struct fault_kind query_bad_word = {
    .code = "ValidationError",
    .text = "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: "
            "Member must satisfy enum value set: [{}]",
    .hint = "Choose one of the words that are listed; the operation's help has them too.",
};

static const struct fault_kind query_too_large = {
    .code = "ValidationError",
    .text = "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: "
            "Member must have value less than or equal to {}",
    .hint = "The operation's help gives the range.",
};

static const struct fault_kind query_too_long = {
    .code = "ValidationError",
    .text = "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: "
            "Member must have length less than or equal to {}",
    .hint = "The operation's help gives the length.",
};

static const struct fault_kind dry_run = {
    .code = "DryRunOperation",
    .text = "Request would have succeeded, but DryRun flag is set.",
    .hint = "Leave --dry-run away to do it.",
};

void call_release(struct call *call)
{
    fault_release(&call->fault);
    arena_release(&call->arena);
}

/* "InstanceType" -> "instanceType", as messages name parameters. */
static const char *wire_name(struct call *call, const struct field *field)
{
    char *name;

    if (field->wire != NULL)
        return field->wire;
    name = arena_strdup(&call->arena, field->name);
    name[0] = (char)tolower((unsigned char)name[0]);
    return name;
}

static const char *words_text(struct call *call, const char *const *words)
{
    struct str text = STR_INIT;
    const char *kept;

    for (size_t i = 0; words[i] != NULL; i++)
        str_addf(&text, "%s%s", i == 0 ? "" : ", ", words[i]);
    kept = arena_strdup(&call->arena, str_text(&text));
    str_release(&text);
    return kept;
}

static int check_word(struct call *call, const struct field *field, const char *text)
{
    const struct fault_kind *kind = call_style(call) == STYLE_QUERY ? &query_bad_word
        : &ec2_bad_word;

    for (size_t i = 0; field->words[i] != NULL; i++) {
        if (strcmp(field->words[i], text) == 0)
            return 0;
    }
    return call_fault(call, kind, text, wire_name(call, field), words_text(call, field->words));
}

static int check_most(struct call *call, const struct field *field, int64_t value)
{
    bool query;

    if (field->max == 0 || value <= field->max)
        return 0;
    query = call_style(call) == STYLE_QUERY;
    return call_fault(call, query ? &query_too_large : &ec2_too_large,
                      arena_printf(&call->arena, "%lld", (long long)value), wire_name(call, field),
                      arena_printf(&call->arena, "%lld", (long long)field->max));
}

static int check_string(struct call *call, const struct field *field, const char *text)
{
    if (field->words != NULL)
        return check_word(call, field, text);
    if (field->max == 0 || (int64_t)strlen(text) <= field->max)
        return 0;
    if (call_style(call) == STYLE_QUERY)
        return call_fault(call, &query_too_long, text, wire_name(call, field),
                          arena_printf(&call->arena, "%lld", (long long)field->max));
    return check_most(call, field, (int64_t)strlen(text));
}

static int check_object(struct call *call, const struct shape *shape, const void *object);

static int check_list(struct call *call, const struct field *field, const void *object)
{
    struct list_any list = field_list_read(field, object);
    size_t size = field_item_size(field);

    for (uint32_t i = 0; i < list.count; i++) {
        const char *item = (const char *)list.items + i * size;

        if (field->of != NULL) {
            if (check_object(call, field->of, item) != 0)
                return -1;
        } else if (field->words != NULL && field->item == FIELD_STRING) {
            const char *text;

            memcpy(&text, item, sizeof(text));
            if (check_word(call, field, text) != 0)
                return -1;
        }
    }
    if (field->of == &filter_shape) {
        struct filters filters = {.items = list.items, .count = list.count};

        return filter_check(call, &filters);
    }
    return 0;
}

static int check_field(struct call *call, const struct field *field, const void *object)
{
    const void *at = (const char *)object + field->offset;

    switch (field->type) {
    case FIELD_STRING: {
        const char *text = field_pointer_read(field, object);

        return text == NULL ? 0 : check_string(call, field, text);
    }
    case FIELD_INT:
        return check_most(call, field, field_int_read(field, object));
    case FIELD_OPT_INT:
        return ((const struct opt_int *)at)->set
            ? check_most(call, field, ((const struct opt_int *)at)->value) : 0;
    case FIELD_STRUCT: {
        const void *inner = field_pointer_read(field, object);

        return inner == NULL ? 0 : check_object(call, field->of, inner);
    }
    case FIELD_EMBED:
        return check_object(call, field->of, at);
    case FIELD_LIST:
        return check_list(call, field, object);
    default:
        return 0;
    }
}

static int check_object(struct call *call, const struct shape *shape, const void *object)
{
    for (size_t i = 0; i < shape->count; i++) {
        if (check_field(call, &shape->fields[i], object) != 0)
            return -1;
    }
    return 0;
}

static void call_begin(struct call *call, const struct caller *caller, const struct op *op)
{
    *call = (struct call){
        .world = caller->world,
        .op = op,
        .account = caller->account,
        .region = caller->region,
        .passer = caller->passer,
        .tray = caller->tray,
    };
}

int call_pass(struct call *call, struct world *world, int64_t until)
{
    const struct time_passer *passer = &call->passer;

    if (passer->pass != NULL) {
        call->interrupted = passer->pass(passer->context, world, until,
                                         call->doing == NULL ? call->op->name : call->doing) != 0;
        return call->interrupted ? -1 : 0;
    }
    while (world_advance(world, until, UINT64_MAX) < until || sim_is_due(&world->sim, until))
        continue;
    return 0;
}

static bool asks_dry_run(const struct op *op, const json_t *params)
{
    return (op->flags & OP_DRY_RUN) != 0 && json_is_true(json_object_get(params, "DryRun"));
}

/*
 * Does it in a copy of the world that is thrown away, so that whatever would be refused is refused.
 * EC2 does not look for capacity in a dry run.  Always -1.
 */
static int run_dry(struct call *call, const void *in, void *out)
{
    struct str state = STR_INIT;
    const char *error = NULL;

    if ((call->op->flags & OP_WRITE) == 0) /* a read changes nothing anyway */
        return call->op->run(call, in, out) == 0 ? call_fault(call, &dry_run) : -1;
    world_pack(call->world, &state);
    call->world = world_unpack(call->world->catalog, str_text(&state), state.length, &error);
    str_release(&state);
    if (call->world == NULL)
        BUG("a world that cannot be copied: %s", error);
    if (call->op->run(call, in, out) == 0 || str_starts(call->fault.kind->code, "Insufficient"))
        call_fault(call, &dry_run);
    world_free(call->world);
    call->world = NULL;
    return -1;
}

/* Does it, or answers again what was done before. */
static int run_once(struct call *call, const json_t *params, void *in, void *out)
{
    struct idempotency request;
    struct ids before = call->world->ids;
    int again = idempotency_begin(call, params, in, out, &request);

    if (again != 0)
        return again < 0 ? -1 : 0;
    sim_disturb(&call->world->sim);
    if (call->op->run(call, in, out) != 0)
        return -1;
    idempotency_end(call, &request);
    if (call->world->ids.stream.counter != before.stream.counter && /* it made something */
        (call->op->flags & OP_WRITE) != 0 && call_style(call) == STYLE_EC2)
        replica_tell(&call->world->replica, &before, &call->world->ids);
    return 0;
}

const void *invoke_op(struct call *call, const struct caller *caller, const struct op *op,
                      const json_t *params)
{
    void *in;
    void *out;

    call_begin(call, caller, op);
    in = arena_alloc(&call->arena, op->in->size + 1);
    out = arena_alloc(&call->arena, op->out->size + 1);
    value_from_json(op->in, params, &call->arena, in);
    call->in = in;
    if (check_object(call, op->in, in) != 0)
        return NULL;
    if (asks_dry_run(op, params))
        return run_dry(call, in, out) == 0 ? out : NULL;
    return run_once(call, params, in, out) == 0 ? out : NULL;
}

int invoke_json(struct call *call, const struct caller *caller, const struct op *op,
                const json_t *params, json_t **answer)
{
    const void *out = invoke_op(call, caller, op, params);

    *answer = out == NULL ? NULL : value_to_json(op->out, out);
    return out == NULL ? -1 : 0;
}

const void *invoke_again(struct call *call)
{
    void *out = arena_alloc(&call->arena, call->op->out->size + 1);

    if (call->op->again(call, call->made, out) != 0)
        BUG("%s cannot answer again", call->op->name);
    return out;
}

const void *invoke_read(struct call *call, const struct caller *caller, const struct op *op,
                        const void *in)
{
    void *empty;
    void *out;

    if ((op->flags & OP_WRITE) != 0)
        BUG("%s is not a read operation", op->name);
    call_begin(call, caller, op);
    empty = arena_alloc(&call->arena, op->in->size + 1);
    out = arena_alloc(&call->arena, op->out->size + 1);
    if (check_object(call, op->in, in == NULL ? empty : in) != 0)
        return NULL;
    return op->run(call, in == NULL ? empty : in, out) == 0 ? out : NULL;
}
