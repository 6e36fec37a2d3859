/*
 * cloud/bill.c - what everything costs, to the second and without rounding.
 *
 * Owns    struct bill_item: the lines of each thing.
 * Uses    sim/event for the clock; the prices of cloud/catalog.
 *
 * A line is charged ahead: at its start its least amount, and from then on whole steps, so that
 * `since` may lie in the future.  To charge a line twice up to the same instant, or at an instant
 * between, changes nothing of what it comes to.
 *
 * True to the EC2 user guide, "Instance lifecycle" (what is billed in which state), the EBS pricing
 *         page (by the second, at least 60 of them, months of 30 days), that of Elastic Load
 *         Balancing (each hour begun) and that of Dedicated Instances (a fee for each hour).  Left
 *         out: free tiers, taxes, transfer between zones.
 */
#include "cloud/bill.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/str.h"
#include "cloud/bill_parts.h"
#include "cloud/volume.h"

enum {
    BOOK = 1,
    FORM = 1, /* of the lines as they are saved */
};

/* How a usage is counted. */
struct usage {
    const char *service;
    const char *name;   /* of AWS; the variant follows */
    const char *unit;
    int64_t period_ns;  /* of its rate */
    int64_t scale;      /* units in a priced unit */
    int64_t step_ns;    /* is charged whole */
    int64_t least_ns;   /* at each start */
};

static const struct usage usages[BILL_USAGES_]; /* at the end of the file */

/* ---- amounts ---- */

bill_wide bill_sum_of(struct bill_sum sum)
{
    return (bill_wide)sum.high * ((bill_wide)1 << 64) + sum.low;
}

struct bill_sum bill_sum_split(bill_wide amount)
{
    return (struct bill_sum){ .high = (int64_t)(amount >> 64), .low = (uint64_t)amount };
}

/* What a unit costs for a nanosecond, in BILL_ONE-ths; whole for each usage, see usages_check(). */
static bill_wide unit_cost(uint8_t usage, int64_t rate)
{
    const struct usage *how = &usages[usage];

    return rate * (BILL_ONE / ((bill_wide)how->period_ns * how->scale));
}

static const struct bill_past *past_of(const struct bill_line *line)
{
    static const struct bill_past none;

    return line->past == NULL ? &none : line->past;
}

static bill_wide at_rate(const struct bill_line *line)
{
    return bill_sum_of(line->quantity) * unit_cost(line->usage, line->rate);
}

bill_wide bill_line_cost(const struct bill_line *line)
{
    return at_rate(line) + bill_sum_of(past_of(line)->beside);
}

/* Writes down what it had before it last began, and what it cost beside its quantity. */
static void past_keep(struct bill_line *line, const struct bill_past *past)
{
    static const struct bill_past none;

    if (memcmp(past, &none, sizeof(none)) == 0) {
        free(line->past);
        line->past = NULL;
        return;
    }
    if (line->past == NULL)
        line->past = xcalloc(1, sizeof(*line->past));
    *line->past = *past;
}

/* It has cost that much, whatever its quantity and its rate are. */
static void line_set_cost(struct bill_line *line, bill_wide cost)
{
    struct bill_past past = *past_of(line);

    past.beside = bill_sum_split(cost - at_rate(line));
    past_keep(line, &past);
}

static void line_set_rate(struct bill_line *line, int64_t rate)
{
    bill_wide cost = bill_line_cost(line);

    line->rate = rate;
    line_set_cost(line, cost);
}

void bill_line_join(struct bill_line *line, bill_wide quantity, bill_wide cost)
{
    bill_wide sum = bill_line_cost(line) + cost;

    line->quantity = bill_sum_split(bill_sum_of(line->quantity) + quantity);
    line_set_cost(line, sum);
}

/* At its rate.  Touches nothing but the line itself, so that a copy may go on by itself. */
static void line_add(struct bill_line *line, bill_wide quantity)
{
    line->quantity = bill_sum_split(bill_sum_of(line->quantity) + quantity);
}

