/*
 * cloud/catalog.c - what AWS offers: Regions, instance types, public images, packages, prices.
 *
 * Owns    copies of the texts of assets/catalog, cut into fields in place; all strings point into
 * them.
 *
 * A line is fields with " | " between; "-" stands for nothing; "#" begins a comment line.
 */
#include "cloud/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/bug.h"
#include "base/str.h"
#include "sim/clock.h"

enum { FIELDS_MAX = 24, WORDS_MAX = 8 };

struct line {
    char *fields[FIELDS_MAX];
    int count;
    bool indented;
};

/* A text that is being cut. */
struct reader {
    const char *name; /* of the file, for the BUG */
    char *next;
    int number;
};

static char *blank_cut(char *text)
{
    char *end = text + strlen(text);

    while (*text == ' ')
        text++;
    while (end > text && end[-1] == ' ')
        *--end = '\0';
    return text;
}

/* The next line that holds data; false at the end. */
static bool line_read(struct reader *reader, struct line *line)
{
    while (*reader->next != '\0') {
        char *text = reader->next;
        char *end = strchr(text, '\n');

        reader->number++;
        reader->next = end == NULL ? text + strlen(text) : end + 1;
        if (end != NULL)
            *end = '\0';
        if (text[0] == '#' || text[0] == '\0')
            continue;
        *line = (struct line){ .indented = text[0] == ' ' };
        while (text != NULL) {
            char *bar = strstr(text, " | ");

            if (line->count == FIELDS_MAX)
                BUG("%s:%d: too many fields", reader->name, reader->number);
            if (bar != NULL)
                *bar = '\0';
            text = blank_cut(text);
            line->fields[line->count++] = str_equal(text, "-") ? text + 1 : text;
            text = bar == NULL ? NULL : bar + 3;
        }
        return true;
    }
    return false;
}

static void line_expect(const struct reader *reader, const struct line *line, int count)
{
    if (line->count != count)
        BUG("%s:%d: %d fields, not %d", reader->name, reader->number, line->count, count);
}

static int64_t number_read(const struct reader *reader, const char *text)
{
    char *end;
    long long value;

    if (text[0] == '\0')
        return 0;
    value = strtoll(text, &end, 10);
    if (*end != '\0' || value < 0)
        BUG("%s:%d: the number '%s'", reader->name, reader->number, text);
    return value;
}

static uint32_t small_read(const struct reader *reader, const char *text)
{
    int64_t value = number_read(reader, text);

    if (value > UINT32_MAX)
        BUG("%s:%d: the number '%s'", reader->name, reader->number, text);
    return (uint32_t)value;
}

/* Cuts a field into words at blanks; how many. */
static int words_cut(char *text, char *words[WORDS_MAX])
{
    int count = 0;

    while (*text != '\0' && count < WORDS_MAX) {
        words[count++] = text;
        text += strcspn(text, " ");
        while (*text == ' ')
            *text++ = '\0';
    }
    return count;
}

static bool yes_read(const char *text)
{
    return str_equal(text, "yes");
}

static int64_t time_read(const struct reader *reader, const char *text)
{
    int64_t time = 0;

    if (text[0] != '\0' && !clock_parse(text, &time))
        BUG("%s:%d: the time '%s'", reader->name, reader->number, text);
    return time;
}

static uint32_t architectures_read(const struct reader *reader, const char *text)
{
    uint32_t bits = 0;

    while (*text != '\0') {
        size_t length = strcspn(text, ",");

        if (length == 6 && strncmp(text, "x86_64", length) == 0)
            bits |= ARCH_X86_64;
        else if (length == 5 && strncmp(text, "arm64", length) == 0)
            bits |= ARCH_ARM64;
        else if (length == 4 && strncmp(text, "i386", length) == 0)
            bits |= ARCH_I386;
        else
            BUG("%s:%d: the architecture '%s'", reader->name, reader->number, text);
        text += length;
        if (*text == ',')
            text++;
    }
    return bits;
}

/* Room for one more row, in the catalog's memory. */
#define ROW_ADD(catalog, rows, count) \
    ((rows) = row_reserve(&(catalog)->memory, (rows), (count), sizeof(*(rows))), (rows) + (count)++)

