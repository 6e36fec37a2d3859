/*
 * tui/crew.c - rows of coffee shops: cashiers, what lies between them and the baristas, baristas.
 *
 *   corner  coffee shop over a queue
 *     asked 120  taken 117  dropped 3  ← on a break 3
 *     made 100  visible 15  in hand 2
 *       ├─ ○ corner-cashier  waits for customers   asked 120  taken 117  dropped 3
 *       │      ↓ queue corner-orders
 *       ├─ ● corner-barista  makes order 311   ███░░ 60 %  made 60
 *       └─ ✗ corner-barista  on a break        made 40
 */
#include "tui/queues_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { WIDE = 110, IN_FULL = 24 }; /* more workers than that: those with something in hand */

#define TREE_NEXT "      \xe2\x94\x9c\xe2\x94\x80 "
#define TREE_LAST "      \xe2\x94\x94\xe2\x94\x80 "
#define TREE_LINE "      \xe2\x94\x82    "
#define CROSS "\xe2\x9c\x97 "

struct crew_place {
    const struct queues_skin *skin;
    bool cashier;
    bool last; /* nobody stands below them */
    int cols;
};

static void write_sign(struct sheet *sheet, const struct queues_worker *worker, bool cashier)
{
    if (!worker->open || worker->trouble[0] != '\0')
        sheet_add(sheet, THEME_BAD, CROSS);
    else if (worker->busy == 0)
        sheet_add(sheet, THEME_DIM, "\xe2\x97\x8b ");
    else if (cashier) /* a customer waits there */
        sheet_add(sheet, THEME_WARN, "\xe2\x97\x90 ");
    else
        sheet_add(sheet, THEME_GOOD, "\xe2\x97\x8f ");
}

static void write_worker(struct sheet *sheet, const struct queues_worker *worker,
                         const struct crew_place *place)
{
    const struct queues_skin *skin = place->skin;
    const struct queues_pen pen = {sheet, place->cols, place->last ? "           " : TREE_LINE};

    sheet_row(sheet, worker->id);
    sheet_add(sheet, THEME_DIM, place->last ? TREE_LAST : TREE_NEXT);
    write_sign(sheet, worker, place->cashier);
    sheet_cell(sheet, THEME_TEXT, place->cols >= WIDE ? 24 : 16, worker->name);
    sheet_addf(sheet, worker->open ? THEME_TEXT : THEME_WARN, " %s", worker->doing);
    if (place->cols >= WIDE)
        sheet_to(sheet, 76);
    if (worker->percent >= 0) {
        sheet_add(sheet, THEME_TEXT, " ");
        sheet_bar(sheet, THEME_GOOD, 5, worker->percent * 10);
        sheet_addf(sheet, THEME_DIM, " %lld %%", (long long)worker->percent);
    }
    queues_number(&pen, THEME_DIM, skin->asked, worker->asked);
    queues_number(&pen, THEME_TEXT, skin->taken, worker->taken);
    queues_number(&pen, THEME_BAD, skin->dropped, worker->dropped);
    queues_number(&pen, THEME_TEXT, skin->made, worker->made);
    queues_number(&pen, THEME_WARN, skin->again, worker->again);
    queues_number(&pen, THEME_WARN, "in line", worker->line);
    if (worker->trouble[0] != '\0') {
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_DIM, pen.indent);
        queues_rest(sheet, THEME_BAD, place->cols, worker->trouble);
    }
}

static void write_workers(struct sheet *sheet, const struct queues_worker *workers, uint32_t count,
                          const struct crew_place *like)
{
    struct crew_place place = *like;
    uint32_t idle = 0;

    for (uint32_t i = 0; i < count; i++)
        idle += count > IN_FULL && workers[i].busy == 0 && workers[i].trouble[0] == '\0';
    for (uint32_t i = 0; i < count; i++) {
        place.last = like->last && idle == 0 && i + 1 == count;
        if (count <= IN_FULL || workers[i].busy > 0 || workers[i].trouble[0] != '\0')
            write_worker(sheet, &workers[i], &place);
    }
    if (idle == 0)
        return;
    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_DIM, "%sand %u more with nothing in hand",
               like->last ? TREE_LAST : TREE_NEXT, idle);
}

