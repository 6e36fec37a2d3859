/*
 * tui/hosts.c - the hosts under your instances, and who else is on them.
 *
 * Asks lab DescribeHosts, and no more of it than a screen can hold: the hosts that run yours, or,
 * after `view hosts ...`, those of the Region by zones, of a zone, or one with its cores.
 */
#include "tui/hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "tui/answer.h"

enum {
    HOSTS_SHOWN = 40,  /* that are drawn */
    HOSTS_GUESTS = 800, /* of a host that are asked for; alike ones are drawn as one */
};

/* ---- the scene ---- */

/* "tenant C" is C; you are A. */
static char letter_of(json_t *guest, bool yours)
{
    const char *account = answer_text(guest, "AccountId");
    size_t length = strlen(account);

    return yours ? 'A' : length > 0 ? account[length - 1] : '?';
}

static int64_t permille_of(json_t *answer, const char *path)
{
    return (int64_t)(json_number_value(answer_at(answer, path)) * 10 + 0.5);
}

/* Of a tenant's alike instances, which are many when they are noisy, one stands for all. */
static bool add_alike(struct hosts_host *host, json_t *guest, char letter)
{
    const char *type = answer_text(guest, "InstanceType");

    for (uint32_t i = 0; i < host->guests.count; i++) {
        struct hosts_guest *other = &host->guests.items[i];

        if (other->yours || other->letter != letter || strcmp(other->type, type) != 0)
            continue;
        other->cpu_permille =
            (other->cpu_permille * other->alike + permille_of(guest, "CpuPercent")) /
            (other->alike + 1);
        other->steal_permille =
            (other->steal_permille * other->alike + permille_of(guest, "StealPercent")) /
            (other->alike + 1);
        other->alike++;
        other->vcpus += answer_int(guest, "Vcpus");
        other->memory_mib += answer_int(guest, "MemoryMiB");
        return true;
    }
    return false;
}

static void add_guest(struct hosts_scene *scene, struct hosts_host *host, json_t *guest)
{
    bool yours = json_is_true(answer_at(guest, "Yours"));

    if (!yours && add_alike(host, guest, letter_of(guest, false)))
        return;
    *LIST_PUSH_IN(&scene->arena, &host->guests) = (struct hosts_guest){
        .id = view_keep(&scene->arena, answer_text(guest, "InstanceId")),
        .name = view_keep(&scene->arena, answer_text(guest, "Name")),
        .type = view_keep(&scene->arena, answer_text(guest, "InstanceType")),
        .state = view_keep(&scene->arena, answer_text(guest, "State")),
        .vcpus = answer_int(guest, "Vcpus"),
        .memory_mib = answer_int(guest, "MemoryMiB"),
        .cpu_permille = permille_of(guest, "CpuPercent"),
        .steal_permille = permille_of(guest, "StealPercent"),
        .credits = -1,
        .alike = 1,
        .letter = letter_of(guest, yours),
        .yours = yours,
    };
}

/* The credits of yours, which only lab DescribeInstances tells. */
static void add_credits(struct hosts_scene *scene, const struct view_source *source)
{
    json_t *answer = view_ask(source, "lab", "DescribeInstances", NULL);
    json_t *item;
    size_t i;

    json_array_foreach(answer_list(answer, "Instances"), i, item) {
        json_t *balance = answer_at(item, "CreditBalance");

        for (uint32_t h = 0; balance != NULL && h < scene->hosts.count; h++) {
            struct hosts_host *host = &scene->hosts.items[h];

            for (uint32_t k = 0; k < host->guests.count; k++) {
                if (strcmp(host->guests.items[k].id, answer_text(item, "InstanceId")) == 0)
                    host->guests.items[k].credits = (int64_t)json_number_value(balance);
            }
        }
    }
    json_decref(answer);
}

