/*
 * api/lab_compare.c - compare: the same traffic in several copies of this world, side by side; or
 * the same workload on several instance types (api/lab_race).
 *
 * Each variant is this world as it is now, changed by commands of its own; then the same requests
 * come (the same instants, work and clients: their chance follows from this instant), and what
 * became of them is told.  The copies go on together, moment by moment, so that they can be watched
 * side by side; then they are thrown away: nothing here changes.
 */
#include "api/ec2_parts.h"
#include "api/lab_parts.h"

#include <string.h>

#include "base/expand.h"
#include "base/str.h"
#include "base/words.h"
#include "api/arguments.h"
#include "api/invoke.h"
#include "api/lab_comparison.h"
#include "api/lab_race.h"

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

static const struct fault_kind fault_both = {
    .code = "InvalidParameterCombination",
    .text = "A comparison is of traffic (Url and Variants) or of a Workload, not of both",
    .hint = "lab compare --workload takes instance types; lab compare --url takes variants.",
};

static const struct fault_kind fault_neither = {
    .code = "MissingParameter",
    .text = "Nothing is named to compare: give Url, Rate and Variants for traffic, or a Workload",
    .hint = "lab compare help has an example; lab compare --workload compute races five families.",
};

/* ---- shapes ---- */

struct variant_wish {
    const char *name;
    LIST(const char *) commands;
};

struct compare_in {
    LIST(struct variant_wish) variants;
    struct traffic_wish traffic;
    struct race_wish race;
};

struct compare_out {
    LIST(struct variant_view) variants;
    const char *workload;
    const char *fastest;
    const char *cheapest;
    LIST(struct workload_view) racers;
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
           "The worlds to compare, up to four: Name=NAME,Commands=['LINE','LINE']."),
    F_TRAFFIC_WISH(struct compare_in, traffic, 0),
    F_REAL(struct compare_in, traffic.duration, "Duration",
           "How many seconds of traffic each gets; 60 unless told."),
    F_STRING(struct compare_in, race.order.kind, "Workload",
             "Instead of traffic: a workload (lab run-workload) that runs on several instance "
             "types at once.",
             .words = workload_kind_words),
    F_STRINGS(struct compare_in, race.types, "InstanceTypes",
              "The types for the workload, up to eight; unless told one of each family: m7i, c7a, "
              "r7i, g5 and i4i, xlarge.",
              .ref = &kind_instance_type),
    F_WORKLOAD_SIZE(struct compare_in, race.order),
};
static const struct shape compare_in_shape =
    SHAPE("CompareRequest", struct compare_in, compare_in_fields);

static const struct field variant_view_fields[] = {
    F_VARIANT_OUTCOME,
};
static const struct shape variant_view_shape =
    SHAPE("VariantOutcome", struct variant_view, variant_view_fields);

static const struct field compare_out_fields[] = {
    F_LIST(struct compare_out, variants, struct variant_view, &variant_view_shape, "Variants",
           "What became of the same traffic in each.", .flags = FIELD_OMIT_EMPTY),
    F_RACE(struct compare_out),
};
static const struct shape compare_out_shape =
    SHAPE("CompareResult", struct compare_out, compare_out_fields);

/* ---- a world of its own ---- */

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
    int status = 0;

    if (invoke_op(&call, &caller, arguments->op, arguments->params) == NULL)
        status = call.interrupted ? -1 : refuse(making, call.fault.message);
    else if ((arguments->op->flags & OP_LASTS) != 0)
        status = call_pass(making->call, making->world, call.until);
    if (call.interrupted)
        making->call->interrupted = true;
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

/* ---- the worlds, side by side ---- */

/* A variant at work. */
struct runner {
    struct watcher watcher; /* its world is owned */
    int64_t started;
    int64_t ends;
};

struct race {
    struct call *call;
    struct world *original;
    struct comparison *comparison; /* the tray's, or the call's */
    struct arena *arena;           /* of the comparison */
    struct runner runners[VARIANTS_MAX];
};

static const char *keep(struct race *race, const char *text)
{
    return text == NULL ? NULL : arena_strdup(race->arena, text);
}

/* Makes one variant and begins the traffic.  0, or -1 after a fault or an interruption. */
static int runner_start(struct race *race, const struct compare_in *wish, uint32_t at)
{
    struct call *call = race->call;
    struct runner *runner = &race->runners[at];
    struct making making = {.call = call, .variant = &wish->variants.items[at]};
    const struct stream *stream = NULL;
    int status = 0;

    making.world = call_copy_world(call);
    runner->watcher = (struct watcher){.world = making.world, .account = call->account};
    call->world = making.world;
    for (uint32_t i = 0; i < making.variant->commands.count && status == 0; i++) {
        making.line = making.variant->commands.items[i];
        status = run_line(&making);
    }
    if (status == 0)
        stream = traffic_wish_start(call, &wish->traffic, (uint64_t)race->original->sim.now | 1);
    call->world = race->original;
    if (stream == NULL)
        return -1;
    runner->watcher.stream = stream->id;
    runner->started = stream->started;
    runner->ends = stream->ends;
    /* A look at the keyboard: copies take long. */
    return call_pass(call, making.world, stream->started);
}

