/*
 * cloud/guest.c - what runs inside an instance: power, boot, buffered writes, the console.
 *
 * Owns    struct guest.
 * Moves   off -> booting -> up -> stopping -> off; each step is an event that carries the run's
 * number. booting: the kernel, 4 to 7 s (Windows 40 to 70 s); then the network answers and enabled
 * units start; up: 1 to 3 s later cloud-init runs the user data, if this instance id has not had
 * it; stopping: everything is written at once, the halt follows after 2 to 4 s. Uses
 * cloud/guest_files, cloud/volume, sim/event; guest_shell and guest_services beside it. True to
 * cloud-init's "scripts run once per instance".  Left out: #cloud-config, MIME parts.
 */
#include "cloud/guest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "cloud/event_kinds.h"
#include "cloud/guest_shell.h"
#include "sim/chance.h"
#include "sim/clock.h"

#define FLUSH_NS (30 * SECOND_NS) /* Linux writes what has been dirty for so long */

enum { CONSOLE_MAX = 64 * 1024 };

enum boot_step { BOOT_KERNEL = 0, BOOT_INIT, BOOT_DONE };

static const struct field guest_unit_fields[] = {
    F_STRING(struct guest_unit, name, "Name", "Its name."),
    F_BOOL(struct guest_unit, running, "Running", "Whether it runs."),
    F_TIME(struct guest_unit, since, "Since", "Since when."),
};

static const struct shape guest_unit_shape =
    SHAPE("GuestUnit", struct guest_unit, guest_unit_fields);

static const struct field guest_fields[] = {
    F_INT(struct guest, key, "Guest", "The instance."),
    F_INT(struct guest, root_volume, "RootVolume", "Where its files lie."),
    F_TIME(struct guest, booted_at, "BootedAt", "When the kernel started."),
    F_INT(struct guest_rare, job, "Job", "The job of cloud-init.", .flags = FIELD_RARE),
    F_INT(struct guest, run, "Run", "Counts power-ons and shutdowns."),
    F_INT(struct guest_rare, next_job, "NextJob", "Counts its jobs.", .flags = FIELD_RARE),
    F_INT(struct guest, state, "State", "Its state."),
    F_INT(struct guest, step, "Step", "How far the boot is."),
    F_BOOL(struct guest_rare, restart, "Restart", "Whether it boots again.", .flags = FIELD_RARE),
    F_BOOL(struct guest, flush_due, "FlushDue", "Whether a flush is planned."),
    F_BOOL(struct guest, initialised, "Initialised", "Whether cloud-init has seen this instance."),
    F_BOOL(struct guest_rare, recorded, "Recorded", "Whether the files say so.",
           .flags = FIELD_RARE),
    F_LIST(struct guest_rare, units, struct guest_unit, &guest_unit_shape, "Units",
           "Its services.", .flags = FIELD_RARE),
    F_STRING(struct guest_rare, console, "Console", "What was printed to the console.",
             .flags = FIELD_RARE),
    F_EMBED(struct guest, pages, struct files_pages, &files_pages_shape, "Pages",
            "Files not yet written."),
};

const struct shape guest_shape = SHAPE_WITH_RARE("Guest", struct guest, rare, guest_fields);

/* ---- files ---- */

static bool is_awake(const struct guest *guest)
{
    return guest->state == GUEST_UP || guest->state == GUEST_BOOTING;
}

bool guest_look(struct guests *guests, struct guest *guest, uint16_t user, struct files *files)
{
    struct volume *volume = table_find(&guests->volumes->table, guest->root_volume);

    if (guest->root_volume == 0 || volume == NULL)
        return false;
    *files = (struct files){
        .blocks = guests->volumes->blocks,
        .cache = guests->cache,
        .pages = &guest->pages,
        .map = &volume->map,
        .disk_pages = (uint64_t)volume->size_gib * BLOCKS_PER_GIB * (BLOCK_BYTES / FILE_PAGE),
        .now = guests->sim->now,
        .user = user,
    };
    return files_mount(files);
}

static const char *record_path(const struct guest *guest, struct arena *arena,
                               const struct files *files)
{
    return arena_printf(arena, "%s/%s",
                        str_starts(files_label(files), "windows")
                            ? "/ProgramData/Amazon/EC2Launch/state"
                            : "/var/lib/cloud/instances",
                        id_text(arena, &kind_instance, guest->key));
}

