/*
 * api/lab_compare.c - compare: the same traffic in several copies of this world, side by side.
 *
 * Each variant is this world as it is now, changed by commands of its own; then the same requests
 * come (the same instants, work and clients: their chance follows from this instant), and what
 * became of them is told.  The copies are thrown away: nothing here changes.
 */
#include "api/lab_parts.h"

#include <string.h>

#include "base/bug.h"
#include "base/expand.h"
#include "base/str.h"
#include "base/words.h"
#include "api/arguments.h"
#include "api/invoke.h"
#include "api/lab_traffic.h"
#include "cloud/target_group.h"
#include "cloud/world.h"

enum { VARIANTS_MAX = 4 };

#define DURATION_DEFAULT_S 60.0

static const struct fault_kind fault_variant = {
    .code = "InvalidVariant",
    .text = "The variant '{}' cannot be made: {}: {}",
    .hint = "Each command is one line of aws or lab that changes the world, without variables in "
            "single quotes; try it at the prompt first.",
};

static const struct fault_kind fault_variants = {
    .code = "InvalidParameterValue",
    .text = "There are {} variants; give up to 4, each with a Name of its own",
    .hint = "One more lab compare compares others.",
};

/* ---- shapes ---- */

struct variant_wish {
    const char *name;
    LIST(const char *) commands;
};

struct compare_in {
    LIST(struct variant_wish) variants;
    struct traffic_wish traffic;
};

struct share_view {
    const char *id;
    const char *name;
    int64_t requests;
    struct opt_real share;
};

struct variant_view {
    const char *name;
    struct outcome_view outcome;
    LIST(struct share_view) targets;
    struct opt_real spread;
};

struct compare_out {
    LIST(struct variant_view) variants;
};

static const struct field variant_fields[] = {
    F_STRING(struct variant_wish, name, "Name", "What to call it.", .flags = FIELD_REQUIRED,
             .min = 1, .max = 64),
    F_STRINGS(struct variant_wish, commands, "Commands",
              "Lines of aws or lab that make it differ; none: the world as it is."),
};
static const struct shape variant_shape = SHAPE("Variant", struct variant_wish, variant_fields);

static const struct field compare_in_fields[] = {
    F_LIST(struct compare_in, variants, struct variant_wish, &variant_shape, "Variants",
           "The worlds to compare, up to four: Name=NAME,Commands=['LINE','LINE'].",
           .flags = FIELD_REQUIRED, .min = 1),
    F_TRAFFIC_WISH(struct compare_in, traffic),
    F_REAL(struct compare_in, traffic.duration, "Duration",
           "How many seconds of traffic each gets; 60 unless told."),
};
static const struct shape compare_in_shape =
    SHAPE("CompareRequest", struct compare_in, compare_in_fields);

static const struct field share_fields[] = {
    F_STRING(struct share_view, id, "Id", "The target."),
    F_STRING(struct share_view, name, "Name", "The Name tag of the instance; absent without one."),
    F_INT(struct share_view, requests, "Requests", "Requests that the balancer sent it."),
    F_REAL(struct share_view, share, "Share", "Its part of them, 0 to 1."),
};
static const struct shape share_shape = SHAPE("VariantTarget", struct share_view, share_fields);

static const struct field variant_view_fields[] = {
    F_STRING(struct variant_view, name, "Name", "Which variant.", .flags = FIELD_COLUMN),
    F_OUTCOME(struct variant_view, outcome),
    F_LIST(struct variant_view, targets, struct share_view, &share_shape, "Targets",
           "Targets that were sent requests in this time."),
    F_REAL(struct variant_view, spread, "ShareSpread", "The largest share less the smallest.",
           .flags = FIELD_NULL),
};
static const struct shape variant_view_shape =
    SHAPE("VariantOutcome", struct variant_view, variant_view_fields);

static const struct field compare_out_fields[] = {
    F_LIST(struct compare_out, variants, struct variant_view, &variant_view_shape, "Variants",
           "What became of the same traffic in each."),
};
static const struct shape compare_out_shape =
    SHAPE("CompareResult", struct compare_out, compare_out_fields);

/* ---- a world of its own ---- */

static struct world *copy_world(const struct call *call)
{
    struct str state = STR_INIT;
    const char *error = NULL;
    struct world *world;