/* All of them stand at the start: what is told of them from now on lies on the tray. */
static void race_begin(struct race *race, const struct compare_in *wish)
{
    race->comparison = comparison_new(race->call);
    race->arena = race->comparison->memory;
    race->comparison->url = keep(race, wish->traffic.url);
    race->comparison->distribution = keep(race, wish->traffic.distribution);
    race->comparison->rate = wish->traffic.rate;
    race->comparison->duration = wish->traffic.duration;
    for (uint32_t i = 0; i < wish->variants.count; i++) {
        struct variant_view *view = LIST_PUSH_IN(race->arena, &race->comparison->variants);

        *view = (struct variant_view){.name = keep(race, wish->variants.items[i].name)};
        for (uint32_t k = 0; k < wish->variants.items[i].commands.count; k++)
            *LIST_PUSH_IN(race->arena, &view->commands) =
                keep(race, wish->variants.items[i].commands.items[k]);
        watcher_start(&race->runners[i].watcher, race->arena, view);
    }
}

/* Lets all of them go on to that moment, one after the other.  0, or -1 when interrupted. */
static int race_step(struct race *race, int moment)
{
    struct call *call = race->call;

    call->doing = arena_printf(&call->arena, "compare: %.0f of %.0f s",
                               race->comparison->duration.value * moment / COMPARISON_MOMENTS,
                               race->comparison->duration.value);
    for (uint32_t i = 0; i < race->comparison->variants.count; i++) {
        struct runner *runner = &race->runners[i];
        int64_t part = (runner->ends - runner->started) / COMPARISON_MOMENTS;
        int64_t until = moment == COMPARISON_MOMENTS ? runner->ends
                                                     : runner->started + part * moment;

        if (call_pass(call, runner->watcher.world, until) != 0)
            return -1;
    }
    for (uint32_t i = 0; i < race->comparison->variants.count; i++)
        watcher_look(&race->runners[i].watcher, race->arena,
                     &race->comparison->variants.items[i]);
    if (call->tray != NULL)
        call->tray->changes++;
    return 0;
}

static int race_run(struct race *race, const struct compare_in *wish)
{
    int status = 0;

    for (uint32_t i = 0; i < wish->variants.count; i++) {
        if (runner_start(race, wish, i) != 0)
            return -1;
    }
    race_begin(race, wish);
    for (int moment = 1; moment <= COMPARISON_MOMENTS && status == 0; moment++)
        status = race_step(race, moment);
    race->comparison->state = status == 0 ? "completed" : "interrupted";
    if (race->call->tray != NULL)
        race->call->tray->changes++;
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

/* Is that about traffic, or about a workload?  0, or -1 when it is neither, or both. */
static int compare_check(struct call *call, const struct compare_in *wish)
{
    bool traffic = wish->traffic.url != NULL || wish->variants.count > 0;

    if (wish->race.order.kind != NULL && traffic)
        return call_fault(call, &fault_both);
    if (wish->race.order.kind == NULL &&
        (wish->traffic.url == NULL || !wish->traffic.rate.set || wish->variants.count == 0))
        return call_fault(call, &fault_neither);
    return 0;
}

static int compare_types(struct call *call, const struct compare_in *wish,
                         struct compare_out *answer)
{
    struct comparison *comparison = NULL;

    if (race_of_types(call, &wish->race, &comparison) != 0)
        return -1;
    answer->workload = comparison->workload;
    answer->fastest = comparison->fastest;
    answer->cheapest = comparison->cheapest;
    memcpy(&answer->racers, &comparison->racers, sizeof(answer->racers));
    return 0;
}

static int compare(struct call *call, const void *in, void *out)
{
    struct compare_in wish = *(const struct compare_in *)in;
    struct compare_out *answer = out;
    struct race race = {.call = call, .original = call->world};
    int status;

    if (compare_check(call, &wish) != 0)
        return -1;
    if (wish.race.order.kind != NULL)
        return compare_types(call, &wish, answer);
    if (wish.variants.count > VARIANTS_MAX || !names_differ(&wish))
        return call_fault(call, &fault_variants,
                          arena_printf(&call->arena, "%u", wish.variants.count));
    if (!wish.traffic.duration.set)
        wish.traffic.duration = OPT_REAL(DURATION_DEFAULT_S);
    if (wish.traffic.distribution == NULL)
        wish.traffic.distribution = stream_distribution_words[STREAM_POISSON - 1];
    status = race_run(&race, &wish);
    if (status == 0) /* the lists stay the comparison's */
        memcpy(&answer->variants, &race.comparison->variants, sizeof(answer->variants));
    for (uint32_t i = 0; i < VARIANTS_MAX; i++) {
        if (race.runners[i].watcher.world != NULL)
            world_free(race.runners[i].watcher.world);
        watcher_release(&race.runners[i].watcher);
    }
    return status;
}

static const struct fault_kind *const compare_faults[] = {
    &fault_variant, &fault_variants,       &fault_bad_url, &fault_traffic_range, &fault_both,
    &fault_neither, &fault_instance_types, &fault_racers,  &fault_racer,         NULL,
};

const struct op op_lab_compare = {
    .name = "Compare",
    .doc = "Sends the same traffic into up to four copies of this cloud that differ in what you "
           "say, or runs the same workload on several instance types, and shows what became of it "
           "in each. Nothing changes here.",
    .example = "lab compare --url http://example.com/ --rate 5 --variants Name=now "
               "\"Name=later,Commands=['lab advance --seconds 60']\"",
    .in = &compare_in_shape,
    .out = &compare_out_shape,
    .faults = compare_faults,
    .run = compare,
};