/* Charges it up to that instant. */
static void line_settle(struct bill_line *line, int64_t now)
{
    int64_t step = usages[line->usage].step_ns;
    int64_t steps;

    if (line->units == 0 || now <= line->since)
        return;
    steps = (now - line->since - 1) / step + 1;
    line_add(line, (bill_wide)line->units * steps * step);
    line->since += steps * step;
}

static void line_start(struct bill_line *line, const struct bill_use *use, int64_t now, bool anew)
{
    int64_t least = anew ? usages[use->usage].least_ns : 0;
    struct bill_past past = *past_of(line);

    past.old_quantity = line->quantity;
    past.old_cost = bill_sum_split(bill_line_cost(line));
    past_keep(line, &past);
    line->units = (uint32_t)use->units;
    line_set_rate(line, use->rate);
    /* An hour for which the fee is paid is not paid again by a start within it. */
    if (use->usage != BILL_FEE || line->since < now)
        line->since = now + least;
    line_add(line, (bill_wide)use->units * least);
}

int64_t bill_micro_usd(bill_wide cost)
{
    bill_wide micro = BILL_ONE * 1000;

    return (int64_t)((cost + micro / 2) / micro);
}

bill_wide bill_of_micro_usd(int64_t micro)
{
    return micro * BILL_ONE * 1000;
}

/* ---- what things use ---- */

struct bill_more *bill_more_make(struct bill_item *item)
{
    if (item->more == NULL)
        item->more = xcalloc(1, sizeof(*item->more));
    return item->more;
}

const char *bill_item_name(const struct bill_item *item)
{
    return item->more == NULL ? NULL : item->more->name;
}

struct bill_line *bill_line_at(const struct bill_item *item, uint32_t n)
{
    bool has_first = item->first.usage != 0; /* sessions of before there was a first have none */

    if (has_first && n == 0)
        return (struct bill_line *)(uintptr_t)&item->first;
    n -= has_first;
    return item->more == NULL || n >= item->more->lines.count ? NULL : &item->more->lines.items[n];
}

static struct bill_item *item_make(struct bill *bill, const struct bill_subject *subject)
{
    struct bill_item *item = table_find(&bill->items, subject->id);

    if (item != NULL)
        return item;
    item = table_add(&bill->items, subject->id);
    item->account = subject->account;
    item->kind = subject->kind;
    item->region = subject->region;
    if (subject->name != NULL)
        bill_more_make(item)->name = xstrdup(subject->name);
    return item;
}

static struct bill_line *line_find(const struct bill_item *item, const struct bill_use *use)
{
    struct bill_line *line;

    for (uint32_t i = 0; (line = bill_line_at(item, i)) != NULL; i++) {
        if (line->usage == use->usage && line->variant == use->variant)
            return line;
    }
    return NULL;
}

struct bill_line *bill_line_make(struct bill_item *item, const struct bill_use *use)
{
    struct bill_line *line = line_find(item, use);

    if (line != NULL)
        return line;
    line = bill_line_at(item, 0) == NULL ? &item->first : LIST_PUSH(&bill_more_make(item)->lines);
    *line = (struct bill_line){ .usage = use->usage, .variant = use->variant, .rate = use->rate };
    return line;
}

static bool is_used(const struct bill_line *line, const struct bill_use *uses, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (uses[i].usage == line->usage && uses[i].variant == line->variant)
            return uses[i].units > 0;
    }
    return false;
}

void bill_uses(struct bill *bill, const struct bill_subject *subject, const struct bill_use *uses,
               uint32_t count)
{
    struct bill_item *item = table_find(&bill->items, subject->id);
    int64_t now = bill->sim->now;
    struct bill_line *line;

    for (uint32_t i = 0; item != NULL && (line = bill_line_at(item, i)) != NULL; i++) {
        line_settle(line, now);
        if (!is_used(line, uses, count))
            line->units = 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (uses[i].units == 0)
            continue;
        if (item == NULL)
            item = item_make(bill, subject);
        line = bill_line_make(item, &uses[i]);
        if (line->units == 0) {
            line_start(line, &uses[i], now, !subject->went_on);
        } else {
            line->units = (uint32_t)uses[i].units;
            line_set_rate(line, uses[i].rate);
        }
    }
}