static void add_host(struct hosts_scene *scene, json_t *item)
{
    struct hosts_host *host = LIST_PUSH_IN(&scene->arena, &scene->hosts);
    json_t *guest;
    size_t k;

    *host = (struct hosts_host){
        .id = view_keep(&scene->arena, answer_text(item, "HostId")),
        .zone = view_keep(&scene->arena, answer_text(item, "AvailabilityZone")),
        .family = view_keep(&scene->arena, answer_text(item, "InstanceFamily")),
        .hypervisor = view_keep(&scene->arena, answer_text(item, "Hypervisor")),
        .state = view_keep(&scene->arena, answer_text(item, "State")),
        .tenancy = view_keep(&scene->arena, answer_text(item, "Tenancy")),
        .disk_type = view_keep(&scene->arena, answer_text(item, "Disks.Type")),
        .rack = answer_int(item, "Rack"),
        .sockets = answer_int(item, "Sockets"),
        .disks = answer_int(item, "Disks.Count"),
        .disk_gb = answer_int(item, "Disks.SizeInGB"),
        .cards = answer_int(item, "NetworkCards.Count"),
        .card_mbps = answer_int(item, "NetworkCards.Mbps"),
        .cores = answer_int(item, "Cores"),
        .threads = answer_int(item, "Threads"),
        .vcpus = answer_int(item, "Vcpus"),
        .used_vcpus = answer_int(item, "UsedVcpus"),
        .memory_mib = answer_int(item, "MemoryMiB"),
        .used_memory_mib = answer_int(item, "UsedMemoryMiB"),
        .guest_count = answer_int(item, "GuestCount"),
        .cpu_permille = permille_of(item, "CpuPercent"),
        .run_queue = answer_int(item, "RunQueue"),
    };
    json_array_foreach(answer_list(item, "Guests"), k, guest)
        add_guest(scene, host, guest);
}

static bool has_yours(const struct hosts_host *host)
{
    for (uint32_t i = 0; i < host->guests.count; i++) {
        if (host->guests.items[i].yours)
            return true;
    }
    return false;
}

static void add_to_zone(struct hosts_scene *scene, const struct hosts_host *host)
{
    struct hosts_zone *zone = NULL;

    for (uint32_t i = 0; i < scene->zones.count; i++) {
        if (strcmp(scene->zones.items[i].name, host->zone) == 0)
            zone = &scene->zones.items[i];
    }
    if (zone == NULL) {
        zone = LIST_PUSH_IN(&scene->arena, &scene->zones);
        *zone = (struct hosts_zone){.name = host->zone};
    }
    zone->hosts++;
    zone->failed += strcmp(host->state, "failed") == 0;
    zone->with_yours += has_yours(host);
    zone->vcpus += host->vcpus;
    zone->used_vcpus += host->used_vcpus;
    zone->threads += host->threads;
    zone->running_permille += host->threads * host->cpu_permille;
}

/* What is broken of the links between zones. */
static void add_links(struct hosts_scene *scene, const struct view_source *source)
{
    json_t *answer = view_ask(source, "lab", "DescribeFaults", NULL);
    json_t *fault;
    size_t i;

    json_array_foreach(answer_list(answer, "Faults"), i, fault) {
        const char *kind = answer_text(fault, "Kind");

        for (uint32_t k = 0; k < scene->zones.count; k++) {
            struct hosts_zone *zone = &scene->zones.items[k];

            if (strcmp(zone->name, answer_text(fault, "Subject")) != 0 ||
                strcmp(answer_text(fault, "State"), "active") != 0)
                continue;
            if (strcmp(kind, "zone-latency") == 0)
                zone->late_ms += answer_int(fault, "Amount");
            else if (strcmp(kind, "packet-loss") == 0)
                zone->lost_percent += answer_int(fault, "Amount");
        }
    }
    json_decref(answer);
}