/* cloud-init's note that this instance id has had its first boot. */
static void record(struct guests *guests, struct guest *guest, const struct blob *user_data)
{
    struct arena arena = ARENA_INIT;
    struct files files;

    guest_rare_make(guest)->recorded = true;
    if (guest_look(guests, guest, 0, &files)) {
        const char *folder = record_path(guest, &arena, &files);

        files_make_folder(&files, folder, true);
        files_write(&files, arena_printf(&arena, "%s/boot-finished", folder), (struct blob){0},
                    false);
        if (user_data != NULL && user_data->size > 0)
            files_write(&files, arena_printf(&arena, "%s/user-data.txt", folder), *user_data,
                        false);
        guest_dirty(guests, guest);
    }
    arena_release(&arena);
}

bool guest_mount(struct guests *guests, struct guest *guest, uint16_t user, struct files *files)
{
    if (guest->initialised && !guest_rare(guest)->recorded && is_awake(guest))
        record(guests, guest, NULL);
    return guest_look(guests, guest, user, files);
}

void guest_dirty(struct guests *guests, struct guest *guest)
{
    if (guest->pages.nodes.count == 0 || guest->flush_due || !is_awake(guest))
        return;
    guest->flush_due = true;
    sim_schedule(guests->sim, FLUSH_NS, EVENT_GUEST_FLUSH, guest->key, guest->run);
}

void guest_flush(struct guests *guests, struct guest *guest)
{
    struct files files;

    if (guest->pages.nodes.count > 0 && guest_look(guests, guest, 0, &files))
        files_flush(&files);
}

static void run_flush(void *context, const struct event *event)
{
    struct guests *guests = context;
    struct guest *guest = table_find(&guests->table, event->subject);

    if (guest == NULL || guest->run != event->detail)
        return;
    guest->flush_due = false;
    guest_flush(guests, guest);
}

/* ---- facts and console ---- */

void guest_facts(struct guests *guests, const struct guest *guest, struct arena *arena,
                 struct guest_facts *facts)
{
    *facts = (struct guest_facts){0};
    if (guests->calls.facts != NULL)
        guests->calls.facts(guests->calls.context, guest->key, arena, facts);
    if (facts->hostname == NULL)
        facts->hostname = "localhost";
    if (facts->instance_type == NULL)
        facts->instance_type = "";
}

const char *guest_hostname(struct guests *guests, struct guest *guest, struct arena *arena)
{
    const struct file_node *node;
    struct guest_facts facts;
    struct files files;

    if (guest_look(guests, guest, 0, &files) &&
        (node = files_find(&files, "/etc/hostname", NULL)) != NULL) {
        struct blob text = files_read(&files, node, arena);

        return arena_strndup(arena, text.bytes, strcspn(text.bytes, "\n"));
    }
    guest_facts(guests, guest, arena, &facts);
    return facts.hostname;
}

struct guest_rare *guest_rare_make(struct guest *guest)
{
    if (guest->rare == NULL)
        guest->rare = xcalloc(1, sizeof(*guest->rare));
    return guest->rare;
}

static void restart_set(struct guest *guest, bool restart)
{
    if (restart || guest->rare != NULL)
        guest_rare_make(guest)->restart = restart;
}

static void job_clear(struct guest *guest)
{
    if (guest->rare != NULL)
        guest->rare->job = 0;
}

void guest_print(struct guests *guests, struct guest *guest, const char *prefix, const char *text)
{
    int64_t since_us = (guests->sim->now - guest->booted_at) / MICROSECOND_NS;
    struct str lines = STR_INIT;

    if (guest_rare(guest)->console != NULL)
        str_add(&lines, guest_rare(guest)->console);
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        str_addf(&lines, "[%5" PRId64 ".%06" PRId64 "] %s", since_us / 1000000, since_us % 1000000,
                 prefix);
        str_addn(&lines, text, length);
        str_addc(&lines, '\n');
        text += length + (text[length] == '\n');
    }
    if (lines.length > CONSOLE_MAX) { /* the oldest lines go */
        char *rest = strchr(lines.text + (lines.length - CONSOLE_MAX), '\n');
        char *kept = xstrdup(rest == NULL ? "" : rest + 1);

        str_release(&lines);
        str_add(&lines, kept);
        free(kept);
    }
    free(guest_rare(guest)->console);
    guest_rare_make(guest)->console = str_take(&lines);
}

