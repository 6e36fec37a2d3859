/*
 * cloud/guest_system.c - the words of a guest that ask about the system or change its power.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/guest_inside.h"
#include "sim/clock.h"

static int run_true(struct guest_command *command)
{
    (void)command;
    return 0;
}

static int run_false(struct guest_command *command)
{
    (void)command;
    return 1;
}

static int run_pwd(struct guest_command *command)
{
    str_addf(command->out, "%s\n", command->job->folder);
    return 0;
}

static int run_cd(struct guest_command *command)
{
    const char *word = command->count > 1 ? command->words[1] : "~";
    const char *path = command_path(command, word);
    enum files_error error;
    const struct file_node *node = files_find(&command->files, path, &error);

    if (node != NULL && node->kind != FILE_FOLDER)
        error = FILES_NOT_FOLDER;
    else if (node != NULL && !files_may(&command->files, node, 1))
        error = FILES_DENIED;
    if (error != FILES_OK) {
        str_addf(command->err, "bash: cd: %s: %s\n", word, files_error_text(error));
        return 1;
    }
    free(command->job->folder);
    command->job->folder = xstrdup(path);
    return 0;
}

static int run_whoami(struct guest_command *command)
{
    str_addf(command->out, "%s\n", command->user);
    return 0;
}

static int run_id(struct guest_command *command)
{
    const char *user =
        command->count > 1 && command->words[1][0] != '-' ? command->words[1] : command->user;
    unsigned number = strcmp(user, "root") == 0 ? 0 : 1000;

    if (command->count > 1 && strcmp(command->words[1], "-u") == 0)
        str_addf(command->out, "%u\n", number);
    else if (number == 0)
        str_add(command->out, "uid=0(root) gid=0(root) groups=0(root)\n");
    else
        str_addf(command->out, "uid=1000(%s) gid=1000(%s) groups=1000(%s),10(wheel)\n", user, user,
                 user);
    return 0;
}

static int set_hostname(struct guest_command *command, const char *name)
{
    const char *text = arena_printf(command->arena, "%s\n", name);

    if (command->files.user != 0) {
        str_add(command->err, "hostname: you must be root to change the host name\n");
        return 1;
    }
    return files_write(&command->files, "/etc/hostname",
                       (struct blob){.bytes = (char *)(uintptr_t)text, .size = strlen(text)},
                       false) == FILES_OK
               ? 0
               : 1;
}

static int run_hostname(struct guest_command *command)
{
    const char *name = guest_hostname(command->guests, command->guest, command->arena);
    struct guest_facts facts;

    if (command->count == 1) {
        str_addf(command->out, "%s\n", name);
        return 0;
    }
    if (strcmp(command->words[1], "-f") == 0) {
        str_addf(command->out, "%s\n", name);
    } else if (strcmp(command->words[1], "-s") == 0) {
        str_addf(command->out, "%.*s\n", (int)strcspn(name, "."), name);
    } else if (strcmp(command->words[1], "-I") == 0 || strcmp(command->words[1], "-i") == 0) {
        guest_facts(command->guests, command->guest, command->arena, &facts);
        str_addf(command->out, "%s \n", facts.private_ip == NULL ? "127.0.0.1" : facts.private_ip);
    } else if (command->words[1][0] == '-') {
        return command_option(command, command->words[1]);
    } else {
        return set_hostname(command, command->words[1]);
    }
    return 0;
}

static int run_hostnamectl(struct guest_command *command)
{
    if (command->count == 3 && (strcmp(command->words[1], "set-hostname") == 0 ||
                                strcmp(command->words[1], "hostname") == 0))
        return set_hostname(command, command->words[2]);
    str_addf(command->out, " Static hostname: %s\n",
             guest_hostname(command->guests, command->guest, command->arena));
    return 0;
}

static int run_uname(struct guest_command *command)
{
    bool all = command->count > 1 && strcmp(command->words[1], "-a") == 0;
    const char *release = strcmp(files_label(&command->files), "al2023") == 0
                              ? "6.12.58-82.121.amzn2023"
                              : "6.8.0-1044-aws";
    const char *host = guest_hostname(command->guests, command->guest, command->arena);

    if (all)
        str_addf(command->out, "Linux %s %s #1 SMP GNU/Linux\n", host, release);
    else if (command->count > 1 && strcmp(command->words[1], "-r") == 0)
        str_addf(command->out, "%s\n", release);
    else if (command->count > 1 && strcmp(command->words[1], "-n") == 0)
        str_addf(command->out, "%s\n", host);
    else if (command->count > 1)
        return command_option(command, command->words[1]);
    else
        str_add(command->out, "Linux\n");
    return 0;
}

static int run_date(struct guest_command *command)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct civil now = clock_to_civil(command->files.now);

    if (command->count > 1 && strcmp(command->words[1], "+%s") == 0) {
        str_addf(command->out, "%" PRId64 "\n", command->files.now / SECOND_NS);
        return 0;
    }
    if (command->count > 1 && strcmp(command->words[1], "-u") != 0) {
        str_addf(command->err, "date: '%s': only `date` and `date +%%s` are modelled\n",
                 command->words[1]);
        return 1;
    }
    str_addf(command->out, "%.3s %.3s %2d %02d:%02d:%02d UTC %d\n", days + now.weekday * 3,
             months + (now.month - 1) * 3, now.day, now.hour, now.minute, now.second, now.year);
    return 0;
}

static int run_uptime(struct guest_command *command)
{
    struct civil now = clock_to_civil(command->files.now);
    int64_t minutes = (command->files.now - command->guest->booted_at) / MINUTE_NS;

    str_addf(command->out, " %02d:%02d:%02d up ", now.hour, now.minute, now.second);
    if (minutes >= 24 * 60)
        str_addf(command->out, "%" PRId64 " day%s, ", minutes / (24 * 60),
                 minutes / (24 * 60) == 1 ? "" : "s");
    if (minutes % (24 * 60) >= 60)
        str_addf(command->out, "%2" PRId64 ":%02" PRId64, minutes / 60 % 24, minutes % 60);
    else
        str_addf(command->out, "%" PRId64 " min", minutes % 60);
    str_add(command->out, ",  1 user,  load average: 0.00, 0.00, 0.00\n");
    return 0;
}

/* Device names as the guest sees them: Nitro shows EBS volumes as NVMe disks. */
static int run_df(struct guest_command *command)
{
    uint64_t size = command->files.disk_pages * FILE_PAGE / 1024;
    uint64_t used = files_used_pages(&command->files) * FILE_PAGE / 1024;
    bool human = command->count > 1 && strchr(command->words[1], 'h') != NULL;
    unsigned percent = (unsigned)((used * 100 + size - 1) / size);

    if (human)
        str_addf(command->out,
                 "Filesystem      Size  Used Avail Use%% Mounted on\n"
                 "/dev/nvme0n1p1 %4" PRIu64 "G %4" PRIu64 ".%" PRIu64 "G %4" PRIu64 ".%" PRIu64
                 "G %3u%% /\n",
                 size >> 20, used >> 20, (used & 0xfffff) * 10 >> 20, (size - used) >> 20,
                 ((size - used) & 0xfffff) * 10 >> 20, percent);
    else
        str_addf(command->out,
                 "Filesystem     1K-blocks    Used Available Use%% Mounted on\n"
                 "/dev/nvme0n1p1 %9" PRIu64 " %7" PRIu64 " %9" PRIu64 " %3u%% /\n",
                 size, used, size - used, percent);
    return 0;
}

