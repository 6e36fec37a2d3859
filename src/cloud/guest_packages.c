/*
 * cloud/guest_packages.c - dnf, yum, apt-get, apt and Install-WindowsFeature.
 *
 * What can be installed is the catalog's business; installing writes the package's files, so that
 * an image made afterwards has them.  Debian and Ubuntu enable and start a service that they
 * install; Amazon Linux does not.
 */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/guest_inside.h"
#include "sim/chance.h"
#include "sim/clock.h"

#define METADATA_NS (3 * SECOND_NS)
#define PACKAGE_NS (2500 * MILLISECOND_NS)
#define FEATURE_NS (45 * SECOND_NS)

static bool is_apt(const struct guest_command *command)
{
    return strstr(command->words[0], "apt") != NULL;
}

bool package_installed(struct files *files, const struct catalog_package *package)
{
    return files_find(files, package->program, NULL) != NULL;
}

/* ---- writing what a package brings ---- */

/* FILES_OK, or why the disk would not take it. */
static enum files_error install(struct guest_command *command,
                                const struct catalog_package *package)
{
    struct arena *arena = command->arena;
    const char *program = command_path(command, package->program);
    char *folder = arena_strndup(arena, program, (size_t)(strrchr(program, '/') - program));
    enum files_error error;

    files_make_folder(&command->files, folder, true);
    error = files_fill(&command->files, program, (uint64_t)package->size_kib * 1024);
    if (error != FILES_OK)
        return error;
    files_set_mode(&command->files, program, 0755);
    error = package_put_files(command, package);
    if (error != FILES_OK)
        return error;
    if (package->starts && package->unit[0] != '\0') {
        unit_enable(&command->files, package->unit, true);
        unit_start(command, package->unit);
    }
    guest_say(command->guests, command->guest, arena_printf(arena, "installed %s", package->name));
    return FILES_OK;
}

/* ---- the tools ---- */

static int need_root(struct guest_command *command)
{
    if (is_apt(command)) {
        str_add(command->err, "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: "
                              "Permission denied)\n"
                              "E: Unable to acquire the dpkg frontend lock "
                              "(/var/lib/dpkg/lock-frontend), are you root?\n");
        return 100;
    }
    str_add(
        command->err,
        "Error: This command has to be run with superuser privileges (under the root user on most "
        "systems).\n");
    return 1;
}

struct package_list {
    LIST(const struct catalog_package *) items;
};

/* The packages that the line names; -1 after it complained about one that does not exist. */
static int list_packages(struct guest_command *command, uint32_t from, struct package_list *list)
{
    const char *distribution = files_label(&command->files);
    bool apt = is_apt(command);
    int result = 0;

    for (uint32_t i = from; i < command->count; i++) {
        const char *name = command->words[i];
        const struct catalog_package *package =
            catalog_package_find(command->guests->catalog, distribution, name);

        if (*name == '-')
            continue;
        if (package != NULL) {
            *LIST_PUSH_IN(command->arena, &list->items) = package;
            continue;
        }
        if (apt)
            str_addf(command->err, "E: Unable to locate package %s\n", name);
        else
            str_addf(command->out, "No match for argument: %s\n", name);
        result = -1;
    }
    if (result != 0 && !apt)
        str_add(command->err, "Error: Unable to find a match\n");
    return result;
}

static void say_installed(struct guest_command *command, const struct package_list *fresh)
{
    struct str *out = command->out;

    if (is_apt(command)) {
        str_add(out, "The following NEW packages will be installed:\n ");
        for (uint32_t i = 0; i < fresh->items.count; i++)
            str_addf(out, " %s", fresh->items.items[i]->name);
        str_addf(out,
                 "\n0 upgraded, %" PRIu32 " newly installed, 0 to remove and 0 not upgraded.\n",
                 fresh->items.count);
        for (uint32_t i = 0; i < fresh->items.count; i++)
            str_addf(out, "Setting up %s ...\n", fresh->items.items[i]->name);
        return;
    }
    str_add(out, "Dependencies resolved.\nInstalling:\n");
    for (uint32_t i = 0; i < fresh->items.count; i++)
        str_addf(out, " %s  %" PRIu32 " k\n", fresh->items.items[i]->name,
                 fresh->items.items[i]->size_kib);
    str_add(out, "Running transaction\nInstalled:\n");
    for (uint32_t i = 0; i < fresh->items.count; i++)
        str_addf(out, "  %s\n", fresh->items.items[i]->name);
    str_add(out, "\nComplete!\n");
}

static int do_install(struct guest_command *command, uint32_t from)
{
    struct package_list wanted = {0};
    struct package_list fresh = {0};
    bool apt = is_apt(command);

    if (list_packages(command, from, &wanted) != 0)
        return apt ? 100 : 1;
    for (uint32_t i = 0; i < wanted.items.count; i++) {
        const struct catalog_package *package = wanted.items.items[i];

        if (!package_installed(&command->files, package))
            *LIST_PUSH_IN(command->arena, &fresh.items) = package;
        else if (apt)
            str_addf(command->out, "%s is already the newest version.\n", package->name);
        else
            str_addf(command->out, "Package %s is already installed.\n", package->name);
    }
    for (uint32_t i = 0; i < fresh.items.count; i++) {
        enum files_error error = install(command, fresh.items.items[i]);

        if (error != FILES_OK) {
            str_addf(command->err, "Error: %s: %s\n", fresh.items.items[i]->name,
                     files_error_text(error));
            return apt ? 100 : 1;
        }
    }
    if (fresh.items.count > 0)
        say_installed(command, &fresh);
    else if (!apt)
        str_add(command->out, "Dependencies resolved.\nNothing to do.\nComplete!\n");
    return 0;
}

