/*
 * tui/hosts.c - the hosts under your instances, and who else is on them.
 *
 * Asks lab DescribeHosts, and no more of it than a screen can hold.
 */
#include "tui/hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "tui/answer.h"

enum {
    HOSTS_SHOWN = 40,  /* that are drawn */
    HOSTS_GUESTS = 96, /* of a host that are drawn */
};

/* ---- the scene ---- */

/* "tenant C" is C; you are A. */
static char letter_of(json_t *guest, bool yours)
{
    const char *account = answer_text(guest, "AccountId");
    size_t length = strlen(account);

    return yours ? 'A' : length > 0 ? account[length - 1] : '?';
}

static void add_guest(struct hosts_scene *scene, struct hosts_host *host, json_t *guest)
{
    bool yours = json_is_true(answer_at(guest, "Yours"));

    *LIST_PUSH_IN(&scene->arena, &host->guests) = (struct hosts_guest){
        .id = view_keep(&scene->arena, answer_text(guest, "InstanceId")),
        .name = view_keep(&scene->arena, answer_text(guest, "Name")),
        .type = view_keep(&scene->arena, answer_text(guest, "InstanceType")),
        .state = view_keep(&scene->arena, answer_text(guest, "State")),
        .vcpus = answer_int(guest, "Vcpus"),
        .memory_mib = answer_int(guest, "MemoryMiB"),
        .letter = letter_of(guest, yours),
        .yours = yours,
    };
}

static void hosts_refresh(void *at, const struct view_source *source)
{
    struct hosts_scene *scene = at;
    const struct view_question question = {
        .service = "lab",
        .op = "DescribeHosts",
        .params = json_pack("{s:i, s:i}", "MaxHosts", HOSTS_SHOWN, "MaxGuests", HOSTS_GUESTS),
    };
    json_t *answer = source->ask(source->context, &question);
    json_t *item;
    json_t *guest;
    size_t i;
    size_t k;

    arena_release(&scene->arena);
    *scene = (struct hosts_scene){.total = answer_int(answer, "TotalHosts")};
    json_array_foreach(answer_list(answer, "Hosts"), i, item) {
        struct hosts_host *host = LIST_PUSH_IN(&scene->arena, &scene->hosts);

        *host = (struct hosts_host){
            .id = view_keep(&scene->arena, answer_text(item, "HostId")),
            .zone = view_keep(&scene->arena, answer_text(item, "AvailabilityZone")),
            .family = view_keep(&scene->arena, answer_text(item, "InstanceFamily")),
            .hypervisor = view_keep(&scene->arena, answer_text(item, "Hypervisor")),
            .state = view_keep(&scene->arena, answer_text(item, "State")),
            .rack = answer_int(item, "Rack"),
            .cores = answer_int(item, "Cores"),
            .threads = answer_int(item, "Threads"),
            .vcpus = answer_int(item, "Vcpus"),
            .used_vcpus = answer_int(item, "UsedVcpus"),
            .memory_mib = answer_int(item, "MemoryMiB"),
            .used_memory_mib = answer_int(item, "UsedMemoryMiB"),
        };
        json_array_foreach(answer_list(item, "Guests"), k, guest)
            add_guest(scene, host, guest);
    }
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
    if (cols >= 70)
        sheet_addf(sheet, THEME_DIM, "  %s", host->hypervisor);
    sheet_addf(sheet, state.role, "  %s %s", state.glyph, host->state);
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

/* One box, as wide as its texts. */
struct box {
    char top[96];
    char below[64];
    enum theme_role role;
    const char *id;
    int columns; /* between its sides */
};

static void fill_box(struct box *box, const struct hosts_guest *guest)
{
    struct str memory = STR_INIT;
    struct answer_state state = answer_state(guest->state);
    size_t columns;

    add_gib(&memory, guest->memory_mib);
    if (guest->yours)
        snprintf(box->top, sizeof(box->top), "%c %.40s %s", guest->letter,
                 guest->name[0] != '\0' ? guest->name : guest->id, state.glyph);
    else
        snprintf(box->top, sizeof(box->top), "%c", guest->letter);
    snprintf(box->below, sizeof(box->below), "%.20s %.20s", guest->type, str_text(&memory));
    box->role = tenant_role(guest->letter);
    box->id = guest->yours ? guest->id : NULL;
    columns = utf8_columns(box->top, strlen(box->top));
    box->columns = (int)utf8_columns(box->below, strlen(box->below));
    if ((int)columns > box->columns)
        box->columns = (int)columns;
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
    for (int row = 0; row < 4; row++) {
        sheet_row(sheet, row == 1 ? id : NULL);
        sheet_add(sheet, THEME_TEXT, "  ");
        for (uint32_t i = 0; i < count; i++) {
            if (row == 0)
                write_edge(sheet, &boxes[i], "\xe2\x94\x8c", "\xe2\x94\x90");
            else if (row == 3)
                write_edge(sheet, &boxes[i], "\xe2\x94\x94", "\xe2\x94\x98");
            else
                write_side(sheet, &boxes[i], row == 1 ? boxes[i].top : boxes[i].below);
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

static void hosts_rows(const void *at, const struct view_frame *frame, struct sheet *sheet)
{
    const struct hosts_scene *scene = at;

    if (scene->hosts.count == 0) {
        sheet_row(sheet, NULL);
        if (scene->total > 0)
            sheet_addf(sheet, THEME_TEXT, "%lld hosts stand in this Region; ",
                       (long long)scene->total);
        sheet_add(sheet, THEME_TEXT, "none runs an instance of yours.");
        sheet_line(sheet, THEME_TEXT, "");
        sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, frame->cols, 0},
                   "AWS never shows its hosts. Here they are: launch an instance, and see which "
                   "machine it lands on and who else is there.");
        return;
    }
    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_DIM, "%u of %lld hosts run yours  \xc2\xb7  ", scene->hosts.count,
               (long long)scene->total);
    sheet_add(sheet, tenant_role('A'), "A");
    sheet_add(sheet, THEME_DIM, " you  ");
    sheet_add(sheet, tenant_role('B'), "B");
    sheet_add(sheet, tenant_role('C'), "C");
    sheet_add(sheet, tenant_role('D'), "D");
    sheet_add(sheet, THEME_DIM, "... other tenants");
    for (uint32_t i = 0; i < scene->hosts.count; i++) {
        if (frame->rows > 20)
            sheet_line(sheet, THEME_TEXT, "");
        write_head(sheet, &scene->hosts.items[i], frame->cols);
        write_bars(sheet, &scene->hosts.items[i], frame->cols);
        write_guests(sheet, &scene->hosts.items[i], frame->cols);
    }
}

static void *hosts_open(const char *argument)
{
    (void)argument;
    return xcalloc(1, sizeof(struct hosts_scene));
}

static void hosts_close(void *at)
{
    arena_release(&((struct hosts_scene *)at)->arena);
    free(at);
}

const struct view_ops view_hosts = {
    .name = "hosts",
    .title = "hosts",
    .doc = "The hosts under your instances, and who else runs on them.",
    .open = hosts_open,
    .refresh = hosts_refresh,
    .rows = hosts_rows,
    .close = hosts_close,
};