/* What to ask for, by what the person named: nothing, `region`, a zone, a host, an instance. */
static json_t *question_of(struct hosts_scene *scene)
{
    const char *argument = scene->argument;

    scene->zoom = argument == NULL                  ? HOSTS_YOURS
                  : strcmp(argument, "region") == 0 ? HOSTS_REGION
                  : strncmp(argument, "h-", 2) == 0 || strncmp(argument, "i-", 2) == 0
                      ? HOSTS_ONE
                      : HOSTS_ZONE;
    switch (scene->zoom) {
    case HOSTS_YOURS:
        return json_pack("{s:i, s:i}", "MaxHosts", HOSTS_SHOWN, "MaxGuests", HOSTS_GUESTS);
    case HOSTS_REGION:
        return json_pack("{s:b}", "All", 1);
    case HOSTS_ZONE:
        return json_pack("{s:b, s:s}", "All", 1, "AvailabilityZone", argument);
    default:
        return json_pack("{s:b, s:[s]}", "All", 1,
                         argument[0] == 'h' ? "HostIds" : "InstanceIds", argument);
    }
}

static void hosts_refresh(void *at, const struct view_source *source)
{
    struct hosts_scene *scene = at;
    struct view_question question = {.service = "lab", .op = "DescribeHosts"};
    json_t *answer;
    json_t *item;
    size_t i;

    arena_release(&scene->arena);
    *scene = (struct hosts_scene){.argument = scene->argument};
    question.params = question_of(scene);
    answer = source->ask(source->context, &question);
    scene->total = answer_int(answer, "TotalHosts");
    json_array_foreach(answer_list(answer, "Hosts"), i, item)
        add_host(scene, item);
    for (uint32_t k = 0; scene->zoom == HOSTS_REGION && k < scene->hosts.count; k++)
        add_to_zone(scene, &scene->hosts.items[k]);
    if (scene->zoom == HOSTS_REGION)
        add_links(scene, source);
    add_credits(scene, source);
    json_decref(answer);
    json_decref(question.params);
}

/* ---- its rows ---- */

static enum theme_role tenant_role(char letter)
{
    return (enum theme_role)(THEME_TENANT_A + (letter < 'A' ? 0 : letter - 'A') % 8);
}

static void add_gib(struct str *out, int64_t mib)
{
    if (mib % 1024 == 0)
        str_addf(out, "%lld GiB", (long long)(mib / 1024));
    else if (mib < 1024)
        str_addf(out, "%lld MiB", (long long)mib);
    else
        str_addf(out, "%lld.%lld GiB", (long long)(mib / 1024),
                 (long long)(mib % 1024 * 10 / 1024));
}

static void write_head(struct sheet *sheet, const struct hosts_host *host, int cols)
{
    struct answer_state state = answer_state(host->state);

    sheet_row(sheet, host->id);
    sheet_add(sheet, THEME_TITLE, host->id);
    sheet_addf(sheet, THEME_TEXT, "  %s", host->zone);
    sheet_addf(sheet, THEME_DIM, "  rack %lld", (long long)host->rack);
    sheet_addf(sheet, THEME_TEXT, "  %s", host->family);
    if (cols >= (strcmp(host->tenancy, "host") == 0 ? 96 : 70))
        sheet_addf(sheet, THEME_DIM, "  %s", host->hypervisor);
    sheet_addf(sheet, state.role, "  %s %s", state.glyph, host->state);
    if (strcmp(host->tenancy, "host") == 0)
        sheet_add(sheet, THEME_STRONG, "  Dedicated Host");
    else if (strcmp(host->tenancy, "dedicated") == 0)
        sheet_add(sheet, THEME_STRONG, "  dedicated");
}

/* "made of 2 sockets, 96 threads, 8 x 3750 GB ssd, 1 x 75 Gbit/s". */
static void write_hardware(struct sheet *sheet, const struct hosts_host *host)
{
    if (host->sockets == 0)
        return;
    sheet_row(sheet, NULL);
    sheet_add(sheet, THEME_DIM, "  made of ");
    sheet_addf(sheet, THEME_TEXT, "%lld sockets, %lld threads", (long long)host->sockets,
               (long long)host->threads);
    if (host->disks > 0)
        sheet_addf(sheet, THEME_TEXT, ", %lld x %lld GB %s", (long long)host->disks,
                   (long long)host->disk_gb, host->disk_type);
    sheet_addf(sheet, THEME_TEXT, ", %lld x %lld Gbit/s", (long long)host->cards,
               (long long)(host->card_mbps / 1000));
}