void guest_say(struct guests *guests, const struct guest *guest, const char *text)
{
    struct arena arena = ARENA_INIT;
    const struct volume *volume = table_find(&guests->volumes->table, guest->root_volume);

    trail_add(guests->trail,
              (struct trail_entry){
                  .account = volume == NULL ? 0 : volume->account,
                  .subject = guest->key,
                  .topic = TRAIL_GUEST,
                  .region = volume == NULL ? 0 : volume_region(volume),
                  .text = arena_printf(&arena, "%s %s", id_text(&arena, &kind_instance, guest->key),
                                       text),
              });
    arena_release(&arena);
}

static void boot_line(struct str *out, int64_t ms, const char *text)
{
    str_addf(out, "[%5" PRId64 ".%03" PRId64 "000] %s\n", ms / 1000, ms % 1000, text);
}

/* What the kernel and systemd print: it is the same at every boot, so it is not kept. */
static void boot_log(struct str *out, const char *label, const char *hostname, bool up)
{
    if (str_starts(label, "windows")) {
        if (up)
            str_add(out, "Windows is Ready to use\n");
        return;
    }
    boot_line(out, 0,
              str_equal(label, "al2023")     ? "Linux version 6.12.58-82.121.amzn2023"
              : str_equal(label, "debian12") ? "Linux version 6.1.0-41-cloud"
              : str_equal(label, "ubuntu22") ? "Linux version 6.8.0-1044-aws"
                                             : "Linux version 6.14.0-1018-aws");
    boot_line(out, 0,
              "Command line: BOOT_IMAGE=/boot/vmlinuz root=LABEL=/ ro console=tty0 "
              "console=ttyS0,115200n8");
    boot_line(out, 312, "DMI: Amazon EC2, BIOS 1.0 10/16/2017");
    boot_line(out, 731, "Hypervisor detected: KVM");
    boot_line(out, 1204, "nvme nvme0: 2/0/0 default/read/poll queues");
    boot_line(out, 1618,
              str_equal(label, "al2023")
                  ? "XFS (nvme0n1p1): Mounting V5 Filesystem"
                  : "EXT4-fs (nvme0n1p1): mounted filesystem with ordered data mode");
    boot_line(out, 1990, "systemd[1]: Detected virtualization amazon.");
    boot_line(out, 2230,
              "ena 0000:00:05.0 ens5: Local page cache is disabled for less than 16 channels");
    if (up) {
        boot_line(out, 3100,
                  "systemd[1]: Reached target network-online.target - Network is Online.");
        boot_line(out, 3420, "systemd[1]: Started sshd.service - OpenSSH server daemon.");
        str_addf(out, "\n%s login: ", hostname);
        str_add(out, "\n");
    }
}

const char *guest_console(struct guests *guests, uint64_t instance, struct arena *arena)
{
    struct guest *guest = table_find(&guests->table, instance);
    struct str out = STR_INIT;
    struct files files;
    const char *text;

    if (guest == NULL || guest->booted_at == 0)
        return "";
    if (!guest_look(guests, guest, 0, &files))
        str_add(&out, "Booting from Hard Disk...\nNo bootable device.\n");
    else
        boot_log(&out, files_label(&files), guest_hostname(guests, guest, arena),
                 guest->state == GUEST_UP || guest->state == GUEST_STOPPING ||
                     guest->state == GUEST_OFF);
    if (guest_rare(guest)->console != NULL)
        str_add(&out, guest_rare(guest)->console);
    text = arena_strdup(arena, str_text(&out));
    str_release(&out);
    return text;
}

/* ---- cloud-init ---- */

const char *guest_agent(const struct guest_job *job)
{
    return job->powershell ? "EC2Launch: " : "cloud-init[1637]: ";
}

/* The script of user data; NULL when there is none that runs here, and the console says why. */
static const char *script_find(struct guests *guests, struct guest *guest, const char *text,
                               struct arena *arena)
{
    const char *begin = strstr(text, "<powershell>");
    const char *end = begin == NULL ? NULL : strstr(begin, "</powershell>");
    struct files files;
    bool windows =
        guest_look(guests, guest, 0, &files) && str_starts(files_label(&files), "windows");