static int run_lsblk(struct guest_command *command)
{
    uint32_t count;
    const int64_t *ids = volumes_of(command->guests->volumes, command->guest->key, &count);

    str_add(command->out, "NAME          MAJ:MIN RM SIZE RO TYPE MOUNTPOINTS\n");
    for (uint32_t i = 0; i < count; i++) {
        const struct volume *volume = table_get(&command->guests->volumes->table, (uint64_t)ids[i]);

        str_addf(command->out, "nvme%un1       259:%u    0 %3" PRIu32 "G  0 disk\n", i, i,
                 volume->size_gib);
        if (volume->key == command->guest->root_volume)
            str_addf(command->out, "└─nvme%un1p1   259:%u    0 %3" PRIu32 "G  0 part /\n", i, i + 8,
                     volume->size_gib);
    }
    return 0;
}

static int run_free(struct guest_command *command)
{
    struct guest_facts facts;
    bool mega = command->count > 1 && strchr(command->words[1], 'm') != NULL;
    uint64_t total;

    guest_facts(command->guests, command->guest, command->arena, &facts);
    total = facts.memory_mib == 0 ? 1024 : facts.memory_mib;
    total = total * 93 / 100 * (mega ? 1 : 1024);
    str_addf(command->out,
             "               total        used        free      shared  buff/cache   available\n"
             "Mem:    %12" PRIu64 "%12" PRIu64 "%12" PRIu64 "%12u%12" PRIu64 "%12" PRIu64 "\n"
             "Swap:              0           0           0\n",
             total, total / 6, total / 2, 0u, total - total / 6 - total / 2, total - total / 6);
    return 0;
}

