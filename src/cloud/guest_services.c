/*
 * cloud/guest_services.c - units: what systemd knows and `systemctl` does.
 *
 * A unit is installed when its unit file is in the files, and enabled when a link in
 * multi-user.target.wants leads to it: so an image of an instance keeps what was enabled there.
 * What runs is the guest's state.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/guest_inside.h"
#include "sim/clock.h"

/* Always there and not in the catalog; they start at every boot. */
struct base_unit {
    const char *name;
    const char *description;
    uint16_t port;
};

static const struct base_unit base_units[] = {
    {"sshd", "OpenSSH server daemon", 22},
    {"chronyd", "NTP client/server", 0},
};

static const struct base_unit *base_unit_find(const char *unit)
{
    for (size_t i = 0; i < sizeof(base_units) / sizeof(base_units[0]); i++) {
        if (strcmp(base_units[i].name, unit) == 0)
            return &base_units[i];
    }
    return NULL;
}

const char *unit_name(struct arena *arena, const char *word)
{
    const char *name =
        str_ends(word, ".service") ? arena_strndup(arena, word, strlen(word) - 8) : word;

    return strcmp(name, "ssh") == 0 ? "sshd" : name;
}

const struct catalog_package *unit_package(const struct guests *guests, const char *distribution,
                                           const char *unit)
{
    for (uint32_t i = 0; i < guests->catalog->package_count; i++) {
        const struct catalog_package *package = &guests->catalog->packages[i];

        if (str_equal(package->distribution, distribution) && str_equal(package->unit, unit))
            return package;
    }
    return NULL;
}

static const char *unit_path(struct arena *arena, const char *unit)
{
    return arena_printf(arena, "/usr/lib/systemd/system/%s.service", unit);
}

static const char *wants_path(struct arena *arena, const char *unit)
{
    return arena_printf(arena, "/etc/systemd/system/multi-user.target.wants/%s.service", unit);
}

bool unit_installed(struct files *files, const char *unit)
{
    struct arena arena = ARENA_INIT;
    bool installed = files_find(files, unit_path(&arena, unit), NULL) != NULL;

    arena_release(&arena);
    return installed;
}

bool unit_enabled(struct files *files, const char *unit)
{
    struct arena arena = ARENA_INIT;
    bool enabled = files_find_link(files, wants_path(&arena, unit), NULL) != NULL;

    arena_release(&arena);
    return enabled;
}

enum files_error unit_enable(struct files *files, const char *unit, bool enabled)
{
    struct arena arena = ARENA_INIT;
    enum files_error error = FILES_OK;

    if (enabled != unit_enabled(files, unit)) {
        files_make_folder(files, "/etc/systemd/system/multi-user.target.wants", true);
        error = enabled ? files_make_link(files, wants_path(&arena, unit), unit_path(&arena, unit))
                        : files_remove(files, wants_path(&arena, unit), false);
    }
    arena_release(&arena);
    return error;
}

/* ---- what runs ---- */

static struct guest_unit *unit_find(const struct guest *guest, const char *unit)
{
    for (uint32_t i = 0; i < guest_rare(guest)->units.count; i++) {
        if (strcmp(guest_rare(guest)->units.items[i].name, unit) == 0)
            return &guest_rare(guest)->units.items[i];
    }
    return NULL;
}

bool unit_running(const struct guest *guest, const char *unit)
{
    const struct guest_unit *found = unit_find(guest, unit);

    if (guest->state != GUEST_UP)
        return false;
    return found != NULL ? found->running : base_unit_find(unit) != NULL;
}

int64_t unit_since(const struct guest *guest, const char *unit)
{
    const struct guest_unit *found = unit_find(guest, unit);

    return found == NULL ? 0 : found->since;
}

static void unit_set(struct guests *guests, struct guest *guest, const char *unit, bool running)
{
    struct guest_unit *found = unit_find(guest, unit);

    if (found == NULL) {
        found = LIST_PUSH(&guest_rare_make(guest)->units);
        found->name = xstrdup(unit);
    }
    found->running = running;
    found->since = guests->sim->now;
}

const struct catalog_package *unit_at_port(const struct guests *guests, const struct guest *guest,
                                           const char *distribution, uint16_t port)
{
    for (uint32_t i = 0; port != 0 && i < guest_rare(guest)->units.count; i++) {
        const struct catalog_package *package =
            unit_package(guests, distribution, guest_rare(guest)->units.items[i].name);

        if (guest_rare(guest)->units.items[i].running && package != NULL && package->port == port)
            return package;
    }
    return NULL;
}