/* What lies between those who take orders and those who make them. */
static void write_between(struct sheet *sheet, const struct queues_shop *shop, int cols,
                          const struct queues_skin *skin)
{
    struct str text = STR_INIT;

    if (strcmp(shop->coupling, "direct") == 0)
        str_add(&text, " a call for each order, and its customer waits");
    if (shop->bus[0] != '\0')
        str_addf(&text, " %s %s", skin->word("bus"), shop->bus);
    if (shop->topic[0] != '\0')
        str_addf(&text, " %s %s", skin->word("topic"), shop->topic);
    if (shop->queue[0] != '\0')
        str_addf(&text, "%s %s %s", text.length > 0 ? " \xe2\x86\x92" : "", skin->word("queue"),
                 shop->queue);
    sheet_row(sheet, NULL);
    sheet_add(sheet, THEME_DIM, TREE_LINE "  \xe2\x86\x93");
    queues_rest(sheet, THEME_DIM, cols, str_text(&text));
    str_release(&text);
}

static void write_sums(struct sheet *sheet, const struct queues_shop *shop, int cols,
                       const struct queues_skin *skin)
{
    const struct queues_pen pen = {sheet, cols, "      "};

    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_TEXT, "    %s %lld  %s %lld", skin->asked, (long long)shop->asked,
               skin->taken, (long long)shop->taken);
    queues_number(&pen, THEME_WARN, skin->held, shop->held);
    queues_number(&pen, THEME_BAD, skin->dropped, shop->dropped);
    for (uint32_t i = 0; i < shop->drops.count; i++) {
        char *reason =
            xasprintf("%s%s", i == 0 ? "\xe2\x86\x90 " : "", shop->drops.items[i].reason);

        queues_number(&pen, THEME_DIM, reason, shop->drops.items[i].orders);
        free(reason);
    }
    sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_TEXT, "    %s %lld", skin->made, (long long)shop->made);
    queues_number(&pen, THEME_TEXT, skin->visible, shop->waiting);
    queues_number(&pen, THEME_TEXT, skin->in_hand, shop->in_hand);
    queues_number(&pen, THEME_WARN, skin->face_down, shop->face_down);
    queues_number(&pen, THEME_TEXT, skin->on_way, shop->on_way);
    queues_number(&pen, THEME_BAD, skin->dead, shop->dead);
    queues_number(&pen, THEME_BAD, skin->lost, shop->lost);
    queues_number(&pen, THEME_WARN, skin->again, shop->again);
    queues_number(&pen, THEME_WARN, skin->wasted, shop->wasted);
    queues_number(&pen, THEME_DIM, skin->others, shop->others);
}

static void write_shop(struct sheet *sheet, const struct queues_shop *shop, int cols,
                       const struct queues_skin *skin)
{
    const struct crew_place cashiers = {.skin = skin, .cashier = true, .cols = cols};
    const struct crew_place baristas = {.skin = skin, .last = true, .cols = cols};
    char *id = xasprintf(QUEUES_SHOP_ROW "%s", shop->name);

    sheet_row(sheet, id);
    free(id);
    sheet_add(sheet, THEME_TITLE, shop->name);
    if (strcmp(shop->coupling, "direct") == 0)
        sheet_addf(sheet, THEME_DIM, "  %s", skin->shop);
    else
        sheet_addf(sheet, THEME_DIM, "  %s %s", skin->shop_over, skin->word(shop->coupling));
    write_sums(sheet, shop, cols, skin);
    write_workers(sheet, shop->cashiers.items, shop->cashiers.count, &cashiers);
    write_between(sheet, shop, cols, skin);
    write_workers(sheet, shop->baristas.items, shop->baristas.count, &baristas);
    if (shop->baristas.count == 0) {
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_DIM, TREE_LAST);
        sheet_add(sheet, THEME_BAD, CROSS "no barista");
    }
    sheet_line(sheet, THEME_TEXT, "");
}

static bool crew_holds(const struct queues_worker *workers, uint32_t count, const char *filter)
{
    bool holds = false;

    for (uint32_t i = 0; i < count && !holds; i++)
        holds = sheet_contains(workers[i].name, filter) || sheet_contains(workers[i].id, filter) ||
                sheet_contains(workers[i].doing, filter);
    return holds;
}

uint32_t crew_write(struct sheet *sheet, const struct queues_scene *scene,
                    const struct view_frame *frame, const struct queues_skin *skin)
{
    uint32_t shown = 0;

    for (uint32_t i = 0; i < scene->shops.count; i++) {
        const struct queues_shop *shop = &scene->shops.items[i];

        if (!sheet_contains(shop->name, frame->filter) &&
            !crew_holds(shop->cashiers.items, shop->cashiers.count, frame->filter) &&
            !crew_holds(shop->baristas.items, shop->baristas.count, frame->filter))
            continue;
        write_shop(sheet, shop, frame->cols, skin);
        shown++;
    }
    return shown;
}
