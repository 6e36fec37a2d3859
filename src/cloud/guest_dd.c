/*
 * cloud/guest_dd.c - dd: bytes from a file or a disk, at the speed of the volume behind it.
 *
 * True to GNU dd's last line.  What it reads of a volume that was made from a snapshot may still be
 * in S3: that is how AWS's user guide has a volume initialized (`dd if=/dev/xvdf of=/dev/null`).
 * Left out: bytes that are copied from one file into another (only their number counts), files that
 * are still in memory.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/guest_inside.h"
#include "sim/clock.h"

/* "4k", "1M", "512": bytes; 0 when it is no such number. */
static uint64_t size_of(const char *text)
{
    char *end;
    uint64_t value = strtoull(text, &end, 10);
    uint64_t unit = *end == '\0'         ? 1
                    : (*end | 32) == 'k' ? 1 << 10
                    : (*end | 32) == 'm' ? 1 << 20
                    : (*end | 32) == 'g' ? 1 << 30
                                         : 0;

    if (*text < '0' || *text > '9' || (*end != '\0' && end[1] != '\0' && strcmp(end + 1, "B") != 0))
        return 0;
    return unit == 0 || value > (UINT64_C(1) << 46) / unit ? 0 : value * unit;
}

/* What is read or written. */
enum end_kind { END_NONE, END_ZEROS, END_NOTHING, END_FILE, END_DISK };

struct dd {
    const char *from;
    const char *to;
    uint64_t block;
    uint64_t count; /* UINT64_MAX: all there is */
    enum end_kind in;
    enum end_kind out;
    struct volume *disk;          /* of END_DISK */
    const struct file_node *node; /* of an END_FILE that is read */
    uint64_t size;                /* in bytes */
};

/* The volume at a device of the guest: /dev/sdf, /dev/xvdf or /dev/nvme1n1; NULL: there is none. */
static struct volume *disk_at(const struct guest_command *command, const char *path)
{
    const struct volumes *volumes = command->guests->volumes;
    uint64_t instance = command->guest->key;
    uint32_t count;
    const int64_t *ids = volumes_of(volumes, instance, &count);

    for (uint32_t i = 0; i < count; i++) {
        struct volume *volume = table_get(&volumes->table, (uint64_t)ids[i]);
        const struct volume_attachment *attachment = volume_attachment_find(volume, instance);
        const char *device = attachment->device;
        char nvme[32];

        if (attachment->state != ATTACHMENT_ATTACHED)
            continue;
        device += str_starts(device, "/dev/") ? 5 : 0;
        device += str_starts(device, "xvd") ? 3 : str_starts(device, "sd") ? 2 : 0;
        snprintf(nvme, sizeof(nvme), "/dev/nvme%" PRIu32 "n1", i);
        if (strcmp(path, nvme) == 0 ||
            (str_starts(path, "/dev/xvd") && strcmp(path + 8, device) == 0) ||
            (str_starts(path, "/dev/sd") && strcmp(path + 7, device) == 0))
            return volume;
    }
    return NULL;
}

static enum end_kind end_of(const struct guest_command *command, struct dd *dd, const char *path)
{
    if (strcmp(path, "/dev/null") == 0)
        return END_NOTHING;
    if (strcmp(path, "/dev/zero") == 0 || str_starts(path, "/dev/u")) /* one byte is like another */
        return END_ZEROS;
    if (str_starts(path, "/dev/")) {
        dd->disk = disk_at(command, path);
        return dd->disk == NULL ? END_NONE : END_DISK;
    }
    return END_FILE;
}

static bool dd_options(const struct guest_command *command, struct dd *dd)
{
    *dd = (struct dd){.block = 512, .count = UINT64_MAX};
    for (uint32_t i = 1; i < command->count; i++) {
        const char *word = command->words[i];

        if (str_starts(word, "if="))
            dd->from = word + 3;
        else if (str_starts(word, "of="))
            dd->to = word + 3;
        else if (str_starts(word, "bs="))
            dd->block = size_of(word + 3);
        else if (str_starts(word, "count="))
            dd->count = size_of(word + 6);
        else if (!str_starts(word, "status=") && !str_starts(word, "conv=") &&
                 !str_starts(word, "oflag=") && !str_starts(word, "iflag="))
            return false;
    }
    return dd->from != NULL && dd->to != NULL && dd->block != 0 &&
           (dd->count == UINT64_MAX || dd->count < (UINT64_C(1) << 46) / dd->block);
}

/* True when it is something that dd does here; fills in all of it. */
static bool dd_read(const struct guest_command *command, struct dd *dd)
{
    struct files files = command->files;
    uint64_t all = UINT64_MAX;

    if (!dd_options(command, dd))
        return false;
    dd->in = end_of(command, dd, dd->from);
    dd->out = dd->in == END_DISK && !str_equal(dd->to, "/dev/null")
                  ? END_NONE
                  : end_of(command, dd, dd->to);
    if (dd->in == END_FILE) {
        dd->node = files_find(&files, command_path(command, dd->from), NULL);
        all = dd->node == NULL ? 0 : dd->node->size;
    }
    if (dd->disk != NULL)
        all = (uint64_t)dd->disk->size_gib << 30;
    if (dd->in == END_ZEROS && dd->count == UINT64_MAX && dd->out != END_DISK)
        return false;
    dd->size = dd->count == UINT64_MAX || dd->count * dd->block > all ? all
                                                                      : dd->count * dd->block;
    return dd->in != END_NOTHING || dd->out != END_DISK;
}