void units_boot(struct guests *guests, struct guest *guest, struct files *files)
{
    struct arena arena = ARENA_INIT;
    struct file_entries entries = {0};
    const struct file_node *wants =
        files_find(files, "/etc/systemd/system/multi-user.target.wants", NULL);

    if (wants != NULL)
        files_list(files, wants, &arena, &entries);
    for (uint32_t i = 0; i < entries.items.count; i++) {
        const char *unit = unit_name(&arena, entries.items.items[i]->name);
        const struct catalog_package *package = unit_package(guests, files_label(files), unit);

        if (package == NULL || !unit_installed(files, unit))
            continue;
        if (unit_at_port(guests, guest, files_label(files), package->port) == NULL)
            unit_set(guests, guest, unit, true);
    }
    arena_release(&arena);
    guest_units_changed(guests, guest, false);
}

static void unit_end(struct guests *guests, struct guest *guest, const char *unit, bool abrupt)
{
    struct arena arena = ARENA_INIT;

    if (unit_running(guest, unit)) {
        unit_set(guests, guest, unit, false);
        guest_say(guests, guest,
                  arena_printf(&arena, "%s %s", unit, abrupt ? "was killed" : "stopped"));
        guest_units_changed(guests, guest, abrupt);
    }
    arena_release(&arena);
}

void unit_stop(struct guests *guests, struct guest *guest, const char *unit)
{
    unit_end(guests, guest, unit, false);
}

void unit_kill(struct guests *guests, struct guest *guest, const char *unit)
{
    unit_end(guests, guest, unit, true);
}

bool guest_unit_runs(const struct guests *guests, uint64_t instance, const char *unit)
{
    const struct guest *guest = table_find(&guests->table, instance);

    return guest != NULL && unit_running(guest, unit);
}

/* True when it runs now. */
static bool unit_begin(struct guests *guests, struct guest *guest, struct files *files,
                       const char *unit)
{
    struct arena arena = ARENA_INIT;
    const struct catalog_package *package = unit_package(guests, files_label(files), unit);

    if (unit_running(guest, unit))
        return true;
    if (package != NULL && unit_at_port(guests, guest, files_label(files), package->port) != NULL)
        return false;
    unit_set(guests, guest, unit, true);
    guest_say(guests, guest, arena_printf(&arena, "%s started", unit));
    arena_release(&arena);
    guest_units_changed(guests, guest, false);
    return true;
}

int unit_start(struct guest_command *command, const char *unit)
{
    if (!unit_installed(&command->files, unit)) {
        str_addf(command->err, "Failed to start %s.service: Unit %s.service not found.\n", unit,
                 unit);
        return 5;
    }
    if (!unit_begin(command->guests, command->guest, &command->files, unit)) {
        str_addf(
            command->err,
            "Job for %s.service failed because the control process exited with error code.\n"
            "See \"systemctl status %s.service\" and \"journalctl -xeu %s.service\" for details.\n",
            unit, unit, unit);
        return 1;
    }
    return 0;
}

bool guest_unit_set(struct guests *guests, uint64_t instance, const char *unit, bool running)
{
    struct guest *guest = table_find(&guests->table, instance);
    struct files files;

    if (guest == NULL || guest->state != GUEST_UP || !guest_mount(guests, guest, 0, &files) ||
        !unit_installed(&files, unit))
        return false;
    if (running)
        return unit_begin(guests, guest, &files, unit);
    unit_stop(guests, guest, unit);
    return true;
}

const char *guest_web_unit(struct guests *guests, uint64_t instance)
{
    struct guest *guest = table_find(&guests->table, instance);
    const struct catalog_package *package = NULL;
    struct files files;

    if (guest == NULL || !guest_look(guests, guest, 0, &files))
        return NULL;
    package = unit_at_port(guests, guest, files_label(&files), 80);
    for (uint32_t i = 0; package == NULL && i < guests->catalog->package_count; i++) {
        const struct catalog_package *other = &guests->catalog->packages[i];

        if (str_equal(other->distribution, files_label(&files)) && other->port == 80 &&
            unit_installed(&files, other->unit))
            package = other;
    }
    return package == NULL ? NULL : package->unit;
}

/* Do its settings keep it to the machine itself?  Amazon Linux's name server begins so. */
static bool is_local(struct files *files, const struct catalog_package *package)
{
    struct arena arena = ARENA_INIT;
    const struct file_node *node = NULL;
    bool local = false;

    if (str_equal(package->unit, "named"))
        node = files_find(files, "/etc/named.conf", NULL);
    if (node != NULL) {
        struct blob text = files_read(files, node, &arena);

        local = memmem(text.bytes, text.size, "127.0.0.1", strlen("127.0.0.1")) != NULL;
    }
    arena_release(&arena);
    return local;
}

const char *guest_unit_at(struct guests *guests, uint64_t instance, uint16_t port)
{
    struct guest *guest = table_find(&guests->table, instance);
    const struct catalog_package *package;
    struct files files;

    if (guest == NULL || guest->state != GUEST_UP || !guest_look(guests, guest, 0, &files))
        return NULL;
    package = unit_at_port(guests, guest, files_label(&files), port);
    return package == NULL ? NULL : package->unit;
}