/* How much of the host is sold, tenant by tenant, in letters: `AABBBB····`. */
static void write_sold(struct sheet *sheet, const struct hosts_host *host, int columns)
{
    int64_t sold = 0;
    int drawn = 0;

    for (uint32_t i = 0; i < host->guests.count; i++) {
        const struct hosts_guest *guest = &host->guests.items[i];
        int end;

        sold += guest->memory_mib;
        end = host->memory_mib == 0 ? 0 : (int)(sold * columns / host->memory_mib);
        if (end == drawn && guest->yours && drawn < columns)
            end = drawn + 1;
        for (; drawn < end && drawn < columns; drawn++)
            sheet_addf(sheet, tenant_role(guest->letter), "%c", guest->letter);
    }
    for (; drawn < columns; drawn++)
        sheet_add(sheet, THEME_DIM, "\xc2\xb7");
}

static void write_bars(struct sheet *sheet, const struct hosts_host *host, int cols)
{
    struct str text = STR_INIT;
    int bar = cols >= 150 ? 64 : cols >= 96 ? 40 : cols >= 70 ? 32 : 16;

    sheet_row(sheet, NULL);
    sheet_add(sheet, THEME_DIM, "  memory  ");
    write_sold(sheet, host, bar);
    add_gib(&text, host->used_memory_mib);
    str_add(&text, " of ");
    add_gib(&text, host->memory_mib);
    sheet_addf(sheet, THEME_TEXT, "  %s", str_text(&text));
    sheet_row(sheet, NULL);
    sheet_add(sheet, THEME_DIM, "  vCPUs   ");
    sheet_bar(sheet, THEME_TEXT, bar, host->vcpus == 0 ? 0 : host->used_vcpus * 1000 / host->vcpus);
    sheet_addf(sheet, THEME_TEXT, "  %lld of %lld sold", (long long)host->used_vcpus,
               (long long)host->vcpus);
    if (cols >= 70)
        sheet_addf(sheet, THEME_DIM, ", on %lld cores", (long long)host->cores);
    str_release(&text);
}

static void add_percent(struct str *out, int64_t permille)
{
    if (permille == 0 || permille >= 100)
        str_addf(out, "%lld %%", (long long)((permille + 5) / 10));
    else
        str_addf(out, "%lld.%lld %%", (long long)(permille / 10), (long long)(permille % 10));
}

/* Who runs on the cores at this moment: a letter, or a dot for nobody. */
static void write_running(struct sheet *sheet, const struct hosts_host *host, int cells)
{
    int64_t ran = 0;
    int drawn = 0;

    for (uint32_t i = 0; i < host->guests.count; i++) {
        const struct hosts_guest *guest = &host->guests.items[i];
        int end;

        ran += guest->vcpus * guest->cpu_permille;
        end = host->threads == 0 ? 0 : (int)(ran * cells / (host->threads * 1000));
        if (end == drawn && guest->yours && guest->cpu_permille > 0 && drawn < cells)
            end = drawn + 1;
        for (; drawn < end && drawn < cells; drawn++)
            sheet_addf(sheet, tenant_role(guest->letter), "%c", guest->letter);
    }
    for (; drawn < cells; drawn++)
        sheet_add(sheet, THEME_DIM, "\xc2\xb7");
}

/* The most that is stolen from one of yours. */
static int64_t steal_of_yours(const struct hosts_host *host)
{
    int64_t most = 0;

    for (uint32_t i = 0; i < host->guests.count; i++) {
        const struct hosts_guest *guest = &host->guests.items[i];

        if (guest->yours && guest->steal_permille > most)
            most = guest->steal_permille;
    }
    return most;
}