void bill_waive(struct bill *bill, uint64_t id, uint8_t usage)
{
    struct bill_item *item = table_find(&bill->items, id);
    struct bill_line *line;

    for (uint32_t i = 0; item != NULL && (line = bill_line_at(item, i)) != NULL; i++) {
        if (line->usage != usage)
            continue;
        line->quantity = past_of(line)->old_quantity;
        line_set_cost(line, bill_sum_of(past_of(line)->old_cost));
    }
}

void bill_grows(struct bill *bill, const struct bill_subject *subject,
                const struct bill_grown *grown)
{
    struct bill_line *line;

    if (grown->quantity == 0)
        return;
    line = bill_line_make(item_make(bill, subject), &grown->use);
    line_add(line, grown->quantity - bill_sum_of(line->quantity));
}

void bill_adds(struct bill *bill, const struct bill_subject *subject, const struct bill_use *use,
               int64_t quantity)
{
    struct bill_line *line;

    if (quantity <= 0)
        return;
    line = bill_line_make(item_make(bill, subject), use);
    line_set_rate(line, use->rate);
    line_add(line, quantity);
}

/* ---- what it comes to ---- */

static struct bill_entry entry_of(const struct bill_item *item, struct bill_line line, int64_t now)
{
    line_settle(&line, now);
    return (struct bill_entry){
        .item = item,
        .usage = line.usage,
        .variant = line.variant,
        .quantity = bill_sum_of(line.quantity),
        .cost = bill_line_cost(&line),
        .hourly = (bill_wide)line.units * HOUR_NS * unit_cost(line.usage, line.rate),
    };
}

static void item_measure(const struct bill *bill, const struct bill_item *item,
                         struct bill_entries *entries)
{
    struct bill_grown grown = {0};
    bool grew = bill->grown != NULL && bill->grown(bill->context, item, &grown);
    const struct bill_line *kept;

    for (uint32_t i = 0; (kept = bill_line_at(item, i)) != NULL; i++) {
        struct bill_line line = *kept;

        if (grew && line.usage == grown.use.usage && line.variant == grown.use.variant) {
            line_add(&line, grown.quantity - bill_sum_of(line.quantity));
            grew = false;
        }
        *LIST_PUSH(entries) = entry_of(item, line, bill->sim->now);
    }
    if (grew && grown.quantity != 0) {
        struct bill_line line = { .usage = grown.use.usage, .variant = grown.use.variant,
                                  .rate = grown.use.rate };

        line_add(&line, grown.quantity);
        *LIST_PUSH(entries) = entry_of(item, line, bill->sim->now);
    }
}

void bill_measure(const struct bill *bill, uint64_t account, struct bill_entries *entries)
{
    for (uint32_t i = 0; i < table_count(&bill->items); i++) {
        const struct bill_item *item = table_at(&bill->items, i);

        if (item->account == account)
            item_measure(bill, item, entries);
    }
}

bill_wide bill_cost_of(const struct bill *bill, uint64_t id)
{
    const struct bill_item *item = table_find(&bill->items, id);
    struct bill_entries entries = {0};
    bill_wide sum = 0;

    if (item != NULL)
        item_measure(bill, item, &entries);
    for (uint32_t i = 0; i < entries.count; i++)
        sum += entries.items[i].cost;
    LIST_RELEASE(&entries);
    return sum;
}

int64_t bill_began(const struct bill *bill)
{
    const struct bill_book *book = table_find(&bill->books, BOOK);

    return book == NULL ? bill->sim->now : book->began;
}

/* ---- names ---- */

/* What follows the colon, and where prices differ by more than that. */
static const char *variant_name(const struct bill *bill, const struct bill_entry *entry)
{
    switch (entry->usage) {
    case BILL_BOX:
    case BILL_SPOT:
    case BILL_DEDICATED:
    case BILL_ON_HOST:
        return bill->catalog->types[entry->variant].name;
    case BILL_CREDITS:
    case BILL_HOST:
        return bill->catalog->types[entry->variant].family;
    case BILL_VOLUME:
        return volume_type_name((uint8_t)entry->variant);
    default:
        return "";
    }
}