    world_pack(call->world, &state);
    world = world_unpack(call->world->catalog, str_text(&state), state.length, &error);
    str_release(&state);
    if (world == NULL)
        BUG("a world that cannot be copied: %s", error);
    return world;
}

/* One command of a variant, and why it was refused. */
struct making {
    struct call *call;
    const struct variant_wish *variant;
    struct world *world;
    const char *line;
};

static int refuse(const struct making *making, const char *why)
{
    return call_fault(making->call, &fault_variant, making->variant->name, making->line, why);
}

static const char *no_variable(void *context, const char *name)
{
    (void)context;
    (void)name;
    return NULL;
}

static int no_output(void *context, const struct words_list *commands, struct str *output)
{
    (void)context;
    (void)commands;
    (void)output;
    return 1;
}

/* Runs what was read; 0, or -1 after a fault or an interruption. */
static int carry_out(const struct making *making, const struct arguments *arguments)
{
    const struct call *outer = making->call;
    const struct caller caller = {
        .world = making->world,
        .account = outer->account,
        .region = outer->region,
        .passer = outer->passer,
    };
    struct call call;
    json_t *answer = NULL;
    int status = 0;

    if (invoke_json(&call, &caller, arguments->op, arguments->params, &answer) != 0)
        status = call.interrupted ? -1 : refuse(making, call.fault.message);
    else if ((arguments->op->flags & OP_LASTS) != 0)
        status = call_pass(making->call, making->world, call.until);
    if (call.interrupted)
        making->call->interrupted = true;
    json_decref(answer);
    call_release(&call);
    return status;
}

static int read_and_run(const struct making *making, const char *const *words, size_t count)
{
    struct arguments arguments;
    int status;

    if (strcmp(words[0], "aws") != 0 && strcmp(words[0], "lab") != 0)
        return refuse(making, "it begins neither with aws nor with lab");
    if (arguments_parse(&arguments, words[0], words + 1, count - 1, NULL) != 0 ||
        (arguments.op != NULL && arguments_check_modelled(&arguments) != 0))
        status = refuse(making, str_text(&arguments.error));
    else if (arguments.op == NULL || arguments.help || arguments.waiter != NULL ||
             arguments.skeleton != NULL || arguments.region != NULL || arguments.profile != NULL)
        status = refuse(making, "only an operation of this account and Region can stand here");
    else
        status = carry_out(making, &arguments);
    arguments_release(&arguments);
    return status;
}

static int run_line(const struct making *making)
{
    const struct expand_host host = {.variable = no_variable, .run = no_output};
    const struct words_source source = {.text = making->line, .length = strlen(making->line)};
    struct words_list list;
    struct words_refusal why;
    struct expand_argv argv = {.arena = &making->call->arena};
    const struct words_command *command;

    if (words_parse(&source, argv.arena, &list, &why) != WORDS_OK)
        return refuse(making, why.message);
    if (list.commands.count != 1)
        return refuse(making, "give one command a line");
    command = &list.commands.items[0];
    for (uint32_t i = 0; i < command->words.count; i++) {
        if (expand_word(&host, &command->words.items[i], &argv) != 0)
            return refuse(making, "$(...) cannot stand here");
    }
    if (argv.items.count == 0)
        return refuse(making, "there is no command");
    return read_and_run(making, (const char *const *)argv.items.items, argv.items.count);
}

/* ---- what came of it ---- */

/* Requests that each target of the account had been sent when the traffic began. */
struct start_count {
    uint64_t target;
    uint64_t requests;
};

struct start_counts {
    LIST(struct start_count) items;
};

static bool is_ours(const struct call *call, const struct target *target)
{
    const struct target_group *group = table_find(&call->world->targets.groups, target->group);

    return group != NULL && group->account == call->account;
}

static void count_start(struct call *call, const struct world *world, struct start_counts *counts)
{
    const struct table *targets = &world->targets.targets;

    for (uint32_t i = 0; i < table_count(targets); i++) {
        const struct target *target = table_at(targets, i);

        *LIST_PUSH_IN(&call->arena, &counts->items) =
            (struct start_count){.target = target->id, .requests = target->requests};
    }
}