static void write_pressure(struct sheet *sheet, const struct hosts_host *host)
{
    struct str text = STR_INIT;
    int64_t steal = steal_of_yours(host);

    str_add(&text, "  idle ");
    add_percent(&text, 1000 - host->cpu_permille);
    sheet_add(sheet, THEME_TEXT, str_text(&text));
    sheet_addf(sheet, host->run_queue > 0 ? THEME_WARN : THEME_DIM, "  queue %lld",
               (long long)host->run_queue);
    str_clear(&text);
    str_add(&text, "  steal A ");
    add_percent(&text, steal);
    sheet_add(sheet, steal > 0 ? THEME_WARN : THEME_DIM, str_text(&text));
    str_release(&text);
}

enum { PRESSURE_COLUMNS = 10 + 38 /* what stands beside the cells */ };

static void write_cores(struct sheet *sheet, const struct hosts_host *host, int cells, int cols)
{
    if (cells > cols - PRESSURE_COLUMNS)
        cells = cols - PRESSURE_COLUMNS < 8 ? 8 : cols - PRESSURE_COLUMNS;
    sheet_row(sheet, NULL);
    sheet_add(sheet, THEME_DIM, "  cores   ");
    write_running(sheet, host, cells);
    write_pressure(sheet, host);
}

/* One box, as wide as its texts. */
struct box {
    char top[96];
    char below[64];
    char cpu[64];
    enum theme_role role;
    const char *id;
    int columns; /* between its sides */
};

/* "cpu 21 %  steal 0.4 %  cr 143". */
static void write_guest_cpu(struct box *box, const struct hosts_guest *guest)
{
    struct str text = STR_INIT;

    str_add(&text, "cpu ");
    add_percent(&text, guest->cpu_permille);
    if (guest->steal_permille > 0) {
        str_add(&text, "  steal ");
        add_percent(&text, guest->steal_permille);
    }
    if (guest->credits >= 0)
        str_addf(&text, "  cr %lld", (long long)guest->credits);
    snprintf(box->cpu, sizeof(box->cpu), "%s", str_text(&text));
    str_release(&text);
}

static void fill_box(struct box *box, const struct hosts_guest *guest)
{
    struct str memory = STR_INIT;
    struct answer_state state = answer_state(guest->state);
    size_t columns;

    add_gib(&memory, guest->memory_mib);
    if (guest->yours)
        snprintf(box->top, sizeof(box->top), "%c %.40s %s", guest->letter,
                 guest->name[0] != '\0' ? guest->name : guest->id, state.glyph);
    else if (guest->alike > 1)
        snprintf(box->top, sizeof(box->top), "%c %lld of them", guest->letter,
                 (long long)guest->alike);
    else
        snprintf(box->top, sizeof(box->top), "%c", guest->letter);
    snprintf(box->below, sizeof(box->below), "%.20s %.20s", guest->type, str_text(&memory));
    write_guest_cpu(box, guest);
    box->role = tenant_role(guest->letter);
    box->id = guest->yours ? guest->id : NULL;
    columns = utf8_columns(box->top, strlen(box->top));
    box->columns = (int)utf8_columns(box->below, strlen(box->below));
    if ((int)columns > box->columns)
        box->columns = (int)columns;
    if ((int)strlen(box->cpu) > box->columns)
        box->columns = (int)strlen(box->cpu);
    str_release(&memory);
}

static void free_box(struct box *box, const struct hosts_host *host)
{
    struct str memory = STR_INIT;

    add_gib(&memory, host->memory_mib - host->used_memory_mib);
    *box = (struct box){.role = THEME_DIM};
    snprintf(box->top, sizeof(box->top), "free");
    snprintf(box->below, sizeof(box->below), "%lld vCPU %.20s",
             (long long)(host->vcpus - host->used_vcpus), str_text(&memory));
    box->columns = (int)strlen(box->below);
    str_release(&memory);
}

static void write_edge(struct sheet *sheet, const struct box *box, const char *left,
                       const char *right)
{
    sheet_add(sheet, box->role, left);
    for (int i = 0; i < box->columns + 2; i++)
        sheet_add(sheet, box->role, "\xe2\x94\x80");
    sheet_add(sheet, box->role, right);
}

