/*
 * tui/breaking.c - the menu of what can break: opened over a view for the row that is selected.
 *
 * Moves   the list of kinds -> (Enter) the form of one: how much, when, for how long -> (Enter on
 *         its command) the command stands in the prompt.
 *
 * A barista is one more thing to stop, and is offered no fault of answers that it does not give.
 *
 * Which kinds there are, what each is about and how much of it there may be is api/fault_form's.
 */
#include "tui/breaking.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "api/fault_form.h"
#include "tui/answer.h"
#include "tui/hosts.h"

enum breaking_what {
    BREAK_NOTHING,
    BREAK_INSTANCE,
    BREAK_HOST,
    BREAK_ZONE,
    BREAK_LINK, /* between a zone and others */
    BREAK_REGION,
    BREAK_QUEUE,
};

/* A fault that is there. */
struct breaking_fault {
    const char *name;
    const char *kind;
    const char *state;
};

struct breaking_scene {
    struct arena arena; /* owns what refresh() found */
    enum breaking_what what;
    char *id;      /* owned, as is the next; without its Region */
    char *region;  /* that stands behind the id; NULL: the session's */
    const char *name;
    const char *zone;
    const char *zone_region;
    bool spot;
    bool barista;
    bool hears_http; /* a barista that is asked over HTTP, though not on port 80 */
    LIST(struct breaking_fault) faults;
    const struct fault_form *form; /* that is filled in; NULL: the list */
    unsigned amount;               /* which of the choices */
    unsigned begins;
    unsigned lasts;
};

/* ---- what a row is about ---- */

/* "us-east-1a": a zone; "us-east-1": a Region. */
static bool is_place(const char *id, size_t length, bool zone)
{
    size_t end = zone && length > 0 ? length - 1 : length;

    if (zone && (length == 0 || id[end] < 'a' || id[end] > 'z'))
        return false;
    if (end < 4 || id[end - 1] < '0' || id[end - 1] > '9' || id[end - 2] != '-')
        return false;
    for (size_t i = 0; i + 1 < end; i++) {
        if (id[i] != '-' && (id[i] < 'a' || id[i] > 'z'))
            return false;
    }
    return memchr(id, '-', end - 2) != NULL;
}

static enum breaking_what what_of(const char *id)
{
    size_t length = strcspn(id, "@");
    size_t zone = strcspn(id, "/");

    if (zone < length && str_equal(id + zone, HOSTS_LINKS))
        return is_place(id, zone, true) ? BREAK_LINK : BREAK_NOTHING;
    if (str_starts(id, "i-"))
        return BREAK_INSTANCE;
    if (str_starts(id, "h-"))
        return BREAK_HOST;
    if (str_starts(id, "https://sqs."))
        return str_ends(id, ".fifo") ? BREAK_NOTHING : BREAK_QUEUE;
    return is_place(id, length, true)    ? BREAK_ZONE
           : is_place(id, length, false) ? BREAK_REGION
                                         : BREAK_NOTHING;
}

bool breaking_applies(const char *id)
{
    return what_of(id) != BREAK_NOTHING;
}

static void *breaking_open(const char *argument)
{
    struct breaking_scene *scene = xcalloc(1, sizeof(*scene));
    const char *id = argument == NULL ? "" : argument;
    const char *region = strchr(id, '@');

    scene->what = what_of(id);
    scene->id = xstrndup(id, scene->what == BREAK_LINK ? strcspn(id, "/") : strcspn(id, "@"));
    scene->region = region == NULL ? NULL : xstrdup(region + 1);
    return scene;
}

static void breaking_close(void *context)
{
    struct breaking_scene *scene = context;

    arena_release(&scene->arena);
    free(scene->id);
    free(scene->region);
    free(scene);
}

/* ---- the scene ---- */

static json_t *ask(const struct breaking_scene *scene, const struct view_source *source,
                   const char *service, const char *op, json_t *params)
{
    json_t *answer = source->ask(source->context, &(struct view_question){
                                                      .service = service,
                                                      .op = op,
                                                      .region = scene->region,
                                                      .params = params,
                                                  });

    json_decref(params);
    return answer;
}