const char *bill_usage_name(const struct bill *bill, struct arena *arena,
                            const struct bill_entry *entry)
{
    const char *prefix = bill->catalog->regions[entry->item->region].usage_prefix;
    const char *name = usages[entry->usage].name;
    const char *variant = variant_name(bill, entry);
    const char *separator = entry->usage == BILL_VOLUME ? "." : ":";

    if (entry->usage == BILL_IOPS)
        variant = entry->variant == VOLUME_IO1 ? "piops"
                                               : volume_type_name((uint8_t)entry->variant);
    if (entry->usage == BILL_IOPS)
        separator = ".";
    /* AWS calls the oldest kind of volume by no name at all. */
    if (variant[0] == '\0' || (entry->usage == BILL_VOLUME && entry->variant == VOLUME_STANDARD))
        return arena_printf(arena, "%s%s", prefix, name);
    return arena_printf(arena, "%s%s%s%s", prefix, name, separator, variant);
}

const char *bill_usage_unit(uint8_t usage)
{
    return usages[usage].unit;
}

const char *bill_usage_service(uint8_t usage)
{
    return usages[usage].service;
}

double bill_usage_amount(uint8_t usage, bill_wide quantity)
{
    return (double)quantity / ((double)usages[usage].period_ns * (double)usages[usage].scale);
}

/* ---- rates ---- */

static int64_t price(const struct bill *bill, const char *name, uint8_t region)
{
    const struct catalog_price *row = catalog_price_find(bill->catalog, name);

    if (row == NULL)
        BUG("no price of %s", name);
    return row->nano_usd[region];
}

int64_t bill_rate(const struct bill *bill, struct bill_use use, uint8_t region)
{
    static const char *const volumes[] = {
        [VOLUME_STANDARD] = "EBS:VolumeUsage", [VOLUME_IO1] = "EBS:VolumeUsage.io1",
        [VOLUME_IO2] = "EBS:VolumeUsage.io2",  [VOLUME_GP2] = "EBS:VolumeUsage.gp2",
        [VOLUME_SC1] = "EBS:VolumeUsage.sc1",  [VOLUME_ST1] = "EBS:VolumeUsage.st1",
        [VOLUME_GP3] = "EBS:VolumeUsage.gp3",
    };

    switch (use.usage) {
    case BILL_BOX:
        return catalog_instance_price(bill->catalog, use.variant, region, false);
    case BILL_ON_HOST:
        return 0;
    case BILL_HOST:
        return catalog_host_price(bill->catalog, bill->catalog->types[use.variant].family,
                                  region);
    case BILL_VOLUME:
        return price(bill, volumes[use.variant], region);
    case BILL_IOPS:
        return price(bill, use.variant == VOLUME_IO1   ? "EBS:VolumeP-IOPS.piops"
                           : use.variant == VOLUME_IO2 ? "EBS:VolumeP-IOPS.io2"
                                                       : "EBS:VolumeP-IOPS.gp3", region);
    case BILL_BALANCER:
        return price(bill, use.variant == 0 ? "LoadBalancerUsage:application"
                                            : "LoadBalancerUsage:network", region);
    case BILL_CAPACITY:
        return price(bill, use.variant == 0 ? "LCUUsage:application" : "LCUUsage:network", region);
    case BILL_THROUGHPUT:
        return price(bill, "EBS:VolumeP-Throughput.gp3", region);
    default:
        return price(bill, usages[use.usage].name, region);
    }
}

/* ---- the room ---- */

bool bill_begin(struct bill *bill)
{
    struct bill_book *book;

    if (table_count(&bill->books) > 0)
        return false;
    book = table_add(&bill->books, BOOK);
    book->began = bill->sim->now;
    book->form = FORM;
    return true;
}