bool guest_listens(struct guests *guests, uint64_t instance, uint16_t port)
{
    struct guest *guest = table_find(&guests->table, instance);
    const struct catalog_package *package;
    struct files files;

    if (guest == NULL || guest->state != GUEST_UP)
        return false;
    if (!guest_look(guests, guest, 0, &files))
        return false;
    if (str_starts(files_label(&files), "windows") && (port == 3389 || port == 5985))
        return true;
    if (port == 22)
        return !str_starts(files_label(&files), "windows") && unit_running(guest, "sshd");
    package = unit_at_port(guests, guest, files_label(&files), port);
    return package != NULL && !is_local(&files, package);
}

bool guest_hears(struct guests *guests, uint64_t instance, uint16_t port)
{
    struct guest *guest = table_find(&guests->table, instance);
    struct files files;

    if (guest == NULL || guest->state != GUEST_UP || !guest_look(guests, guest, 0, &files))
        return false;
    for (uint32_t i = 0; i < guest_rare(guest)->units.count; i++) {
        const struct catalog_package *package =
            unit_package(guests, files_label(&files), guest_rare(guest)->units.items[i].name);

        if (guest_rare(guest)->units.items[i].running && package != NULL &&
            package->udp_port == port && !is_local(&files, package))
            return true;
    }
    return false;
}

/* ---- systemctl ---- */

static const char *unit_description(const struct guest_command *command, const char *unit)
{
    const struct base_unit *base = base_unit_find(unit);

    if (base != NULL)
        return base->description;
    if (strcmp(unit, "httpd") == 0 || strcmp(unit, "apache2") == 0)
        return "The Apache HTTP Server";
    if (strcmp(unit, "cashier") == 0 || strcmp(unit, "barista") == 0)
        return arena_printf(command->arena, "The coffee shop's %s", unit);
    if (strcmp(unit, "nginx") == 0)
        return "The nginx HTTP and reverse proxy server";
    return arena_printf(command->arena, "%s", unit);
}

static int show_status(struct guest_command *command, const char *unit)
{
    bool running = unit_running(command->guest, unit);
    bool enabled = unit_enabled(&command->files, unit);
    const struct guest_unit *found = unit_find(command->guest, unit);
    int64_t since = found == NULL ? command->guest->booted_at : found->since;
    char time[CLOCK_TEXT_SIZE];

    if (!unit_installed(&command->files, unit)) {
        str_addf(command->err, "Unit %s.service could not be found.\n", unit);
        return 4;
    }
    clock_format(since, CLOCK_Z, time);
    str_addf(command->out, "%s %s.service - %s\n", running ? "●" : "○", unit,
             unit_description(command, unit));
    str_addf(command->out, "     Loaded: loaded (%s; %s; preset: disabled)\n",
             unit_path(command->arena, unit), enabled ? "enabled" : "disabled");
    if (running)
        str_addf(command->out, "     Active: active (running) since %s\n", time);
    else
        str_add(command->out, "     Active: inactive (dead)\n");
    return running ? 0 : 3;
}

static int do_enable(struct guest_command *command, const char *unit, bool enabled)
{
    bool before = unit_enabled(&command->files, unit);

    if (!unit_installed(&command->files, unit)) {
        str_addf(command->err, "Failed to %s unit: Unit file %s.service does not exist.\n",
                 enabled ? "enable" : "disable", unit);
        return 1;
    }
    if (unit_enable(&command->files, unit, enabled) != FILES_OK)
        return 1;
    if (enabled && !before)
        str_addf(command->err, "Created symlink %s → %s.\n", wants_path(command->arena, unit),
                 unit_path(command->arena, unit));
    else if (!enabled && before)
        str_addf(command->err, "Removed \"%s\".\n", wants_path(command->arena, unit));
    return 0;
}

static int do_verb(struct guest_command *command, const char *verb, const char *unit)
{
    if (strcmp(verb, "start") == 0)
        return unit_start(command, unit);
    if (strcmp(verb, "stop") == 0 || strcmp(verb, "restart") == 0) {
        if (!unit_installed(&command->files, unit)) {
            str_addf(command->err, "Failed to %s %s.service: Unit %s.service not %s.\n", verb, unit,
                     unit, *verb == 's' ? "loaded" : "found");
            return 5;
        }
        unit_stop(command->guests, command->guest, unit);
        return strcmp(verb, "restart") == 0 ? unit_start(command, unit) : 0;
    }
    if (strcmp(verb, "kill") == 0) {
        unit_kill(command->guests, command->guest, unit);
        return 0;
    }
    if (strcmp(verb, "reload") == 0)
        return unit_running(command->guest, unit) ? 0 : 1;
    if (strcmp(verb, "status") == 0)
        return show_status(command, unit);
    if (strcmp(verb, "is-active") == 0) {
        str_add(command->out, unit_running(command->guest, unit) ? "active\n" : "inactive\n");
        return unit_running(command->guest, unit) ? 0 : 3;
    }
    if (strcmp(verb, "is-enabled") == 0) {
        str_add(command->out, unit_enabled(&command->files, unit) ? "enabled\n" : "disabled\n");
        return unit_enabled(&command->files, unit) ? 0 : 1;
    }
    return do_enable(command, unit, strcmp(verb, "enable") == 0);
}