static void *row_reserve(struct arena *arena, void *rows, uint32_t count, size_t size)
{
    void *larger;

    if (count != 0 && (count & (count - 1)) != 0)
        return rows;
    larger = arena_alloc(arena, (count == 0 ? 1 : count * 2) * size);
    if (count != 0)
        memcpy(larger, rows, count * size);
    return larger;
}

static void regions_read(struct catalog *catalog, struct reader *reader)
{
    struct catalog_region *region = NULL;
    struct line line;
    int zone = ZONES_PER_REGION;

    while (line_read(reader, &line)) {
        if (line.indented) {
            line_expect(reader, &line, 3);
            if (zone == ZONES_PER_REGION)
                BUG("%s:%d: one zone too many", reader->name, reader->number);
            region->zones[zone++] = (struct catalog_zone){
                line.fields[0],
                line.fields[1],
                line.fields[2],
            };
            continue;
        }
        line_expect(reader, &line, 4);
        if (zone != ZONES_PER_REGION || catalog->region_count == CATALOG_REGIONS_MAX)
            BUG("%s:%d: a zone is missing before it", reader->name, reader->number);
        region = ROW_ADD(catalog, catalog->regions, catalog->region_count);
        *region = (struct catalog_region){
            .name = line.fields[0],
            .place = line.fields[1],
            .opt_in = line.fields[2],
            .geography = line.fields[3],
        };
        zone = 0;
    }
    if (zone != ZONES_PER_REGION)
        BUG("%s: a zone is missing at the end", reader->name);
}

/* "2 x 900 ssd" and "4 x NVIDIA A10G 22888". */
static void devices_read(const struct reader *reader, struct catalog *catalog,
                         struct catalog_type *type, char *const fields[2])
{
    char *words[WORDS_MAX];
    int count = words_cut(fields[0], words);

    type->disk_type = "";
    if (count == 4) {
        type->disks = small_read(reader, words[0]);
        type->disk_gb = small_read(reader, words[2]);
        type->disk_type = words[3];
    } else if (count != 0) {
        BUG("%s:%d: disks", reader->name, reader->number);
    }
    count = words_cut(fields[1], words);
    type->accelerator = "";
    if (count == 5) {
        type->accelerators = small_read(reader, words[0]);
        type->accelerator = arena_printf(&catalog->memory, "%s %s", words[2], words[3]);
        type->accelerator_memory_mib = small_read(reader, words[4]);
    } else if (count != 0) {
        BUG("%s:%d: accelerators", reader->name, reader->number);
    }
}

/* The fields that hold several numbers. */
static void rates_read(const struct reader *reader, struct catalog_type *type,
                       char *const fields[])
{
    char *words[WORDS_MAX];

    if (words_cut(fields[9], words) != 2)
        BUG("%s:%d: network rates", reader->name, reader->number);
    type->network_mbps = small_read(reader, words[0]);
    type->network_peak_mbps = small_read(reader, words[1]);
    if (words_cut(fields[10], words) != 2)
        BUG("%s:%d: interfaces", reader->name, reader->number);
    type->interfaces = small_read(reader, words[0]);
    type->interface_addresses = small_read(reader, words[1]);
    if (words_cut(fields[13], words) == 2) {
        type->burstable = true;
        type->credits_milli_hour = small_read(reader, words[0]);
        type->baseline_milli_percent = small_read(reader, words[1]);
    }
    if (words_cut(fields[17], words) == 4) {
        type->ebs_optimized = true;
        type->ebs_mbps = small_read(reader, words[0]);
        type->ebs_peak_mbps = small_read(reader, words[1]);
        type->ebs_iops = small_read(reader, words[2]);
        type->ebs_peak_iops = small_read(reader, words[3]);
    }
}

static void types_read(struct catalog *catalog, struct reader *reader)
{
    struct line line;

    while (line_read(reader, &line)) {
        struct catalog_type *type = ROW_ADD(catalog, catalog->types, catalog->type_count);
        char *const *f = line.fields;

        line_expect(reader, &line, 22);
        *type = (struct catalog_type){
            .name = f[0],
            .family = arena_strndup(&catalog->memory, f[0], strcspn(f[0], ".")),
            .vcpus = small_read(reader, f[1]),
            .cores = small_read(reader, f[2]),
            .threads = small_read(reader, f[3]),
            .memory_mib = small_read(reader, f[4]),
            .architectures = architectures_read(reader, f[5]),
            .maker = f[6],
            .clock_mhz = small_read(reader, f[7]),
            .network = f[8],
            .hypervisor = f[14],
            .bare_metal = yes_read(f[15]),
            .current = yes_read(f[16]),
            .boot_modes = f[18],
            .free_tier = yes_read(f[19]),
            .price_nano_usd_hour = number_read(reader, f[20]),
        };
        devices_read(reader, catalog, type, f + 11);
        rates_read(reader, type, f);
    }
}