void bill_init(struct bill *bill)
{
    table_init(&bill->items, &bill_item_shape);
    table_init(&bill->books, &bill_book_shape);
    table_init(&bill->points, &bill_point_shape);
    for (uint8_t i = 1; i < BILL_USAGES_; i++) {
        if (BILL_ONE % ((bill_wide)usages[i].period_ns * usages[i].scale) != 0)
            BUG("the usage %s is no whole part of what bills count in", usages[i].name);
    }
}

void bill_release(struct bill *bill)
{
    table_release(&bill->items);
    table_release(&bill->books);
    table_release(&bill->points);
}

static bool line_sound(const struct bill *bill, const struct bill_line *line)
{
    const struct bill_past *past = past_of(line);
    bill_wide cost;
    bool of_type = line->usage == BILL_BOX || line->usage == BILL_SPOT ||
                   line->usage == BILL_CREDITS ||
                   (line->usage >= BILL_DEDICATED && line->usage <= BILL_HOST);

    return line->usage > 0 && line->usage < BILL_USAGES_ && line->rate >= 0 &&
           line->since >= 0 && line->since <= bill->sim->now + HOUR_NS &&
           bill_sum_of(line->quantity) >= 0 &&
           !__builtin_mul_overflow(bill_sum_of(line->quantity),
                                   unit_cost(line->usage, line->rate), &cost) &&
           !__builtin_add_overflow(cost, bill_sum_of(past->beside), &cost) && cost >= 0 &&
           bill_sum_of(past->cost) >= 0 && bill_sum_of(past->old_quantity) >= 0 &&
           bill_sum_of(past->old_cost) >= 0 &&
           (!of_type || line->variant < bill->catalog->type_count);
}

/* A session of before there was `beside` has saved what each line had cost. */
static void line_renew(struct bill_line *line)
{
    struct bill_past past = *past_of(line);
    bill_wide cost = bill_sum_of(past.cost);

    past.cost = bill_sum_split(0);
    past_keep(line, &past);
    line_set_cost(line, cost);
}

static bool item_restore(const struct bill *bill, struct bill_item *item, uint8_t form)
{
    struct bill_line *line;

    if (item->kind == 0 || item->kind >= BILL_KINDS_ ||
        item->region >= bill->catalog->region_count ||
        (item->first.usage == 0 && item->first.past != NULL))
        return false;
    for (uint32_t i = 0; (line = bill_line_at(item, i)) != NULL; i++) {
        if (!line_sound(bill, line))
            return false;
        if (form == 0)
            line_renew(line);
    }
    return true;
}

bool bill_restore(struct bill *bill)
{
    struct bill_book *book = table_find(&bill->books, BOOK);

    if (table_count(&bill->books) != (book != NULL) ||
        (book == NULL && table_count(&bill->items) > 0) ||
        (book != NULL && (book->began > bill->sim->now || book->form > FORM)))
        return false;
    for (uint32_t i = 0; i < table_count(&bill->items); i++) {
        if (!item_restore(bill, table_at(&bill->items, i), book->form))
            return false;
    }
    if (book != NULL)
        book->form = FORM;
    for (uint32_t i = 0; i < table_count(&bill->points); i++) {
        const struct bill_point *point = table_at(&bill->points, i);

        for (uint32_t j = 0; j < point->parts.count; j++) {
            if (bill_service_name(point->parts.items[j].service) == NULL)
                return false;
        }
    }
    return true;
}

/* ---- tables ---- */

#define COMPUTE "Amazon Elastic Compute Cloud"
#define BALANCING "Elastic Load Balancing"
#define NETWORK "Amazon Virtual Private Cloud"
#define LEAST (60 * SECOND_NS)
#define GIB_UNITS (1024 * 1024 * 1024 / BILL_UNIT_BYTES)
#define KEPT_UNITS (1024 * 1024 * 1024 / BILL_KEPT_BYTES * (BILL_MONTH_NS / HOUR_NS))

#define WATCHING "AmazonCloudWatch"
#define WAF "AWS WAF"
#define TRANSFER "AWS Data Transfer"
#define QUEUES "Amazon Simple Queue Service"
#define TOPICS "Amazon Simple Notification Service"
#define EVENTS "Amazon EventBridge"