    if (windows)
        return end == NULL ? NULL : arena_strndup(arena, begin + 12, (size_t)(end - begin) - 12);
    if (str_starts(text, "#!")) {
        const char *line = arena_strndup(arena, text, strcspn(text, "\n"));

        if (strstr(line, "bash") != NULL || str_ends(line, "/sh") || str_starts(line, "#!/bin/sh"))
            return text;
        guest_print(guests, guest, "cloud-init[1637]: ",
                    arena_printf(arena, "%s: scripts of this interpreter are not modelled", line));
        return NULL;
    }
    if (str_starts(text, "#cloud-config") || str_starts(text, "MIME-Version"))
        guest_print(guests, guest, "cloud-init[1637]: ",
                    "user data: only scripts that begin with #! are modelled; nothing was run");
    else
        guest_print(guests, guest, "cloud-init[1637]: ",
                    "WARNING: Unhandled non-multipart (text/x-not-multipart) userdata: it does not "
                    "begin with #!");
    return NULL;
}

static void cloud_init(struct guests *guests, struct guest *guest)
{
    struct arena arena = ARENA_INIT;
    struct guest_facts facts;
    struct files files;
    const char *script = NULL;
    bool windows;

    guest->step = BOOT_DONE;
    if (guest->initialised || !guest_look(guests, guest, 0, &files))
        return;
    windows = str_starts(files_label(&files), "windows");
    guest->initialised = true;
    guest_facts(guests, guest, &arena, &facts);
    if (facts.user_data.size > 0 &&
        files_find(&files, record_path(guest, &arena, &files), NULL) == NULL) {
        record(guests, guest, &facts.user_data);
        script =
            script_find(guests, guest,
                        arena_strndup(&arena, facts.user_data.bytes, facts.user_data.size), &arena);
    }
    if (script != NULL) {
        struct guest_job *job = job_make(guests, &(struct guest_job_new){
                                                     .instance = guest->key,
                                                     .user = windows ? "Administrator" : "root",
                                                     .script = script,
                                                     .powershell = windows,
                                                 });

        guest_rare_make(guest)->job = job->key;
        guest_say(guests, guest, "runs its user data");
        job_run(guests, job);
    }
    arena_release(&arena);
}

void guest_script_done(struct guests *guests, struct guest *guest, const struct guest_job *job)
{
    struct arena arena = ARENA_INIT;
    struct files files;

    job_clear(guest);
    if (guest_look(guests, guest, 0, &files) && job->output != NULL &&
        !str_starts(files_label(&files), "windows"))
        files_write(&files, "/var/log/cloud-init-output.log",
                    (struct blob){.bytes = job->output, .size = strlen(job->output)}, true);
    if (job->status != 0)
        guest_print(guests, guest, guest_agent(job),
                    arena_printf(&arena, "Failed to run module scripts-user: exit status %d",
                                 (int)job->status));
    guest_print(guests, guest, guest_agent(job),
                job->powershell ? "User data was run." : "Cloud-init finished.");
    guest_say(guests, guest,
              job->status == 0 ? "has run its user data" : "has run its user data: it failed");
    guest_dirty(guests, guest);
    arena_release(&arena);
}

/* The job of user data is of no more use when it is done: its output is in the files and on the
 * console. */
static void forget_script(struct guests *guests, const struct guest *guest)
{
    for (uint32_t i = table_count(&guests->jobs); i-- > 0;) {
        const struct guest_job *job = table_at(&guests->jobs, i);

        if (job->instance == guest->key && job->run != guest->run && job->done)
            table_remove(&guests->jobs, job->key);
    }
}

/* ---- power ---- */

static int64_t lasts(const struct guest *guest, const char *what, int64_t least_ms, int64_t most_ms)
{
    struct chance chance = chance_stream(guest->key, what, guest->run);

    return chance_between_ns(&chance, least_ms * MILLISECOND_NS, most_ms * MILLISECOND_NS);
}

void guest_units_changed(struct guests *guests, const struct guest *guest, bool abrupt)
{
    if (guests->calls.units != NULL)
        guests->calls.units(guests->calls.context, guest->key, abrupt);
}

static void units_clear(struct guest *guest)
{
    for (uint32_t i = 0; i < guest_rare(guest)->units.count; i++)
        free(guest_rare(guest)->units.items[i].name);
    if (guest->rare != NULL)
        LIST_RELEASE(&guest->rare->units);
}

static void plan_step(struct guests *guests, const struct guest *guest, int64_t delay_ns)
{
    sim_schedule(guests->sim, delay_ns, EVENT_GUEST_STEP, guest->key, guest->run);
}