static void write_side(struct sheet *sheet, const struct box *box, const char *text)
{
    sheet_add(sheet, box->role, "\xe2\x94\x82 ");
    sheet_cell(sheet, box->role, box->columns, text);
    sheet_add(sheet, box->role, " \xe2\x94\x82");
}

/* A line of boxes; its rows are selected as the first of yours among them. */
static void write_boxes(struct sheet *sheet, const struct box *boxes, uint32_t count)
{
    const char *id = NULL;

    for (uint32_t i = 0; i < count && id == NULL; i++)
        id = boxes[i].id;
    for (int row = 0; row < 5; row++) {
        sheet_row(sheet, row == 1 ? id : NULL);
        sheet_add(sheet, THEME_TEXT, "  ");
        for (uint32_t i = 0; i < count; i++) {
            if (row == 0)
                write_edge(sheet, &boxes[i], "\xe2\x94\x8c", "\xe2\x94\x90");
            else if (row == 4)
                write_edge(sheet, &boxes[i], "\xe2\x94\x94", "\xe2\x94\x98");
            else
                write_side(sheet, &boxes[i],
                           row == 1   ? boxes[i].top
                           : row == 2 ? boxes[i].below
                                      : boxes[i].cpu);
        }
    }
}

enum { BOXES_MAX = 16, GUESTS_DRAWN = 40 };

static void write_guests(struct sheet *sheet, const struct hosts_host *host, int cols)
{
    struct box boxes[BOXES_MAX];
    uint32_t count = 0;
    int used = 2;

    for (uint32_t i = 0; i <= host->guests.count && i <= GUESTS_DRAWN; i++) {
        struct box box = {0};

        if (i < host->guests.count && i < GUESTS_DRAWN)
            fill_box(&box, &host->guests.items[i]);
        else
            free_box(&box, host);
        if (count > 0 && (used + box.columns + 4 > cols || count == BOXES_MAX)) {
            write_boxes(sheet, boxes, count);
            count = 0;
            used = 2;
        }
        boxes[count++] = box;
        used += box.columns + 4;
    }
    write_boxes(sheet, boxes, count);
    if (host->guests.count > GUESTS_DRAWN) {
        sheet_row(sheet, NULL);
        sheet_addf(sheet, THEME_DIM, "  and %u more guests", host->guests.count - GUESTS_DRAWN);
    }
}

/* ---- nearer and farther ---- */

/* A row of its own, so that it can be chosen, and broken. */
static void write_links(struct sheet *sheet, const struct hosts_zone *zone)
{
    char *id = xasprintf("%s" HOSTS_LINKS, zone->name);

    sheet_row(sheet, id);
    sheet_add(sheet, THEME_DIM, "  links       ");
    if (zone->late_ms == 0 && zone->lost_percent == 0)
        sheet_add(sheet, THEME_TEXT, "well");
    if (zone->lost_percent >= 100)
        sheet_add(sheet, THEME_BAD, "cut: no packet goes in or out  ");
    else if (zone->lost_percent > 0)
        sheet_addf(sheet, THEME_BAD, "%lld %% of the packets are lost  ",
                   (long long)zone->lost_percent);
    if (zone->late_ms > 0)
        sheet_addf(sheet, THEME_BAD, "%lld ms more, each way", (long long)zone->late_ms);
    free(id);
}

static void write_region(struct sheet *sheet, const struct hosts_scene *scene)
{
    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_DIM, "%lld hosts stand in this Region  \xc2\xb7  Enter: a zone",
               (long long)scene->total);
    for (uint32_t i = 0; i < scene->zones.count; i++) {
        const struct hosts_zone *zone = &scene->zones.items[i];

        sheet_line(sheet, THEME_TEXT, "");
        sheet_row(sheet, zone->name);
        sheet_add(sheet, THEME_TITLE, zone->name);
        sheet_addf(sheet, THEME_TEXT, "  %lld host%s", (long long)zone->hosts,
                   zone->hosts == 1 ? "" : "s");
        sheet_addf(sheet, tenant_role('A'), "  A on %lld", (long long)zone->with_yours);
        if (zone->failed > 0)
            sheet_addf(sheet, THEME_BAD, "  %lld failed", (long long)zone->failed);
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_DIM, "  vCPUs sold  ");
        sheet_bar(sheet, THEME_TEXT, 24,
                  zone->vcpus == 0 ? 0 : zone->used_vcpus * 1000 / zone->vcpus);
        sheet_addf(sheet, THEME_TEXT, "  %lld of %lld", (long long)zone->used_vcpus,
                   (long long)zone->vcpus);
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_DIM, "  CPU in use  ");
        sheet_bar(sheet, THEME_TEXT, 24,
                  zone->threads == 0 ? 0 : zone->running_permille / zone->threads);
        write_links(sheet, zone);
    }
}