/* service, name, unit, period, scale, step, least */
static const struct usage usages[BILL_USAGES_] = {
    [BILL_BOX] = {COMPUTE, "BoxUsage", "Hrs", HOUR_NS, 1, SECOND_NS, LEAST},
    [BILL_SPOT] = {COMPUTE, "SpotUsage", "Hrs", HOUR_NS, 1, SECOND_NS, LEAST},
    [BILL_DEDICATED] = {COMPUTE, "DedicatedUsage", "Hrs", HOUR_NS, 1, SECOND_NS, LEAST},
    [BILL_ON_HOST] = {COMPUTE, "HostBoxUsage", "Hrs", HOUR_NS, 1, SECOND_NS, LEAST},
    [BILL_HOST] = {COMPUTE, "HostUsage", "Hrs", HOUR_NS, 1, SECOND_NS, LEAST},
    [BILL_FEE] = {COMPUTE, "DedicatedUsage:fee", "Hrs", HOUR_NS, 1, HOUR_NS, 0},
    [BILL_CREDITS] = {COMPUTE, "CPUCredits", "vCPU-Hours", HOUR_NS, 1, SECOND_NS, 0},
    [BILL_VOLUME] = {COMPUTE, "EBS:VolumeUsage", "GB-Mo", BILL_MONTH_NS, 1, SECOND_NS, LEAST},
    [BILL_IOPS] = {COMPUTE, "EBS:VolumeP-IOPS", "IOPS-Mo", BILL_MONTH_NS, 1, SECOND_NS, LEAST},
    [BILL_IOPS_2] = {COMPUTE, "EBS:VolumeP-IOPS.io2.tier2", "IOPS-Mo", BILL_MONTH_NS, 1,
                     SECOND_NS, LEAST},
    [BILL_IOPS_3] = {COMPUTE, "EBS:VolumeP-IOPS.io2.tier3", "IOPS-Mo", BILL_MONTH_NS, 1,
                     SECOND_NS, LEAST},
    [BILL_THROUGHPUT] = {COMPUTE, "EBS:VolumeP-Throughput.gp3", "GiBps-Mo", BILL_MONTH_NS, 1024,
                         SECOND_NS, LEAST},
    [BILL_SNAPSHOT] = {COMPUTE, "EBS:SnapshotUsage", "GB-Mo", BILL_MONTH_NS, 2048, SECOND_NS, 0},
    [BILL_ADDRESS] = {NETWORK, "PublicIPv4:InUseAddress", "Hrs", HOUR_NS, 1, SECOND_NS, LEAST},
    [BILL_IDLE] = {NETWORK, "PublicIPv4:IdleAddress", "Hrs", HOUR_NS, 1, SECOND_NS, LEAST},
    [BILL_BALANCER] = {BALANCING, "LoadBalancerUsage", "Hrs", HOUR_NS, 1, HOUR_NS, 0},
    [BILL_CAPACITY] = {BALANCING, "LCUUsage", "LCU-Hrs", HOUR_NS, 1, SECOND_NS, 0},
    [BILL_TRANSFER_OUT] = {TRANSFER, "DataTransfer-Out-Bytes", "GB", 1, GIB_UNITS, 1, 0},
    [BILL_TRANSFER_REGION] = {TRANSFER, "AWS-Out-Bytes", "GB", 1, GIB_UNITS, 1, 0},
    [BILL_MONITORING] = {WATCHING, "CW:MetricMonitorUsage", "Metrics", BILL_MONTH_NS, 1, SECOND_NS,
                         0},
    [BILL_FAST_RESTORE] = {COMPUTE, "EBS:FastSnapshotRestore", "DSU-Hrs", HOUR_NS, 1, MINUTE_NS,
                           HOUR_NS},
    [BILL_WEB_ACL] = {WAF, "WebACLV2", "WebACL-Mo", BILL_MONTH_NS, 1, HOUR_NS, 0},
    [BILL_WEB_RULE] = {WAF, "RuleV2", "Rule-Mo", BILL_MONTH_NS, 1, HOUR_NS, 0},
    [BILL_WEB_REQUEST] = {WAF, "RequestV2-Tier1", "1M-Requests", 1, 1000000, 1, 0},
    [BILL_QUEUE_REQUEST] = {QUEUES, "Requests-Tier1", "Requests", 1, 1, 1, 0},
    [BILL_FIFO_REQUEST] = {QUEUES, "Requests-FIFO-Tier1", "Requests", 1, 1, 1, 0},
    [BILL_PUBLISH] = {TOPICS, "SNS:Requests-Tier1", "Requests", 1, 1, 1, 0},
    [BILL_FIFO_PUBLISH] = {TOPICS, "SNS:F-Request-Tier1", "Requests", 1, 1, 1, 0},
    [BILL_MAIL] = {TOPICS, "DeliveryAttempts-SMTP", "Notifications", 1, 1, 1, 0},
    [BILL_EVENT] = {EVENTS, "Event-64K-Chunks", "64K-Chunks", 1, 1, 1, 0},
    [BILL_ARCHIVED] = {EVENTS, "ArchivedEvents-Bytes", "GB", 1, GIB_UNITS, 1, 0},
    [BILL_ARCHIVE_KEPT] = {EVENTS, "ArchivedEvents-ByteHrs", "GB-Mo", 1, KEPT_UNITS, 1, 0},
    [BILL_POST] = {TOPICS, "DeliveryAttempts-HTTP", "Notifications", 1, 1, 1, 0},
};

