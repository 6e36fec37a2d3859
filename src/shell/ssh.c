/*
 * shell/ssh.c - the word ssh: a command, or a whole session, inside an instance.
 *
 * True to OpenSSH's texts for what goes wrong.  Left out: host keys, agents, forwarding, every
 * option but -i, -l, -p and -o (which is taken and means nothing here).
 */
#include "shell/ssh.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "api/command.h"
#include "cloud/guest.h"
#include "cloud/world.h"

enum { EXIT_SSH = 255, SSH_PORT = 22 };

static const char ssh_usage[] = "usage: ssh [-i FILE] [-l USER] USER@HOST [COMMAND...]\n";

struct ssh_options {
    const char *key;  /* file of the branch; NULL: none */
    const char *user; /* NULL: not said */
    const char *host;
    char *line; /* the command; NULL: a session; owned */
};

/* ---- options ---- */

static int read_destination(struct ssh_options *options, struct arena *arena, const char *word)
{
    const char *at = strrchr(word, '@');

    if (at != NULL)
        options->user = arena_strndup(arena, word, (size_t)(at - word));
    options->host = at == NULL ? word : at + 1;
    return options->host[0] == '\0' ? -1 : 0;
}

static int read_options(struct word_call *call, struct ssh_options *options, struct arena *arena)
{
    size_t at = 1;
    struct str line = STR_INIT;

    for (; at < call->count && call->words[at][0] == '-'; at += 2) {
        const char *value = at + 1 < call->count ? call->words[at + 1] : NULL;

        if (value == NULL || strlen(call->words[at]) != 2 ||
            strchr("ilpo", call->words[at][1]) == NULL)
            return -1;
        if (call->words[at][1] == 'i')
            options->key = value;
        if (call->words[at][1] == 'l')
            options->user = value;
        if (call->words[at][1] == 'p' && strcmp(value, "22") != 0)
            return -1;
    }
    if (at >= call->count || read_destination(options, arena, call->words[at]) != 0)
        return -1;
    for (at++; at < call->count; at++)
        str_addf(&line, "%s%s", line.length == 0 ? "" : " ", call->words[at]);
    options->line = line.length == 0 ? NULL : str_take(&line);
    str_release(&line);
    return 0;
}

/* ---- operations ---- */

static const struct op *lab_op(const char *name)
{
    return service_op_find(service_find("lab"), name);
}

/* Runs an operation of lab; the answer, or NULL. */
static json_t *ask(struct word_call *call, const char *name, json_t *params)
{
    json_t *answer = NULL;

    command_invoke(call->commander, lab_op(name), params, &answer, &call->io);
    json_decref(params);
    return answer;
}

/* Lets events happen until `done` says so.  0, or -1 when interrupted. */
static int wait_for(struct word_call *call, bool (*done)(struct world *, json_int_t), json_int_t id,
                    const char *what)
{
    struct world *world = call->commander->caller.world;

    while (!done(world, id)) {
        int64_t next = sim_next_time(&world->sim);

        if (next == SIM_NEVER)
            break;
        if (commander_advance(call->commander, next, what) != 0)
            return -1;
    }
    return 0;
}

static bool connected(struct world *world, json_int_t id)
{
    const struct exchange *exchange = exchange_find(&world->traffic, (uint64_t)id);

    return exchange == NULL || exchange->ended != 0;
}

static bool ended(struct world *world, json_int_t id)
{
    const struct guest_job *job = guest_job_numbered(&world->guests, id);

    return job == NULL || job->done;
}

/* ---- the connection ---- */

static int refuse(struct word_call *call, const struct ssh_options *options, int how)
{
    const char *why = how == EXIT_REFUSED   ? "Connection refused"
                      : how == EXIT_TIMEOUT ? "Connection timed out"
                                            : "Connection closed";

    if (how == EXIT_NO_NAME)
        str_addf(call->io.err, "ssh: Could not resolve hostname %s: Name or service not known\n",
                 options->host);
    else
        str_addf(call->io.err, "ssh: connect to host %s port %d: %s\n", options->host, SSH_PORT,
                 why);
    return EXIT_SSH;
}