static int run_ps(struct guest_command *command)
{
    uint32_t number = 1700;

    str_add(command->out, "    PID TTY          TIME CMD\n      1 ?        00:00:01 systemd\n");
    if (unit_running(command->guest, "sshd"))
        str_add(command->out, "   1612 ?        00:00:00 sshd\n");
    for (uint32_t i = 0; i < guest_rare(command->guest)->units.count; i++) {
        if (guest_rare(command->guest)->units.items[i].running)
            str_addf(command->out, "%7" PRIu32 " ?        00:00:00 %s\n", number++,
                     guest_rare(command->guest)->units.items[i].name);
    }
    return 0;
}

/* ---- time and power ---- */

static int run_sync(struct guest_command *command)
{
    files_flush(&command->files);
    return 0;
}

static int64_t sync_time(const struct guest_command *command)
{
    return command->files.pages->nodes.count == 0 ? 0 : 20 * MILLISECOND_NS;
}

static int run_sleep(struct guest_command *command)
{
    if (command->count == 2 &&
        command->words[1][strspn(command->words[1], "0123456789smh")] == '\0')
        return 0;
    str_addf(command->err, "sleep: invalid time interval '%s'\n",
             command->count > 1 ? command->words[1] : "");
    return 1;
}

static int64_t sleep_time(const struct guest_command *command)
{
    char *end;
    unsigned long long value;

    if (command->count != 2 || command->words[1][0] < '0' || command->words[1][0] > '9')
        return 0;
    value = strtoull(command->words[1], &end, 10);
    value = value > 1000000 ? 1000000 : value;
    return (int64_t)value * (*end == 'm' ? MINUTE_NS : *end == 'h' ? HOUR_NS : SECOND_NS);
}

static int run_power(struct guest_command *command)
{
    bool restart = strcmp(command->words[0], "reboot") == 0 ||
                   (command->count > 1 && strcmp(command->words[0], "shutdown") == 0 &&
                    strcmp(command->words[1], "-r") == 0);

    if (command->files.user != 0) {
        str_addf(command->err,
                 "Failed to set wall message, ignoring: Interactive authentication required.\n"
                 "Call to %s failed: Interactive authentication required.\n",
                 restart ? "Reboot" : "PowerOff");
        return 1;
    }
    guest_power_off(command->guests, command->guest, restart);
    return 0;
}

const struct guest_word guest_system_words[] = {
    {.name = "true", .run = run_true},
    {.name = ":", .run = run_true},
    {.name = "false", .run = run_false},
    {.name = "pwd", .run = run_pwd},
    {.name = "cd", .run = run_cd},
    {.name = "whoami", .run = run_whoami},
    {.name = "id", .run = run_id},
    {.name = "hostname", .run = run_hostname},
    {.name = "hostnamectl", .run = run_hostnamectl},
    {.name = "uname", .run = run_uname},
    {.name = "date", .run = run_date},
    {.name = "uptime", .run = run_uptime},
    {.name = "df", .run = run_df},
    {.name = "lsblk", .run = run_lsblk},
    {.name = "free", .run = run_free},
    {.name = "ps", .run = run_ps},
    {.name = "sync", .run = run_sync, .time_ns = sync_time},
    {.name = "sleep", .run = run_sleep, .time_ns = sleep_time},
    {.name = "reboot", .run = run_power},
    {.name = "poweroff", .run = run_power},
    {.name = "halt", .run = run_power},
    {.name = "shutdown", .run = run_power},
    {.name = NULL},
};