static void boot(struct guests *guests, struct guest *guest)
{
    struct files files;

    guest->run++;
    guest->booted_at = guests->sim->now;
    guest->step = BOOT_KERNEL;
    restart_set(guest, false);
    guest->flush_due = false;
    job_clear(guest);
    units_clear(guest);
    if (!guest_look(guests, guest, 0, &files)) {
        guest->state = GUEST_STUCK;
        guest_say(guests, guest, "finds no system on its root volume");
        return;
    }
    guest->state = GUEST_BOOTING;
    if (str_starts(files_label(&files), "windows"))
        plan_step(guests, guest, lasts(guest, "kernel", 40000, 70000));
    else
        plan_step(guests, guest, lasts(guest, "kernel", 4000, 7000));
}

static void halt(struct guests *guests, struct guest *guest)
{
    uint64_t instance = guest->key;
    bool restart = guest_rare(guest)->restart;

    guest_flush(guests, guest);
    guest->state = GUEST_OFF;
    units_clear(guest);
    if (!restart) {
        if (guests->calls.halted != NULL)
            guests->calls.halted(guests->calls.context, instance);
        return;
    }
    if (guests->calls.restarting != NULL)
        guests->calls.restarting(guests->calls.context, instance);
    guest = table_find(&guests->table, instance);
    if (guest != NULL && guest->state == GUEST_OFF)
        boot(guests, guest);
}

static void run_step(void *context, const struct event *event)
{
    struct guests *guests = context;
    struct guest *guest = table_find(&guests->table, event->subject);
    struct files files;

    if (guest == NULL || guest->run != event->detail)
        return;
    if (guest->state == GUEST_STOPPING) {
        halt(guests, guest);
    } else if (guest->step == BOOT_KERNEL && guest->state == GUEST_BOOTING) {
        guest->state = GUEST_UP;
        guest->step = BOOT_INIT;
        plan_step(guests, guest, lasts(guest, "init", 1000, 3000));
        if (guest_look(guests, guest, 0, &files))
            units_boot(guests, guest, &files);
        if (guests->calls.reachable != NULL)
            guests->calls.reachable(guests->calls.context, guest->key);
    } else if (guest->step == BOOT_INIT && guest->state == GUEST_UP) {
        forget_script(guests, guest);
        cloud_init(guests, guest);
    }
}

static const struct event_kind guest_step = {.name = "guest-step", .run = run_step};
static const struct event_kind guest_flush_event = {.name = "guest-flush", .run = run_flush};

void guests_init(struct guests *guests, struct guest_links links)
{
    *guests = (struct guests){
        .sim = links.sim,
        .volumes = links.volumes,
        .catalog = links.catalog,
        .trail = links.trail,
        .cache = files_cache_new(),
    };
    table_init(&guests->table, &guest_shape);
    table_init(&guests->jobs, &guest_job_shape);
    sim_handle(links.sim, EVENT_GUEST_STEP, &guest_step, guests);
    sim_handle(links.sim, EVENT_GUEST_FLUSH, &guest_flush_event, guests);
    sim_handle(links.sim, EVENT_GUEST_JOB, &guest_job_event, guests);
}

void guests_release(struct guests *guests)
{
    table_release(&guests->table);
    table_release(&guests->jobs);
    files_cache_free(guests->cache);
}

static bool guest_sound(const struct guest *guest)
{
    for (uint32_t i = 0; i < guest_rare(guest)->units.count; i++) {
        if (guest_rare(guest)->units.items[i].name == NULL)
            return false;
    }
    return guest->state <= GUEST_STUCK && files_pages_sound(&guest->pages);
}

bool guests_restore(const struct guests *guests)
{
    for (uint32_t i = 0; i < table_count(&guests->table); i++) {
        if (!guest_sound(table_at(&guests->table, i)))
            return false;
    }
    for (uint32_t i = 0; i < table_count(&guests->jobs); i++) {
        const struct guest_job *job = table_at(&guests->jobs, i);

        if (job->instance == 0 || table_find(&guests->table, job->instance) == NULL ||
            job->user == NULL || job->script == NULL || job->folder == NULL ||
            (job->phase == PHASE_ASKING) != (job->exchange != 0))
            return false;
        for (uint32_t j = 0; j < job->variables.count; j++) {
            if (job->variables.items[j].key == NULL || job->variables.items[j].value == NULL)
                return false;
        }
    }
    return true;
}