/* Those with yours first, then those with anybody. */
static int class_of(const struct hosts_host *host)
{
    return has_yours(host) ? 0 : host->guest_count > 0 ? 1 : 2;
}

static void write_zone_host(struct sheet *sheet, const struct hosts_host *host, int cells)
{
    struct answer_state state = answer_state(host->state);

    sheet_row(sheet, host->id);
    sheet_addf(sheet, state.role, "%s ", state.glyph);
    sheet_addf(sheet, THEME_TEXT, "%s ", host->id);
    sheet_addf(sheet, THEME_DIM, "rack %-2lld ", (long long)host->rack);
    sheet_cell(sheet, THEME_TEXT, 5, host->family);
    write_running(sheet, host, cells);
    sheet_addf(sheet, THEME_TEXT, " %lld/%lld vCPU", (long long)host->used_vcpus,
               (long long)host->vcpus);
    if (has_yours(host))
        sheet_add(sheet, tenant_role('A'), " A");
    if (host->run_queue > 0)
        sheet_addf(sheet, THEME_WARN, " queue %lld", (long long)host->run_queue);
}

static void write_zone(struct sheet *sheet, const struct hosts_scene *scene, int cols)
{
    int cells = cols >= 150 ? 48 : cols >= 96 ? 24 : 12;

    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_DIM,
               "%u hosts in %s, yours first  \xc2\xb7  Enter: its cores", scene->hosts.count,
               scene->argument);
    for (int class = 0; class < 3; class++) {
        for (uint32_t i = 0; i < scene->hosts.count; i++) {
            if (class_of(&scene->hosts.items[i]) == class)
                write_zone_host(sheet, &scene->hosts.items[i], cells);
        }
    }
}

static void write_guest_row(struct sheet *sheet, const struct hosts_guest *guest, int cols)
{
    struct box box = {0};
    char count[40] = "";

    if (guest->alike > 1)
        snprintf(count, sizeof(count), "%lld of them", (long long)guest->alike);
    write_guest_cpu(&box, guest);
    sheet_row(sheet, guest->yours ? guest->id : NULL);
    sheet_addf(sheet, tenant_role(guest->letter), "  %c ", guest->letter);
    sheet_cell(sheet, guest->yours ? THEME_STRONG : THEME_TEXT, cols >= 96 ? 24 : 20,
               !guest->yours            ? count
               : guest->name[0] != '\0' ? guest->name
                                        : guest->id);
    sheet_cell(sheet, THEME_TEXT, 13, guest->type);
    sheet_bar(sheet, tenant_role(guest->letter), cols >= 96 ? 20 : 8, guest->cpu_permille);
    sheet_addf(sheet, guest->steal_permille > 0 ? THEME_WARN : THEME_TEXT, "  %s", box.cpu);
}

/* One cell for each core, if there is room; then the guests, one by one. */
static void write_one(struct sheet *sheet, const struct hosts_host *host, int cols)
{
    write_head(sheet, host, cols);
    write_hardware(sheet, host);
    write_bars(sheet, host, cols);
    write_cores(sheet, host, (int)host->cores, cols);
    sheet_line(sheet, THEME_TEXT, "");
    for (uint32_t i = 0; i < host->guests.count; i++)
        write_guest_row(sheet, &host->guests.items[i], cols);
}

