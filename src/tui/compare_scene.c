/*
 * tui/compare_scene.c - the worlds of the last comparison at one moment: one scene for the view in
 * AWS's words and the one of the coffee shops.
 *
 * Asks lab DescribeComparison, which answers while the comparison still runs as well.
 */
#include "tui/compare_scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tui/answer.h"

static double real_of(json_t *answer, const char *path)
{
    json_t *real = answer_at(answer, path);

    return json_is_number(real) ? json_number_value(real) : NAN;
}

static const char *codes_of(struct arena *arena, json_t *variant)
{
    struct str text = STR_INIT;
    const char *code;
    const char *kept;
    json_t *count;

    json_object_foreach(answer_at(variant, "Codes"), code, count)
        str_addf(&text, "%s%s: %lld", text.length == 0 ? "" : ", ", code,
                 (long long)json_integer_value(count));
    kept = view_keep(arena, str_text(&text));
    str_release(&text);
    return kept;
}

static void add_world(struct compare_scene *scene, json_t *variant)
{
    struct compare_world *world = LIST_PUSH_IN(&scene->arena, &scene->worlds);
    json_t *spread = answer_at(variant, "ShareSpread");
    json_t *moments = answer_list(variant, "Moments");
    json_t *moment;
    size_t i;

    *world = (struct compare_world){
        .name = view_keep(&scene->arena, answer_text(variant, "Name")),
        .result = {
            .completed = answer_int(variant, "Completed"),
            .errors = answer_int(json_array_get(moments, json_array_size(moments) - 1),
                                 "ServerErrors"),
            .failed = answer_int(variant, "Failed"),
            .p50 = real_of(variant, "LatencyMs.P50"),
            .p90 = real_of(variant, "LatencyMs.P90"),
            .p99 = real_of(variant, "LatencyMs.P99"),
            .max = real_of(variant, "LatencyMs.Max"),
            .spread = json_is_number(spread) ? json_number_value(spread) : NAN,
            .codes = codes_of(&scene->arena, variant),
        },
    };
    json_array_foreach(moments, i, moment) {
        int64_t in_flight = answer_int(moment, "InFlight");

        *LIST_PUSH_IN(&scene->arena, &world->in_flight) = in_flight;
        scene->most = in_flight > scene->most ? in_flight : scene->most;
    }
}

/* Which moment is shown: the one that is wished for, that which was, or the newest. */
static void choose_moment(struct compare_scene *scene, json_t *moments)
{
    json_t *moment;
    size_t i;

    if (scene->follows || scene->moment >= scene->count)
        scene->moment = scene->count - 1;
    json_array_foreach(moments, i, moment) {
        if (scene->wish >= 0 && answer_at(moment, "Second") != NULL &&
            real_of(moment, "Second") <= scene->wish + 1e-6)
            scene->moment = (uint32_t)i;
    }
    scene->second = real_of(json_array_get(moments, scene->moment), "Second");
}

static void clear(struct compare_scene *scene)
{
    struct compare_scene kept = {
        .moment = scene->moment,
        .follows = scene->follows,
        .wish = scene->wish,
        .url = "",
        .state = "",
    };

    for (uint32_t i = 0; i < scene->worlds.count; i++)
        arena_release(&scene->worlds.items[i].moment.arena);
    arena_release(&scene->arena);
    *scene = kept;
}

void compare_refresh(void *at, const struct view_source *source)
{
    struct compare_scene *scene = at;
    json_t *answer = view_ask(source, "lab", "DescribeComparison", NULL);
    json_t *variants = answer_list(answer, "Variants");
    json_t *moments = answer_list(json_array_get(variants, 0), "Moments");
    uint32_t before = scene->count;
    json_t *variant;
    size_t i;

    clear(scene);
    race_read(&scene->race, &scene->arena, answer);
    scene->count = (uint32_t)json_array_size(moments);
    scene->follows = scene->follows || scene->count < before; /* another comparison */
    if (scene->count > 0) {
        scene->url = view_keep(&scene->arena, answer_text(answer, "Url"));
        scene->state = view_keep(&scene->arena, answer_text(answer, "State"));
        scene->rate = real_of(answer, "Rate");
        scene->duration_s = real_of(answer, "Duration");
        choose_moment(scene, moments);
        json_array_foreach(variants, i, variant)
            add_world(scene, variant);
        json_array_foreach(variants, i, variant)
            balancing_of_moment(
                &scene->worlds.items[i].moment,
                &(struct balancing_moment){
                    .comparison = answer,
                    .variant = variant,
                    .moment = json_array_get(answer_list(variant, "Moments"), scene->moment),
                });
    }
    json_decref(answer);
}

void compare_step(void *at, int moments)
{
    struct compare_scene *scene = at;
    int64_t moment = (int64_t)scene->moment + moments;
    int64_t last = (int64_t)scene->count - 1;

    if (scene->count == 0)
        return;
    moment = moment < 0 ? 0 : moment > last ? last : moment;
    scene->moment = (uint32_t)moment;
    scene->follows = moment == last;
    scene->wish = -1;
}

void compare_command(const void *at, const char *id, struct str *command)
{
    const struct compare_scene *scene = at;

    if (strcmp(id, "moment") == 0)
        str_add(command, "lab describe-comparison --query 'Variants[].[Name,Moments[].InFlight]' "
                         "--output text");
    else if (strncmp(id, "racer:", 6) == 0)
        str_addf(command, "lab describe-comparison --query \"Racers[?InstanceType=='%s']\"",
                 id + 6);
    else if (strncmp(id, "world:", 6) == 0)
        str_addf(command, "lab describe-comparison --query \"Variants[?Name=='%s'].Moments[%u]\"",
                 id + 6, scene->moment);
}

void *compare_open(const char *argument)
{
    struct compare_scene *scene = xcalloc(1, sizeof(*scene));

    scene->follows = true;
    scene->wish = argument == NULL ? -1 : strtod(argument, NULL);
    scene->url = "";
    scene->state = "";
    return scene;
}

void compare_close(void *at)
{
    clear(at);
    free(at);
}