static int do_remove(struct guest_command *command, uint32_t from)
{
    struct package_list wanted = {0};

    if (list_packages(command, from, &wanted) != 0)
        return is_apt(command) ? 100 : 1;
    for (uint32_t i = 0; i < wanted.items.count; i++) {
        const struct catalog_package *package = wanted.items.items[i];

        if (package->unit[0] != '\0') {
            unit_stop(command->guests, command->guest, package->unit);
            unit_enable(&command->files, package->unit, false);
            files_remove(
                &command->files,
                arena_printf(command->arena, "/usr/lib/systemd/system/%s.service", package->unit),
                false);
        }
        files_remove(&command->files, command_path(command, package->program), false);
        str_addf(command->out, "Removed: %s\n", package->name);
    }
    return 0;
}

/* Position of the verb (`install`), or 0. */
static uint32_t verb_at(const struct guest_command *command)
{
    for (uint32_t i = 1; i < command->count; i++) {
        if (*command->words[i] != '-')
            return i;
    }
    return 0;
}

static bool is_verb(const char *word, const char *a, const char *b)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

static bool has_word(const struct guest_command *command, const char *a, const char *b)
{
    for (uint32_t i = 1; i < command->count; i++) {
        if (is_verb(command->words[i], a, b))
            return true;
    }
    return false;
}

static int run_tool(struct guest_command *command)
{
    bool apt = is_apt(command);
    bool amazon = strcmp(files_label(&command->files), "al2023") == 0;
    uint32_t at = verb_at(command);
    const char *verb = at == 0 ? "" : command->words[at];

    if (apt == amazon || command->job->powershell) {
        str_addf(command->err, "bash: %s: command not found\n", command->words[0]);
        return 127;
    }
    if (is_verb(verb, "update", "upgrade") || is_verb(verb, "check-update", "makecache")) {
        if (command->files.user != 0)
            return need_root(command);
        str_add(command->out, apt ? "Reading package lists... Done\nAll packages are up to date.\n"
                                  : "Dependencies resolved.\nNothing to do.\nComplete!\n");
        return 0;
    }
    if (!is_verb(verb, "install", "reinstall") && !is_verb(verb, "remove", "erase") &&
        !is_verb(verb, "purge", "autoremove")) {
        if (apt)
            str_addf(command->err, "E: Invalid operation %s\n", verb);
        else
            str_addf(command->err, "No such command: %s. Please use /usr/bin/dnf --help\n", verb);
        return apt ? 100 : 1;
    }
    if (command->files.user != 0)
        return need_root(command);
    if (!has_word(command, "-y", "--assumeyes") && !has_word(command, "--yes", "-qy") &&
        !has_word(command, "-yq", "-yqq")) {
        str_add(command->out, apt ? "Do you want to continue? [Y/n] Abort.\n"
                                  : "Is this ok [y/N]: \nOperation aborted.\n");
        return 1;
    }
    return is_verb(verb, "install", "reinstall") ? do_install(command, at + 1)
                                                 : do_remove(command, at + 1);
}

static int64_t tool_time(const struct guest_command *command)
{
    struct chance chance = chance_stream(command->guest->key, "packages", command->job->part);
    uint32_t at = verb_at(command);
    int64_t time = METADATA_NS + chance_between_ns(&chance, 0, SECOND_NS);

    if (at == 0 || command->files.user != 0)
        return 0;
    for (uint32_t i = at + 1; i < command->count; i++) {
        const struct catalog_package *package = catalog_package_find(
            command->guests->catalog, files_label(&command->files), command->words[i]);

        if (package != NULL)
            time += PACKAGE_NS + (int64_t)package->size_kib * 50 * MICROSECOND_NS;
    }
    return time;
}

/* ---- PowerShell ---- */

static int run_feature(struct guest_command *command)
{
    const char *name = NULL;
    const struct catalog_package *package;
    enum files_error error;

    for (uint32_t i = 1; i < command->count; i++) {
        if (*command->words[i] != '-')
            name = command->words[i];
    }
    package = name == NULL ? NULL
                           : catalog_package_find(command->guests->catalog,
                                                  files_label(&command->files), name);
    if (!command->job->powershell) {
        str_addf(command->err, "bash: %s: command not found\n", command->words[0]);
        return 127;
    }
    if (package == NULL) {
        str_addf(
            command->err,
            "Install-WindowsFeature : ArgumentNotValid: The role, role service, or feature name is "
            "not valid: '%s'. The name was not found.\n",
            name == NULL ? "" : name);
        return 1;
    }
    if (package_installed(&command->files, package)) {
        str_add(command->out, "Success Restart Needed Exit Code      Feature Result\n"
                              "------- -------------- ---------      --------------\n"
                              "True    No             NoChangeNeeded {}\n");
        return 0;
    }
    error = install(command, package);
    if (error != FILES_OK)
        return command_complain(command, name, files_error_text(error));
    if (!package->starts && package->unit[0] != '\0') {
        unit_enable(&command->files, package->unit, true);
        unit_start(command, package->unit);
    }
    str_addf(command->out,
             "Success Restart Needed Exit Code      Feature Result\n"
             "------- -------------- ---------      --------------\n"
             "True    No             Success        {%s}\n",
             package->name);
    return 0;
}

static int64_t feature_time(const struct guest_command *command)
{
    return command->job->powershell ? FEATURE_NS : 0;
}

const struct guest_word guest_package_words[] = {
    {.name = "dnf", .run = run_tool, .time_ns = tool_time},
    {.name = "yum", .run = run_tool, .time_ns = tool_time},
    {.name = "apt-get", .run = run_tool, .time_ns = tool_time},
    {.name = "apt", .run = run_tool, .time_ns = tool_time},
    {.name = "Install-WindowsFeature", .run = run_feature, .time_ns = feature_time},
    {.name = NULL},
};