/* What it was sent since then. */
static uint64_t sent_since(const struct start_counts *counts, const struct target *target)
{
    for (uint32_t i = 0; i < counts->items.count; i++) {
        if (counts->items.items[i].target == target->id)
            return target->requests - counts->items.items[i].requests;
    }
    return target->requests;
}

static void fill_targets(struct call *call, const struct world *world,
                         const struct start_counts *counts, struct variant_view *view)
{
    const struct table *targets = &world->targets.targets;
    double total = 0;
    double least = 1;
    double most = 0;

    for (uint32_t i = 0; i < table_count(targets); i++) {
        const struct target *target = table_at(targets, i);
        uint64_t requests = sent_since(counts, target);
        const struct instance *instance = instance_any(&world->instances, target->instance);

        if (requests == 0 || !is_ours(call, target))
            continue;
        total += (double)requests;
        *LIST_PUSH_IN(&call->arena, &view->targets) = (struct share_view){
            .id = target_id_text(&call->arena, target),
            .name = instance == NULL ? NULL
                        : arena_strdup(&call->arena, tags_find(&instance->tags, "Name")),
            .requests = (int64_t)requests,
        };
    }
    for (uint32_t i = 0; i < view->targets.count; i++) {
        double share = (double)view->targets.items[i].requests / total;

        view->targets.items[i].share = OPT_REAL(share);
        least = share < least ? share : least;
        most = share > most ? share : most;
    }
    if (view->targets.count > 0)
        view->spread = OPT_REAL(most - least);
}

/* Makes one variant and sends the traffic.  0, or -1 after a fault or an interruption. */
static int run_variant(struct call *call, const struct compare_in *wish, uint32_t at,
                       struct variant_view *view)
{
    struct world *original = call->world;
    struct making making = {.call = call, .variant = &wish->variants.items[at]};
    struct traffic_wish traffic = wish->traffic;
    struct start_counts counts = {0};
    const struct stream *stream = NULL;
    int status = 0;

    if (!traffic.duration.set)
        traffic.duration = OPT_REAL(DURATION_DEFAULT_S);
    making.world = copy_world(call);
    call->world = making.world;
    for (uint32_t i = 0; i < making.variant->commands.count && status == 0; i++) {
        making.line = making.variant->commands.items[i];
        status = run_line(&making);
    }
    if (status == 0) {
        count_start(call, making.world, &counts);
        stream = traffic_wish_start(call, &traffic, (uint64_t)original->sim.now | 1);
        status = stream == NULL ? -1 : call_pass(call, making.world, stream->ends);
    }
    if (status == 0) {
        view->name = making.variant->name;
        outcome_fill(call, stream, &view->outcome);
        fill_targets(call, making.world, &counts, view);
    }
    call->world = original;
    world_free(making.world);
    return status;
}

static bool names_differ(const struct compare_in *wish)
{
    for (uint32_t i = 0; i < wish->variants.count; i++) {
        for (uint32_t k = 0; k < i; k++) {
            if (strcmp(wish->variants.items[i].name, wish->variants.items[k].name) == 0)
                return false;
        }
    }
    return true;
}

static int compare(struct call *call, const void *in, void *out)
{
    const struct compare_in *wish = in;
    struct compare_out *answer = out;

    if (wish->variants.count > VARIANTS_MAX || !names_differ(wish))
        return call_fault(call, &fault_variants,
                          arena_printf(&call->arena, "%u", wish->variants.count));
    for (uint32_t i = 0; i < wish->variants.count; i++) {
        if (run_variant(call, wish, i, LIST_PUSH_IN(&call->arena, &answer->variants)) != 0)
            return -1;
    }
    return 0;
}

static const struct fault_kind *const compare_faults[] = {
    &fault_variant, &fault_variants, &fault_bad_url, &fault_traffic_range, NULL,
};

const struct op op_lab_compare = {
    .name = "Compare",
    .doc = "Sends the same traffic into up to four copies of this cloud that differ in what you "
           "say, and shows what became of it in each. Nothing changes here.",
    .example = "lab compare --url http://example.com/ --rate 5 --variants Name=now "
               "\"Name=later,Commands=['lab advance --seconds 60']\"",
    .in = &compare_in_shape,
    .out = &compare_out_shape,
    .faults = compare_faults,
    .run = compare,
};