static void find_instance(struct breaking_scene *scene, const struct view_source *source)
{
    json_t *answer = ask(scene, source, "ec2", "DescribeInstances",
                         json_pack("{s:[s]}", "InstanceIds", scene->id));
    json_t *reservation;
    json_t *instance;
    size_t i;
    size_t k;

    json_array_foreach(answer_list(answer, "Reservations"), i, reservation) {
        json_array_foreach(answer_list(reservation, "Instances"), k, instance) {
            if (strcmp(answer_text(instance, "InstanceId"), scene->id) != 0)
                continue;
            scene->name = view_keep(&scene->arena, answer_tag(instance, "Name"));
            scene->zone =
                view_keep(&scene->arena, answer_text(instance, "Placement.AvailabilityZone"));
            scene->spot = strcmp(answer_text(instance, "InstanceLifecycle"), "spot") == 0;
        }
    }
    json_decref(answer);
}

static void find_barista(struct breaking_scene *scene, const struct view_source *source)
{
    json_t *answer = ask(scene, source, "lab", "DescribeShops", NULL);
    json_t *shop;
    json_t *barista;
    size_t i;
    size_t k;

    json_array_foreach(answer_list(answer, "Shops"), i, shop) {
        const char *coupling = answer_text(shop, "Coupling");

        json_array_foreach(answer_list(shop, "Baristas"), k, barista) {
            if (strcmp(answer_text(barista, "InstanceId"), scene->id) != 0)
                continue;
            scene->barista = true;
            scene->hears_http =
                strcmp(coupling, "direct") == 0 || strcmp(coupling, "topic") == 0;
        }
    }
    json_decref(answer);
}

static void find_host(struct breaking_scene *scene, const struct view_source *source)
{
    json_t *answer = ask(scene, source, "lab", "DescribeHosts",
                         json_pack("{s:[s]}", "HostIds", scene->id));
    json_t *host;
    size_t i;

    json_array_foreach(answer_list(answer, "Hosts"), i, host) {
        if (strcmp(answer_text(host, "HostId"), scene->id) == 0)
            scene->zone = view_keep(&scene->arena, answer_text(host, "AvailabilityZone"));
    }
    json_decref(answer);
}

/* Is it about what goes between a zone and others? */
static bool is_of_link(int kind)
{
    return kind == INJECT_LATENCY || kind == INJECT_LOSS;
}

static void find_faults(struct breaking_scene *scene, const struct view_source *source)
{
    json_t *answer = ask(scene, source, "lab", "DescribeFaults", NULL);
    json_t *fault;
    size_t i;

    json_array_foreach(answer_list(answer, "Faults"), i, fault) {
        const char *subject = answer_text(fault, "Subject");

        if (scene->what == BREAK_LINK &&
            !is_of_link(injection_kind_find(answer_text(fault, "Kind"))))
            continue;
        if (strcmp(subject, scene->id) == 0 || strcmp(subject, scene->zone) == 0 ||
            strcmp(subject, scene->zone_region) == 0)
            *LIST_PUSH_IN(&scene->arena, &scene->faults) = (struct breaking_fault){
                .name = view_keep(&scene->arena, answer_text(fault, "FaultName")),
                .kind = view_keep(&scene->arena, answer_text(fault, "Kind")),
                .state = view_keep(&scene->arena, answer_text(fault, "State")),
            };
    }
    json_decref(answer);
}

static void breaking_refresh(void *context, const struct view_source *source)
{
    struct breaking_scene *scene = context;

    arena_release(&scene->arena);
    memset(&scene->faults, 0, sizeof(scene->faults));
    scene->name = "";
    scene->spot = scene->barista = scene->hears_http = false;
    scene->zone = scene->what == BREAK_ZONE || scene->what == BREAK_LINK
                      ? arena_strdup(&scene->arena, scene->id)
                      : "";
    if (scene->what == BREAK_INSTANCE) {
        find_instance(scene, source);
        find_barista(scene, source);
    } else if (scene->what == BREAK_HOST) {
        find_host(scene, source);
    }
    scene->zone_region = scene->what == BREAK_REGION ? arena_strdup(&scene->arena, scene->id)
                         : scene->zone[0] == '\0'
                             ? ""
                             : arena_strndup(&scene->arena, scene->zone, strlen(scene->zone) - 1);
    find_faults(scene, source);
}

/* ---- the command ---- */

enum { AMOUNT_ALL = 3 }; /* of a loss: the choice that is all of it */