/* Connects to port 22; 0 with the address, or an exit code. */
static int connect_to(struct word_call *call, const struct ssh_options *options, uint32_t *address)
{
    struct str url = STR_INIT;
    json_t *sent;
    const struct exchange *exchange;
    json_int_t id;
    int status = EXIT_SSH;

    str_addf(&url, "http://%s:%d/", options->host, SSH_PORT);
    sent =
        ask(call, "SendRequest", json_pack("{s:s, s:b}", "Url", str_text(&url), "ConnectOnly", 1));
    str_release(&url);
    if (sent == NULL)
        return EXIT_SSH;
    id = json_integer_value(json_object_get(sent, "ExchangeId"));
    json_decref(sent);
    if (wait_for(call, connected, id, "ssh") != 0)
        status = EXIT_INTERRUPTED;
    exchange = exchange_find(&call->commander->caller.world->traffic, (uint64_t)id);
    if (status != EXIT_INTERRUPTED && exchange != NULL) {
        *address = exchange->address;
        status = exchange->exit == EXIT_ANSWERED ? 0 : refuse(call, options, exchange->exit);
    }
    json_decref(ask(call, "ForgetRequest", json_pack("{s:I}", "ExchangeId", id)));
    return status;
}

/* The instance at a public address; NULL when it is nobody's or another account's. */
static const struct instance *instance_at(const struct commander *commander, uint32_t address)
{
    const struct world *world = commander->caller.world;
    const struct interface *interface = network_public_holder(&world->network, address);

    if (interface == NULL || interface->owner_kind != OWNER_INSTANCE ||
        interface->account != commander->caller.account)
        return NULL;
    return instance_any(&world->instances, interface->owner);
}

/* Does the key file open the door, and is the user the image's? */
static bool key_fits(struct word_call *call, const struct ssh_options *options,
                     const struct instance *instance)
{
    const struct shell *shell = call->owner;
    struct world *world = call->commander->caller.world;
    const struct reservation *reservation = instance_reservation(&world->instances, instance);
    const struct branch_file *file =
        options->key == NULL ? NULL : variables_file_find(&shell->session->variables, options->key);
    const struct key_pair *key =
        reservation == NULL || reservation->key_name == NULL
            ? NULL
            : key_pair_find(&world->keys, instance->account, ZONE_REGION(instance->zone),
                            reservation->key_name);
    const char *user = guest_user(&world->guests, instance->id);
    char *text;
    bool fits;

    if (options->key != NULL && file == NULL)
        str_addf(call->io.err,
                 "Warning: Identity file %s not accessible: No such file or directory.\n",
                 options->key);
    if (file == NULL || key == NULL || user == NULL || !str_equal(options->user, user))
        return false;
    text = xstrndup(file->bytes.bytes, file->bytes.size);
    fits = key_pair_matches(&world->keys, key, text);
    free(text);
    return fits;
}

/* ---- running ---- */

struct remote {
    uint64_t instance;
    const char *user;
    json_int_t after; /* the job before this one, or 0 */
};

/* Runs one line there; *job is its job, for the next line to go on with. */
static int run_line(struct word_call *call, const struct remote *remote, const char *line,
                    json_int_t *job)
{
    struct arena arena = ARENA_INIT;
    json_t *params = json_pack("{s:s, s:s, s:s}", "InstanceId",
                               id_text(&arena, &kind_instance, remote->instance), "User",
                               remote->user, "Command", line);
    json_t *answer;
    int status = EXIT_SSH;

    arena_release(&arena);
    if (params == NULL) {
        str_add(call->io.err, "ssh: the command is not valid UTF-8\n");
        return EXIT_SSH;
    }
    if (remote->after != 0)
        json_object_set_new(params, "AfterCommandId", json_integer(remote->after));
    answer = ask(call, "RunCommand", params);
    *job = json_integer_value(json_object_get(answer, "CommandId"));
    json_decref(answer);
    if (*job == 0) {
        str_add(call->io.err, "Connection closed by remote host.\n");
        return EXIT_SSH;
    }
    if (wait_for(call, ended, *job, "ssh") != 0) {
        json_decref(ask(call, "StopCommand", json_pack("{s:I}", "CommandId", *job)));
        return EXIT_INTERRUPTED;
    }
    answer = ask(call, "DescribeCommand", json_pack("{s:I}", "CommandId", *job));
    if (answer != NULL) {
        str_add(call->io.out, json_string_value(json_object_get(answer, "Output")));
        status = (int)json_integer_value(json_object_get(answer, "Status"));
    }
    json_decref(answer);
    return status;
}