/* ---- how fast things are ---- */

/* Is that a type of the family, or the type itself? */
static bool type_is(const struct catalog_type *type, const char *name)
{
    return str_equal(type->name, name) || str_equal(type->family, name);
}

static void performance_row(struct catalog_type *type, const struct reader *reader, char *const *f)
{
    if (str_equal(f[1], "cpu")) {
        if (!type_is(type, f[0]))
            return;
        type->memory_mbs = (uint32_t)(number_read(reader, f[2]) * number_read(reader, f[3]) /
                                      number_read(reader, f[4]));
        type->flop_per_cycle = small_read(reader, f[5]);
    } else if (str_equal(f[1], "disk")) {
        if (!str_equal(type->name, f[0]))
            return;
        type->disk_read_iops = small_read(reader, f[2]);
        type->disk_write_iops = small_read(reader, f[3]);
    } else if (str_equal(f[1], "accelerator")) {
        if (!str_equal(type->accelerator, f[0]))
            return;
        type->accelerator_gflops = small_read(reader, f[2]);
    } else {
        BUG("%s:%d: '%s'", reader->name, reader->number, f[1]);
    }
}

/* A family's line before that of a type which differs from it. */
static void performance_read(struct catalog *catalog, struct reader *reader)
{
    struct line line;

    while (line_read(reader, &line)) {
        line_expect(reader, &line, 7);
        for (uint32_t i = 0; i < catalog->type_count; i++)
            performance_row(&catalog->types[i], reader, line.fields);
    }
}

/* "8 x 3750 ssd" and "1 x 25000". */
static void hosts_read(struct catalog *catalog, struct reader *reader)
{
    struct line line;

    while (line_read(reader, &line)) {
        struct catalog_host *host = ROW_ADD(catalog, catalog->hosts, catalog->host_count);
        char *const *f = line.fields;
        char *words[WORDS_MAX];

        line_expect(reader, &line, 9);
        *host = (struct catalog_host){
            .family = f[0],
            .sockets = small_read(reader, f[1]),
            .cores = small_read(reader, f[2]),
            .threads = small_read(reader, f[3]),
            .memory_mib = small_read(reader, f[4]),
            .disk_type = "",
            .dedicated = yes_read(f[7]),
        };
        if (words_cut(f[5], words) == 4) {
            host->disks = small_read(reader, words[0]);
            host->disk_gb = small_read(reader, words[2]);
            host->disk_type = words[3];
        }
        if (words_cut(f[6], words) != 3)
            BUG("%s:%d: network cards", reader->name, reader->number);
        host->nics = small_read(reader, words[0]);
        host->nic_mbps = small_read(reader, words[2]);
    }
}

static void images_read(struct catalog *catalog, struct reader *reader)
{
    struct line line;

    while (line_read(reader, &line)) {
        struct catalog_image *image = ROW_ADD(catalog, catalog->images, catalog->image_count);
        char *const *f = line.fields;

        line_expect(reader, &line, 16);
        *image = (struct catalog_image){
            .name = f[0],
            .description = f[1],
            .owner = (uint64_t)number_read(reader, f[2]),
            .owner_alias = f[3],
            .distribution = f[4],
            .architecture = architectures_read(reader, f[5]),
            .platform = f[6],
            .user = f[7],
            .root_device = f[8],
            .size_gib = small_read(reader, f[9]),
            .volume_type = f[10],
            .boot_mode = f[11],
            .imds = f[12],
            .created = time_read(reader, f[13]),
            .deprecated = time_read(reader, f[14]),
        };
    }
}