/* What can be chosen of each kind; the first is the usual. */
static int64_t amount_of(const struct breaking_scene *scene)
{
    static const int64_t choices[INJECT_LAST_ + 1][4] = {
        [INJECT_SLOW] = {5, 2, 10, 50},      [INJECT_PAGES] = {100, 50, 20, 5},
        [INJECT_HANG] = {100, 50, 20, 5},    [INJECT_PORT] = {8080, 81, 443, 8443},
        [INJECT_LATENCY] = {50, 10, 200, 1000}, [INJECT_LOSS] = {10, 1, 30, 100},
        [INJECT_NEIGHBOUR] = {200, 50, 100, 400}, [INJECT_RETIRE] = {336, 1, 24, 72},
    };

    return choices[scene->form->kind][scene->amount % 4];
}

/* Seconds; 0 is at once, or until it is cleared. */
enum { BEGINS_WHEN = -1, BEGINS_AT = -2 }; /* once a condition holds; at a time of the clock */
static const int begins[] = {0, 10, 60, 300, BEGINS_WHEN, BEGINS_AT};
static const int lasts[] = {0, 30, 60, 300, 900};
enum { BEGINS = sizeof(begins) / sizeof(begins[0]), LASTS = sizeof(lasts) / sizeof(lasts[0]) };

/* What such a fault is about, by its option. */
static const char *subject_of(const struct breaking_scene *scene, const char **option)
{
    const struct fault_form *form = scene->form;
    const char *own = scene->what == BREAK_HOST ? "--host-id" : "--instance-id";

    if (injection_is_of_zone(form->kind) || injection_is_of_region(form->kind)) {
        *option = form->subject;
        return injection_is_of_zone(form->kind) ? scene->zone : scene->zone_region;
    }
    *option = scene->what == BREAK_QUEUE ? form->subject : own;
    return scene->id;
}

/* One that can be looked at here, to be changed by the person. */
static void add_condition(const struct breaking_scene *scene, struct str *out)
{
    if (scene->what == BREAK_QUEUE)
        str_addf(out,
                 " --when \"aws sqs get-queue-attributes --queue-url %s --attribute-names All "
                 "--query 'Attributes.ApproximateNumberOfMessages' >= 5\"",
                 scene->id);
    else if (scene->what == BREAK_INSTANCE)
        str_addf(out,
                 " --when \"aws ec2 describe-instance-status --instance-ids %s "
                 "--query 'InstanceStatuses[0].InstanceStatus.Status' == ok\"",
                 scene->id);
    else
        str_add(out, " --when \"lab describe-traffic --query 'sum(Streams[].Completed)' >= 100\"");
}

static void add_command(const struct breaking_scene *scene, struct str *out)
{
    const struct fault_form *form = scene->form;
    const char *option;
    const char *subject = subject_of(scene, &option);

    str_addf(out, "lab inject-fault --kind %s %s %s", injection_kind_name(form->kind), option,
             subject);
    if (form->amount != NULL)
        str_addf(out, " %s %lld", form->amount, (long long)amount_of(scene));
    if (begins[scene->begins] > 0)
        str_addf(out, " --after %d", begins[scene->begins]);
    else if (begins[scene->begins] == BEGINS_WHEN)
        add_condition(scene, out);
    if (lasts[scene->lasts] > 0)
        str_addf(out, " --duration %d", lasts[scene->lasts]);
    if (scene->region != NULL)
        str_addf(out, " --region %s", scene->region);
    if (begins[scene->begins] == BEGINS_AT)
        str_add(out, " --at "); /* last: the person goes on there */
}

static const char id_type[] = "type";
static const char id_amount[] = "amount";
static const char id_begins[] = "begins";
static const char id_lasts[] = "lasts";
static const char id_back[] = "back";
static const char id_kind[] = "kind ";
static const char id_cut[] = "cut"; /* a loss of everything */
static const char id_clear[] = "clear ";
static const char id_barista[] = "barista";

static void breaking_command(const void *context, const char *id, struct str *command)
{
    const struct breaking_scene *scene = context;

    if (strcmp(id, id_type) == 0 && scene->form != NULL)
        add_command(scene, command);
    else if (str_starts(id, id_clear))
        str_addf(command, "lab clear-fault --fault-name %s", id + strlen(id_clear));
    else if (strcmp(id, id_barista) == 0)
        str_addf(command,
                 "lab run-command --instance-id %s --command 'sudo systemctl stop barista'%s%s",
                 scene->id, scene->region == NULL ? "" : " --region ",
                 scene->region == NULL ? "" : scene->region);
}

static enum view_choice breaking_choose(void *context, const char *id)
{
    struct breaking_scene *scene = context;