static bool verb_known(const char *verb, bool *changes)
{
    static const char *const verbs[] = {"start", "stop",    "restart", "reload",    "enable",
                                        "kill",  "disable", "status",  "is-active", "is-enabled"};

    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (strcmp(verbs[i], verb) == 0) {
            *changes = i < 7;
            return true;
        }
    }
    return false;
}

static int run_systemctl(struct guest_command *command)
{
    const char *verb = NULL;
    bool now = false;
    bool changes = false;
    uint32_t units = 0;
    int status = 0;

    for (uint32_t i = 1; i < command->count; i++) {
        if (strcmp(command->words[i], "--now") == 0)
            now = true;
        else if (*command->words[i] != '-' && verb == NULL)
            verb = command->words[i];
    }
    if (verb != NULL && strcmp(verb, "daemon-reload") == 0 && command->files.user == 0)
        return 0;
    if (verb != NULL && strcmp(verb, "reboot") == 0 && command->files.user == 0) {
        guest_power_off(command->guests, command->guest, true);
        return 0;
    }
    if (verb == NULL || (!verb_known(verb, &changes) && strcmp(verb, "daemon-reload") != 0)) {
        str_addf(command->err, "Unknown command verb '%s'.\n", verb == NULL ? "" : verb);
        return 1;
    }
    if (command->files.user != 0 && (changes || strcmp(verb, "daemon-reload") == 0)) {
        str_addf(command->err, "Failed to %s: Access denied\n", verb);
        return 1;
    }
    for (uint32_t i = 1; i < command->count; i++) {
        const char *unit = unit_name(command->arena, command->words[i]);

        if (*unit == '-' || command->words[i] == verb)
            continue;
        units++;
        status = do_verb(command, verb, unit);
        if (status == 0 && now && strcmp(verb, "enable") == 0)
            status = unit_start(command, unit);
        else if (status == 0 && now && strcmp(verb, "disable") == 0)
            unit_stop(command->guests, command->guest, unit);
        if (status != 0 && changes)
            return status;
    }
    if (units == 0) {
        str_add(command->err, "Too few arguments.\n");
        return 1;
    }
    return status;
}

/* service httpd start */
static int run_service(struct guest_command *command)
{
    const char *words[] = {"systemctl", NULL, NULL, NULL};

    if (command->count != 3) {
        str_add(command->err, "Usage: service NAME start|stop|restart|status\n");
        return 1;
    }
    words[1] = command->words[2];
    words[2] = command->words[1];
    command->words = words;
    return run_systemctl(command);
}

/* Start-Service W3SVC and its sisters. */
static int run_windows_service(struct guest_command *command)
{
    static const char *const verbs[][2] = {
        {"Start-Service", "start"},
        {"Stop-Service", "stop"},
        {"Restart-Service", "restart"},
        {"Get-Service", "is-active"},
    };
    const char *words[] = {"systemctl", NULL, NULL, NULL};

    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (strcmp(verbs[i][0], command->words[0]) == 0)
            words[1] = verbs[i][1];
    }
    words[2] = command->words[command->count - 1];
    if (command->count < 2 || !unit_installed(&command->files, words[2])) {
        str_addf(command->err, "%s : Cannot find any service with service name '%s'.\n",
                 command->words[0], command->count < 2 ? "" : words[2]);
        return 1;
    }
    command->words = words;
    command->count = 3;
    return run_systemctl(command);
}

static int64_t systemctl_time(const struct guest_command *command)
{
    for (uint32_t i = 1; i < command->count; i++) {
        if (strcmp(command->words[i], "start") == 0 || strcmp(command->words[i], "restart") == 0 ||
            strcmp(command->words[i], "--now") == 0)
            return 400 * MILLISECOND_NS;
    }
    return 0;
}

const struct guest_word guest_service_words[] = {
    {.name = "systemctl", .run = run_systemctl, .time_ns = systemctl_time},
    {.name = "service", .run = run_service, .time_ns = systemctl_time},
    {.name = "Start-Service", .run = run_windows_service},
    {.name = "Stop-Service", .run = run_windows_service},
    {.name = "Restart-Service", .run = run_windows_service},
    {.name = "Get-Service", .run = run_windows_service},
    {.name = NULL},
};