/* "80"; "53+udp": datagrams too; "161/udp": nothing but datagrams. */
static void ports_read(const struct reader *reader, char *text, struct catalog_package *package)
{
    char *mark = strpbrk(text, "+/");
    bool both = mark == NULL || *mark == '+';
    uint16_t port;

    if (mark != NULL && !str_equal(mark + 1, "udp"))
        BUG("%s:%d: the port '%s'", reader->name, reader->number, text);
    if (mark != NULL)
        *mark = '\0';
    port = (uint16_t)number_read(reader, text);
    package->port = both ? port : 0;
    package->udp_port = mark == NULL ? 0 : port;
}

static void packages_read(struct catalog *catalog, struct reader *reader)
{
    struct line line;

    while (line_read(reader, &line)) {
        struct catalog_package *package = ROW_ADD(catalog, catalog->packages,
                                                  catalog->package_count);
        char *const *f = line.fields;

        line_expect(reader, &line, 10);
        *package = (struct catalog_package){
            .distribution = f[0],
            .name = f[1],
            .unit = f[2],
            .root = f[3],
            .starts = yes_read(f[5]),
            .size_kib = small_read(reader, f[6]),
            .program = f[7],
            .files = f[8],
        };
        ports_read(reader, f[4], package);
    }
}

/* A column for each Region; of the line "prefix" a word in each instead. */
static void prices_read(struct catalog *catalog, struct reader *reader)
{
    struct line line;

    while (line_read(reader, &line)) {
        char *const *f = line.fields;
        struct catalog_price *price;

        line_expect(reader, &line, (int)catalog->region_count + 3);
        if (str_equal(f[0], "prefix")) {
            for (uint32_t i = 0; i < catalog->region_count; i++)
                catalog->regions[i].usage_prefix = f[i + 2];
            continue;
        }
        price = ROW_ADD(catalog, catalog->prices, catalog->price_count);
        *price = (struct catalog_price){ .name = f[0], .unit = f[1] };
        for (uint32_t i = 0; i < catalog->region_count; i++)
            price->nano_usd[i] = number_read(reader, f[i + 2]);
    }
}

struct catalog *catalog_read(const struct catalog_texts *texts)
{
    struct catalog *catalog = xcalloc(1, sizeof(*catalog));
    struct arena *memory = &catalog->memory;

    regions_read(catalog, &(struct reader){ .name = "regions.txt",
                                            .next = arena_strdup(memory, texts->regions) });
    types_read(catalog, &(struct reader){ .name = "instance_types.txt",
                                          .next = arena_strdup(memory, texts->types) });
    performance_read(catalog, &(struct reader){ .name = "performance.txt",
                                                .next = arena_strdup(memory, texts->performance) });
    hosts_read(catalog, &(struct reader){ .name = "hosts.txt",
                                          .next = arena_strdup(memory, texts->hosts) });
    images_read(catalog, &(struct reader){ .name = "images.txt",
                                           .next = arena_strdup(memory, texts->images) });
    packages_read(catalog, &(struct reader){ .name = "packages.txt",
                                             .next = arena_strdup(memory, texts->packages) });
    prices_read(catalog, &(struct reader){ .name = "prices.txt",
                                           .next = arena_strdup(memory, texts->prices) });
    return catalog;
}

static const char *text_get(const char *path)
{
    const struct asset *asset = asset_find(path);

    if (asset == NULL)
        BUG("the program carries no %s", path);
    return asset_text(asset);
}

struct catalog *catalog_new(void)
{
    return catalog_read(&(struct catalog_texts){
        .regions = text_get("catalog/regions.txt"),
        .types = text_get("catalog/instance_types.txt"),
        .performance = text_get("catalog/performance.txt"),
        .hosts = text_get("catalog/hosts.txt"),
        .images = text_get("catalog/images.txt"),
        .packages = text_get("catalog/packages.txt"),
        .prices = text_get("catalog/prices.txt"),
    });
}

void catalog_free(struct catalog *catalog)
{
    if (catalog == NULL)
        return;
    arena_release(&catalog->memory);
    free(catalog);
}

int catalog_region_find(const struct catalog *catalog, const char *name)
{
    for (uint32_t i = 0; i < catalog->region_count; i++) {
        if (str_equal(catalog->regions[i].name, name))
            return (int)i;
    }
    return -1;
}