    if (str_starts(id, id_kind)) {
        scene->form = fault_form_of(injection_kind_find(id + strlen(id_kind)));
        scene->amount = scene->begins = scene->lasts = 0;
        return VIEW_TURNED;
    }
    if (strcmp(id, id_cut) == 0) {
        scene->form = fault_form_of(INJECT_LOSS);
        scene->begins = scene->lasts = 0;
        scene->amount = AMOUNT_ALL;
        return VIEW_TURNED;
    }
    if (strcmp(id, id_back) == 0) {
        scene->form = NULL;
        return VIEW_TURNED;
    }
    if (strcmp(id, id_amount) == 0)
        scene->amount = (scene->amount + 1) % 4;
    else if (strcmp(id, id_begins) == 0)
        scene->begins = (scene->begins + 1) % BEGINS;
    else if (strcmp(id, id_lasts) == 0)
        scene->lasts = (scene->lasts + 1) % LASTS;
    else
        return VIEW_NOT_MINE;
    return VIEW_TAKEN;
}

/* ---- its rows ---- */

static void write_title(const struct breaking_scene *scene, struct sheet *sheet)
{
    sheet_row(sheet, NULL);
    sheet_add(sheet, THEME_TITLE, scene->form == NULL
                                      ? "What is to break?  "
                                      : injection_kind_name(scene->form->kind));
    if (scene->form != NULL)
        sheet_addf(sheet, THEME_TEXT, "  %s", scene->form->doc);
    else
        sheet_addf(sheet, THEME_TEXT, "%s%s%s%s", scene->what == BREAK_LINK ? "the links of " : "",
                   scene->id, scene->name[0] == '\0' ? "" : "  ", scene->name);
}

/* Does a kind belong into this part of the list? */
static bool belongs(const struct breaking_scene *scene, const struct fault_form *form,
                    enum breaking_what part)
{
    switch (part) {
    case BREAK_INSTANCE:
        return fault_form_takes(form, "--instance-id") && !injection_is_of_host(form->kind) &&
               (!injection_is_of_pool(form->kind) || scene->spot) &&
               !(scene->barista && injection_is_of_http(form->kind, scene->hears_http));
    case BREAK_HOST:
        return injection_is_of_host(form->kind);
    case BREAK_ZONE:
        return injection_is_of_zone(form->kind) && !is_of_link(form->kind);
    case BREAK_LINK:
        return is_of_link(form->kind);
    case BREAK_REGION:
        return injection_is_of_region(form->kind);
    case BREAK_QUEUE:
        return injection_is_of_queue(form->kind);
    default:
        return false;
    }
}

static void write_kind(struct sheet *sheet, const char *id, const char *label, const char *doc,
                       int cols)
{
    sheet_row(sheet, id);
    sheet_add(sheet, THEME_TEXT, "  ");
    sheet_cell(sheet, THEME_COMMAND, 19, label);
    sheet_wrap_on(sheet, (struct sheet_wrap){THEME_TEXT, cols, 21}, doc);
}

static void write_part(const struct breaking_scene *scene, enum breaking_what part,
                       const char *title, int cols, struct sheet *sheet)
{
    if (part != scene->what || part != BREAK_LINK) /* the menu's title says it already */
        sheet_line(sheet, THEME_DIM, title);
    if (part == BREAK_INSTANCE && scene->barista)
        write_kind(sheet, id_barista, "stop the barista", "its program stops, until it is started",
                   cols);
    for (const struct fault_form *form = fault_forms; form->kind != 0; form++) {
        char *id;

        if (!belongs(scene, form, part))
            continue;
        id = xasprintf("%s%s", id_kind, injection_kind_name(form->kind));
        write_kind(sheet, id, injection_kind_name(form->kind), form->doc, cols);
        free(id);
    }
    if (part == BREAK_LINK)
        write_kind(sheet, id_cut, "packet-loss 100",
                   "the zone is cut off: no packet goes in or out", cols);
}

static void write_faults(const struct breaking_scene *scene, struct sheet *sheet)
{
    if (scene->faults.count > 0)
        sheet_line(sheet, THEME_DIM, "broken already, or about to be: Enter mends it");
    for (uint32_t i = 0; i < scene->faults.count; i++) {
        const struct breaking_fault *fault = &scene->faults.items[i];
        char *id = xasprintf("%s%s", id_clear, fault->name);

        sheet_row(sheet, id);
        sheet_add(sheet, THEME_TEXT, "  ");
        sheet_cell(sheet, THEME_BAD, 19, fault->kind);
        sheet_addf(sheet, THEME_TEXT, "%s  %s", fault->name, fault->state);
        free(id);
    }
}