static void forget_job(struct word_call *call, json_int_t job)
{
    if (job != 0)
        json_decref(ask(call, "StopCommand", json_pack("{s:I}", "CommandId", job)));
}

static void end_session(struct word_call *call)
{
    struct shell *shell = call->owner;

    forget_job(call, shell->guest.job);
    free(shell->guest.user);
    free(shell->guest.prompt);
    shell->guest = (struct shell_guest){0};
    str_add(call->io.out, "logout\n");
}

/* struct shell_guest's line. */
static int ssh_line(struct shell *shell, const char *line, struct command_io *io)
{
    struct word_call call = {
        .owner = shell,
        .commander = &shell->session->commander,
        .io = *io,
    };
    struct remote remote = {
        .instance = shell->guest.instance,
        .user = shell->guest.user,
        .after = shell->guest.job,
    };
    json_int_t job = 0;
    int status;

    if (strcmp(line, "exit") == 0 || strcmp(line, "logout") == 0) {
        end_session(&call);
        return 0;
    }
    if (line[strspn(line, " \t\n")] == '\0')
        return 0;
    status = run_line(&call, &remote, line, &job);
    if (job == 0) {
        end_session(&call);
    } else {
        forget_job(&call, shell->guest.job);
        shell->guest.job = job;
    }
    return status;
}

static int begin_session(struct word_call *call, const struct remote *remote,
                         const struct ssh_options *options)
{
    struct shell *shell = call->owner;

    shell->guest = (struct shell_guest){
        .line = ssh_line,
        .instance = remote->instance,
        .user = xstrdup(remote->user),
        .prompt = xasprintf("[%s@%s ~]$ ", remote->user, options->host),
    };
    str_add(call->io.out, "Inside the instance now; `exit` leads back.\n");
    return 0;
}

/* What goes wrong on the way in is for `explain`; what a command inside says is its own. */
static int refused(struct word_call *call, size_t before, int status)
{
    if (status == EXIT_SSH)
        commander_refused(call->commander, NULL, str_text(call->io.err) + before);
    return status;
}

static int run_remote(struct word_call *call, const struct ssh_options *options)
{
    const struct instance *instance;
    struct remote remote = {.user = options->user};
    uint32_t address = 0;
    json_int_t job = 0;
    size_t before = call->io.err->length;
    int status = connect_to(call, options, &address);

    if (status != 0)
        return refused(call, before, status);
    instance = instance_at(call->commander, address);
    if (instance == NULL || !key_fits(call, options, instance)) {
        str_addf(call->io.err,
                 "%s@%s: Permission denied (publickey,gssapi-keyex,gssapi-with-mic).\n",
                 options->user == NULL ? "learner" : options->user, options->host);
        return refused(call, before, EXIT_SSH);
    }
    remote.instance = instance->id;
    if (options->line == NULL)
        return begin_session(call, &remote, options);
    status = run_line(call, &remote, options->line, &job);
    forget_job(call, job);
    return status;
}

int ssh_run(struct word_call *call)
{
    struct ssh_options options = {0};
    struct arena arena = ARENA_INIT;
    int status = EXIT_SSH;

    if (read_options(call, &options, &arena) != 0)
        str_add(call->io.err, ssh_usage);
    else
        status = run_remote(call, &options);
    free(options.line);
    arena_release(&arena);
    return status;
}