static const struct field sum_fields[] = {
    F_INT(struct bill_sum, high, "High", "Its upper half."),
    F_INT(struct bill_sum, low, "Low", "Its lower half."),
};
const struct shape bill_sum_shape = SHAPE("BillSum", struct bill_sum, sum_fields);

#define F_PAST(m, NAME, ...) \
    F_EMBED(struct bill_past, m, struct bill_sum, &bill_sum_shape, NAME, __VA_ARGS__, \
            .flags = FIELD_RARE)

static const struct field line_fields[] = {
    F_INT(struct bill_line, units, "Units", "What is in force."),
    F_INT(struct bill_line, rate, "Rate", "What it costs."),
    F_TIME(struct bill_line, since, "Since", "Until when it is charged."),
    F_EMBED(struct bill_line, quantity, struct bill_sum, &bill_sum_shape, "Quantity",
            "What was used."),
    F_PAST(cost, "Cost", "What that cost, in sessions of before the next was."),
    F_PAST(beside, "Beside", "What it cost beside that, at its present rate."),
    F_PAST(old_quantity, "OldQuantity", "What was used before it last began."),
    F_PAST(old_cost, "OldCost", "What that cost."),
    F_INT(struct bill_line, variant, "Variant", "Of what type."),
    F_INT(struct bill_line, usage, "Usage", "What it is."),
};
static const struct shape line_shape =
    SHAPE_WITH_RARE("BillLine", struct bill_line, past, line_fields);

static const struct field item_fields[] = {
    F_INT(struct bill_item, key, "Key", "The thing."),
    F_INT(struct bill_item, account, "Account", "Who pays."),
    F_STRING(struct bill_more, name, "Name", "Its ARN.", .flags = FIELD_RARE),
    F_INT(struct bill_item, kind, "Kind", "What it is."),
    F_INT(struct bill_item, region, "Region", "Where it is."),
    F_EMBED(struct bill_item, first, struct bill_line, &line_shape, "First", "What it uses."),
    F_LIST(struct bill_more, lines, struct bill_line, &line_shape, "Lines", "What else it uses.",
           .flags = FIELD_RARE),
};
const struct shape bill_item_shape =
    SHAPE_WITH_RARE("BillItem", struct bill_item, more, item_fields);

static const struct field book_fields[] = {
    F_INT(struct bill_book, key, "Key", "1."),
    F_TIME(struct bill_book, began, "Began", "Since when all is charged."),
    F_INT(struct bill_book, form, "Form", "What lines look like."),
};
const struct shape bill_book_shape = SHAPE("BillBook", struct bill_book, book_fields);