int catalog_type_find(const struct catalog *catalog, const char *name)
{
    for (uint32_t i = 0; i < catalog->type_count; i++) {
        if (str_equal(catalog->types[i].name, name))
            return (int)i;
    }
    return -1;
}

const struct catalog_host *catalog_host_find(const struct catalog *catalog, const char *family)
{
    for (uint32_t i = 0; i < catalog->host_count; i++) {
        if (str_equal(catalog->hosts[i].family, family))
            return &catalog->hosts[i];
    }
    return NULL;
}

int catalog_image_find(const struct catalog *catalog, const char *name)
{
    for (uint32_t i = 0; i < catalog->image_count; i++) {
        if (str_equal(catalog->images[i].name, name))
            return (int)i;
    }
    return -1;
}

const struct catalog_package *catalog_package_find(const struct catalog *catalog,
                                                   const char *distribution, const char *name)
{
    for (uint32_t i = 0; i < catalog->package_count; i++) {
        const struct catalog_package *package = &catalog->packages[i];

        if (str_equal(package->distribution, distribution) && str_equal(package->name, name))
            return package;
    }
    return NULL;
}

const struct catalog_zone *catalog_zone(const struct catalog *catalog, uint8_t zone)
{
    if (zone >= catalog->region_count * ZONES_PER_REGION)
        BUG("zone %u", zone);
    return &catalog->regions[zone / ZONES_PER_REGION].zones[zone % ZONES_PER_REGION];
}

const char *catalog_zone_name(const struct catalog *catalog, uint8_t zone)
{
    return catalog_zone(catalog, zone)->name;
}

int catalog_zone_find(const struct catalog *catalog, const char *name)
{
    for (uint32_t i = 0; i < catalog->region_count * ZONES_PER_REGION; i++) {
        const struct catalog_zone *zone = catalog_zone(catalog, (uint8_t)i);

        if (str_equal(zone->name, name) || str_equal(zone->id, name))
            return (int)i;
    }
    return -1;
}

const struct catalog_price *catalog_price_find(const struct catalog *catalog, const char *name)
{
    for (uint32_t i = 0; i < catalog->price_count; i++) {
        if (str_equal(catalog->prices[i].name, name))
            return &catalog->prices[i];
    }
    return NULL;
}

static const struct catalog_price *price_of(const struct catalog *catalog, const char *kind,
                                            const char *name)
{
    struct arena arena = ARENA_INIT;
    const struct catalog_price *price =
        catalog_price_find(catalog, arena_printf(&arena, "%s:%s", kind, name));

    arena_release(&arena);
    return price;
}

int64_t catalog_instance_price(const struct catalog *catalog, uint16_t type, uint8_t region,
                               bool is_windows)
{
    const struct catalog_type *row = &catalog->types[type];
    const struct catalog_price *family = price_of(catalog, "BoxUsage", row->family);
    const struct catalog_price *windows = price_of(catalog, "Windows", row->name);
    int64_t price = row->price_nano_usd_hour;

    /* Below 2^63: a type costs less than 1,000 dollars an hour, a family's size less than 8. */
    if (family != NULL && family->nano_usd[region] != family->nano_usd[0]) {
        int64_t milli = family->nano_usd[0] / 1000;

        price = (price / 1000 * (family->nano_usd[region] / 1000) + milli / 2) / milli * 1000;
    }
    if (!is_windows)
        return price;
    if (windows != NULL)
        return price + windows->nano_usd[region];
    windows = price_of(catalog, "Windows", "vCPU");
    return price + (windows == NULL ? 0 : windows->nano_usd[region] * row->vcpus);
}

int64_t catalog_dedicated_price(const struct catalog *catalog, uint16_t type, uint8_t region,
                                bool is_windows)
{
    const struct catalog_price *extra = catalog_price_find(catalog, "DedicatedUsage:more");
    int64_t linux_price = catalog_instance_price(catalog, type, region, false);
    int64_t price = catalog_instance_price(catalog, type, region, is_windows);

    return price + (extra == NULL ? 0 : linux_price / 100 * extra->nano_usd[region]);
}

int64_t catalog_host_price(const struct catalog *catalog, const char *family, uint8_t region)
{
    const struct catalog_price *price = price_of(catalog, "HostUsage", family);

    return price == NULL ? 0 : price->nano_usd[region];
}