static void write_list(const struct breaking_scene *scene, int cols, struct sheet *sheet)
{
    struct str title = STR_INIT;

    if (scene->what == BREAK_QUEUE)
        write_part(scene, BREAK_QUEUE, "the queue", cols, sheet);
    if (scene->what == BREAK_INSTANCE)
        write_part(scene, BREAK_INSTANCE, "the instance", cols, sheet);
    if (scene->what == BREAK_INSTANCE || scene->what == BREAK_HOST)
        write_part(scene, BREAK_HOST, scene->what == BREAK_HOST ? "the host" : "its host", cols,
                   sheet);
    if (scene->zone[0] != '\0' && scene->what != BREAK_LINK) {
        str_addf(&title, "the zone %s", scene->zone);
        write_part(scene, BREAK_ZONE, str_text(&title), cols, sheet);
    }
    if (scene->zone[0] != '\0') {
        str_clear(&title);
        str_addf(&title, "the links of the zone %s", scene->zone);
        write_part(scene, BREAK_LINK, str_text(&title), cols, sheet);
    }
    if (scene->zone_region[0] != '\0' && scene->what != BREAK_LINK) {
        str_clear(&title);
        str_addf(&title, "the Region %s", scene->zone_region);
        write_part(scene, BREAK_REGION, str_text(&title), cols, sheet);
    }
    write_faults(scene, sheet);
    str_release(&title);
}

static void write_choice(struct sheet *sheet, const char *id, const char *label, const char *value)
{
    sheet_row(sheet, id);
    sheet_add(sheet, THEME_TEXT, "  ");
    sheet_cell(sheet, THEME_DIM, 10, label);
    sheet_add(sheet, THEME_TEXT, value);
}

static const char *time_text(struct arena *arena, int seconds, const char *before)
{
    bool minutes = seconds >= 60;
    int number = minutes ? seconds / 60 : seconds;

    return arena_printf(arena, "%s%d %s%s", before, number, minutes ? "minute" : "second",
                        number == 1 ? "" : "s");
}

static const char *begins_text(const struct breaking_scene *scene, struct arena *arena)
{
    switch (begins[scene->begins]) {
    case 0:
        return "at once";
    case BEGINS_WHEN:
        return "when a condition holds: change it in the prompt";
    case BEGINS_AT:
        return "at a time, typed in the prompt: 2026-01-05T09:30:00Z";
    default:
        return time_text(arena, begins[scene->begins], "in ");
    }
}

static void write_form(const struct breaking_scene *scene, int cols, struct sheet *sheet)
{
    const struct fault_form *form = scene->form;
    struct arena arena = ARENA_INIT;
    struct str command = STR_INIT;

    add_command(scene, &command);
    sheet_row(sheet, id_type);
    sheet_add(sheet, THEME_TEXT, "> ");
    sheet_wrap_on(sheet, (struct sheet_wrap){THEME_COMMAND, cols, 4}, str_text(&command));
    sheet_line(sheet, THEME_DIM, "Enter puts it into the prompt, and Enter there does it.");
    sheet_line(sheet, THEME_TEXT, "");
    if (form->amount != NULL)
        write_choice(sheet, id_amount, "how much",
                     arena_printf(&arena, "%lld %s", (long long)amount_of(scene), form->unit));
    write_choice(sheet, id_begins, "begins", begins_text(scene, &arena));
    write_choice(sheet, id_lasts, "lasts",
                 lasts[scene->lasts] == 0 ? "until it is cleared"
                                          : time_text(&arena, lasts[scene->lasts], ""));
    sheet_line(sheet, THEME_DIM, "  Enter on one of them chooses another.");
    sheet_line(sheet, THEME_TEXT, "");
    write_choice(sheet, id_back, "back", "what else can break");
    str_release(&command);
    arena_release(&arena);
}

static void breaking_rows(const void *context, const struct view_frame *frame, struct sheet *sheet)
{
    const struct breaking_scene *scene = context;

    write_title(scene, sheet);
    if (scene->form != NULL)
        write_form(scene, frame->cols, sheet);
    else
        write_list(scene, frame->cols, sheet);
}

const struct view_ops view_breaking = {
    .name = "breaking",
    .title = "break",
    .doc = "What can break here.",
    .open = breaking_open,
    .refresh = breaking_refresh,
    .rows = breaking_rows,
    .command = breaking_command,
    .choose = breaking_choose,
    .close = breaking_close,
    .waits = true,
};