/* ---- how long ---- */

static int64_t time_of_disk(const struct guest_command *command, const struct dd *dd)
{
    const uint64_t blocks = (dd->size + BLOCK_BYTES - 1) / BLOCK_BYTES;

    if (dd->in == END_DISK)
        return volume_read(command->guests->volumes, dd->disk,
                           (struct volume_read){.count = blocks}, NULL);
    return volume_io(command->guests->volumes, dd->disk, dd->size);
}

static int64_t dd_time(const struct guest_command *command)
{
    struct volumes *volumes = command->guests->volumes;
    const struct volume *root = table_find(&volumes->table, command->guest->root_volume);
    int64_t time = 0;
    struct dd dd;

    if (!dd_read(command, &dd) || dd.in == END_NONE || dd.out == END_NONE || root == NULL ||
        (dd.disk != NULL && strcmp(command->user, "root") != 0))
        return 0;
    if (dd.disk != NULL)
        return time_of_disk(command, &dd);
    if (dd.node != NULL && dd.node->pages > 0)
        time = volume_read(volumes, root,
                           (struct volume_read){
                               .first = (uint64_t)dd.node->page * FILE_PAGE / BLOCK_BYTES,
                               .count = (dd.size + BLOCK_BYTES - 1) / BLOCK_BYTES,
                           },
                           NULL);
    return dd.out == END_FILE ? volume_io(volumes, root, dd.size) : time;
}

/* ---- what it does ---- */

/* "1.1 GB": two digits, or whole ones; units of 1000, or of 1024. */
static void add_amount(struct str *out, uint64_t bytes, uint64_t unit)
{
    static const char *const names[] = {"", "k", "M", "G", "T"};
    uint64_t size = 1;
    size_t name = 0;

    while (bytes / size >= unit && name + 1 < sizeof(names) / sizeof(names[0])) {
        size *= unit;
        name++;
    }
    if (bytes / size < 10)
        str_addf(out, "%" PRIu64 ".%" PRIu64, bytes / size, bytes % size * 10 / size);
    else
        str_addf(out, "%" PRIu64, bytes / size);
    str_addf(out, " %s%s", unit == 1000 ? names[name] : name == 1 ? "K" : names[name],
             unit == 1000 ? "B" : "iB");
}

static void report(struct guest_command *command, const struct dd *dd)
{
    int64_t took_us = command->job->waited_ns / MICROSECOND_NS;
    uint64_t whole = dd->size / dd->block;
    unsigned part = dd->size % dd->block != 0;

    str_addf(command->err,
             "%" PRIu64 "+%u records in\n%" PRIu64 "+%u records out\n%" PRIu64 " bytes", whole,
             part, whole, part, dd->size);
    if (dd->size >= 1000) {
        str_add(command->err, " (");
        add_amount(command->err, dd->size, 1000);
        if (dd->size >= 1024) {
            str_add(command->err, ", ");
            add_amount(command->err, dd->size, 1024);
        }
        str_add(command->err, ")");
    }
    str_add(command->err, " copied");
    if (took_us > 0) {
        str_addf(command->err, ", %" PRId64 ".%04" PRId64 " s, ", took_us / 1000000,
                 took_us % 1000000 / 100);
        add_amount(command->err,
                   took_us < 1000 ? dd->size * 1000000 / (uint64_t)took_us
                                  : dd->size / ((uint64_t)took_us / 1000) * 1000,
                   1000);
        str_add(command->err, "/s");
    }
    str_add(command->err, "\n");
}

static int cannot_open(struct guest_command *command, const char *path, const char *why)
{
    str_addf(command->err, "dd: failed to open '%s': %s\n", path, why);
    return 1;
}

static int run_dd(struct guest_command *command)
{
    enum files_error error = FILES_OK;
    struct dd dd;

    if (!dd_read(command, &dd)) {
        str_add(command->err, "dd: usage modelled here: dd if=/dev/zero of=FILE bs=SIZE count=N, "
                              "or if=DISK of=/dev/null\n");
        return 1;
    }
    if (dd.in == END_NONE || dd.out == END_NONE)
        return cannot_open(command, dd.in == END_NONE ? dd.from : dd.to,
                           "No such file or directory");
    if (dd.disk != NULL && strcmp(command->user, "root") != 0)
        return cannot_open(command, dd.in == END_DISK ? dd.from : dd.to, "Permission denied");
    if (dd.in == END_FILE &&
        files_find(&command->files, command_path(command, dd.from), &error) == NULL)
        return cannot_open(command, dd.from, files_error_text(error));
    if (dd.out == END_DISK && dd.disk->key == command->guest->root_volume)
        return cannot_open(command, dd.to, "Device or resource busy");
    if (dd.out == END_DISK)
        volume_touch(command->guests->volumes, dd.disk, 0,
                     (dd.size + BLOCK_BYTES - 1) / BLOCK_BYTES);
    else if (dd.out == END_FILE)
        error = files_fill(&command->files, command_path(command, dd.to), dd.size);
    if (error != FILES_OK) {
        str_addf(command->err,
                 error == FILES_FULL ? "dd: error writing '%s': %s\n"
                                     : "dd: failed to open '%s': %s\n",
                 dd.to, files_error_text(error));
        return 1;
    }
    report(command, &dd);
    return 0;
}

const struct guest_word guest_disk_words[] = {
    {.name = "dd", .run = run_dd, .time_ns = dd_time},
    {0},
};