void guest_start(struct guests *guests, uint64_t instance, uint64_t root_volume)
{
    struct guest *guest = table_find(&guests->table, instance);

    if (guest == NULL)
        guest = table_add(&guests->table, instance);
    else if (guest->state != GUEST_OFF && guest->state != GUEST_STUCK)
        guest_kill(guests, instance);
    guest->root_volume = root_volume;
    if (guest->rare != NULL) {
        free(guest->rare->console);
        guest->rare->console = NULL;
    }
    boot(guests, guest);
}

void guest_power_off(struct guests *guests, struct guest *guest, bool restart)
{
    if (guest->state == GUEST_STOPPING) {
        restart_set(guest, guest_rare(guest)->restart && restart); /* a stop overrules a reboot */
        return;
    }
    jobs_stop(guests, guest->key);
    guest_flush(guests, guest);
    guest->run++;
    restart_set(guest, restart);
    guest->flush_due = false;
    job_clear(guest);
    guest->state = GUEST_STOPPING;
    units_clear(guest);
    guest_units_changed(guests, guest, true);
    plan_step(guests, guest, lasts(guest, "halt", 2000, 4000));
}

void guest_shutdown(struct guests *guests, uint64_t instance)
{
    struct guest *guest = table_find(&guests->table, instance);

    if (guest != NULL && guest->state != GUEST_OFF)
        guest_power_off(guests, guest, false);
}

void guest_reboot(struct guests *guests, uint64_t instance)
{
    struct guest *guest = table_find(&guests->table, instance);

    if (guest != NULL && guest->state != GUEST_OFF)
        guest_power_off(guests, guest, true);
}

void guest_kill(struct guests *guests, uint64_t instance)
{
    struct guest *guest = table_find(&guests->table, instance);

    if (guest == NULL)
        return;
    jobs_stop(guests, instance);
    shape_release(&files_pages_shape, &guest->pages);
    units_clear(guest);
    guest->run++;
    job_clear(guest);
    guest->flush_due = false;
    restart_set(guest, false);
    guest->state = GUEST_OFF;
    guest_units_changed(guests, guest, true);
}

void guest_forget(struct guests *guests, uint64_t instance)
{
    jobs_drop(guests, instance);
    if (table_find(&guests->table, instance) != NULL)
        table_remove(&guests->table, instance);
}

/* ---- questions ---- */

bool guest_is_reachable(const struct guests *guests, uint64_t instance)
{
    return guest_state(guests, instance) == GUEST_UP;
}

uint8_t guest_state(const struct guests *guests, uint64_t instance)
{
    const struct guest *guest = table_find(&guests->table, instance);

    return guest == NULL ? GUEST_OFF : guest->state;
}

bool guest_is_settled(const struct guests *guests, uint64_t instance)
{
    const struct guest *guest = table_find(&guests->table, instance);

    return guest != NULL && guest->state == GUEST_UP && guest->step == BOOT_DONE &&
           guest_rare(guest)->job == 0;
}

const char *guest_user(struct guests *guests, uint64_t instance)
{
    struct guest *guest = table_find(&guests->table, instance);
    struct files files;

    if (guest == NULL || !guest_look(guests, guest, 0, &files))
        return NULL;
    for (uint32_t i = 0; i < guests->catalog->image_count; i++) {
        if (str_equal(guests->catalog->images[i].distribution, files_label(&files)))
            return guests->catalog->images[i].user;
    }
    return "root";
}

bool guest_file_read(struct guests *guests, uint64_t instance, const char *path,
                     struct arena *arena, struct blob *content)
{
    struct guest *guest = table_find(&guests->table, instance);
    const struct file_node *node;
    struct files files;

    if (guest == NULL || !guest_look(guests, guest, 0, &files))
        return false;
    node = files_find(&files, path, NULL);
    if (node == NULL || node->kind == FILE_FOLDER)
        return false;
    *content = files_read(&files, node, arena);
    return true;
}

bool guest_file_write(struct guests *guests, uint64_t instance, const char *path,
                      struct blob content)
{
    struct guest *guest = table_find(&guests->table, instance);
    struct files files;
    bool done;

    if (guest == NULL || guest->state != GUEST_UP || !guest_mount(guests, guest, 0, &files))
        return false;
    done = files_write(&files, path, content, false) == FILES_OK;
    guest_dirty(guests, guest);
    return done;
}

void guest_sync(struct guests *guests, uint64_t instance)
{
    struct guest *guest = table_find(&guests->table, instance);

    if (guest != NULL && is_awake(guest))
        guest_flush(guests, guest);
}