static void write_none(struct sheet *sheet, const struct hosts_scene *scene, int cols)
{
    sheet_row(sheet, NULL);
    if (scene->zoom != HOSTS_YOURS) {
        sheet_addf(sheet, THEME_TEXT, "No host here by the name %s.", scene->argument);
        sheet_line(sheet, THEME_TEXT, "");
        sheet_line(sheet, THEME_COMMAND, "  view hosts region");
        return;
    }
    if (scene->total > 0)
        sheet_addf(sheet, THEME_TEXT, "%lld hosts stand in this Region; ",
                   (long long)scene->total);
    sheet_add(sheet, THEME_TEXT, "none runs an instance of yours.");
    sheet_line(sheet, THEME_TEXT, "");
    sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, cols, 0},
               "AWS never shows its hosts. Here they are: launch an instance, and see which "
               "machine it lands on and who else is there.");
}

static void write_yours(struct sheet *sheet, const struct hosts_scene *scene,
                        const struct view_frame *frame)
{
    int bar = frame->cols >= 150 ? 64 : frame->cols >= 96 ? 40 : frame->cols >= 70 ? 32 : 16;

    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_DIM, "%u of %lld hosts run yours  \xc2\xb7  ", scene->hosts.count,
               (long long)scene->total);
    sheet_add(sheet, tenant_role('A'), "A");
    sheet_add(sheet, THEME_DIM, " you  ");
    sheet_add(sheet, tenant_role('B'), "B");
    sheet_add(sheet, tenant_role('C'), "C");
    sheet_add(sheet, tenant_role('D'), "D");
    sheet_add(sheet, THEME_DIM, "... other tenants");
    if (frame->cols >= 96)
        sheet_add(sheet, THEME_DIM, "  \xc2\xb7  view hosts region: all");
    for (uint32_t i = 0; i < scene->hosts.count; i++) {
        const struct hosts_host *host = &scene->hosts.items[i];

        if (frame->rows > 20)
            sheet_line(sheet, THEME_TEXT, "");
        write_head(sheet, host, frame->cols);
        write_bars(sheet, host, frame->cols);
        write_cores(sheet, host, bar, frame->cols);
        write_guests(sheet, host, frame->cols);
    }
}

static void hosts_rows(const void *at, const struct view_frame *frame, struct sheet *sheet)
{
    const struct hosts_scene *scene = at;

    if (scene->hosts.count == 0)
        write_none(sheet, scene, frame->cols);
    else if (scene->zoom == HOSTS_REGION)
        write_region(sheet, scene);
    else if (scene->zoom == HOSTS_ZONE)
        write_zone(sheet, scene, frame->cols);
    else if (scene->zoom == HOSTS_ONE)
        write_one(sheet, &scene->hosts.items[0], frame->cols);
    else
        write_yours(sheet, scene, frame);
}

/* Enter goes nearer: from the Region to a zone, from there to a host. */
static void hosts_command(const void *at, const char *id, struct str *command)
{
    const struct hosts_scene *scene = at;

    if (str_ends(id, HOSTS_LINKS))
        str_add(command, "lab describe-faults");
    else if (scene->zoom == HOSTS_REGION || scene->zoom == HOSTS_ZONE ||
        (scene->zoom == HOSTS_YOURS && strncmp(id, "h-", 2) == 0))
        str_addf(command, "view hosts %s", id);
}

static void *hosts_open(const char *argument)
{
    struct hosts_scene *scene = xcalloc(1, sizeof(*scene));

    scene->argument = argument == NULL ? NULL : xstrdup(argument);
    return scene;
}

static void hosts_close(void *at)
{
    struct hosts_scene *scene = at;

    arena_release(&scene->arena);
    free(scene->argument);
    free(scene);
}

const struct view_ops view_hosts = {
    .name = "hosts",
    .title = "hosts",
    .doc = "The hosts under your instances, and who else runs on them.",
    .open = hosts_open,
    .refresh = hosts_refresh,
    .rows = hosts_rows,
    .command = hosts_command,
    .close = hosts_close,
};
