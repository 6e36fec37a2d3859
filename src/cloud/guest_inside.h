/*
 * cloud/guest_inside.h - what the rooms of the guest share: for src/cloud/guest*.c only.
 */
#ifndef CLOUD_GUEST_INSIDE_H
#define CLOUD_GUEST_INSIDE_H

#include "base/words.h"
#include "cloud/guest.h"

/* ---- guest.c ---- */

/* The files of a guest for a user (0 root); writable when it is up.  False: no root volume, or no
 * system on it. */
bool guest_mount(struct guests *guests, struct guest *guest, uint16_t user, struct files *files);
/* The same for reading alone: changes nothing, so that a guest that only serves stays as small as
 * it is. */
bool guest_look(struct guests *guests, struct guest *guest, uint16_t user, struct files *files);
/* Call after changes: plans the flush. */
void guest_dirty(struct guests *guests, struct guest *guest);
void guest_flush(struct guests *guests, struct guest *guest);
/* Who runs user data, as its lines on the console begin: cloud-init, or EC2Launch on Windows. */
const char *guest_agent(const struct guest_job *job);
/* Adds lines to the console, each with its prefix ("cloud-init[1637]: "). */
void guest_print(struct guests *guests, struct guest *guest, const char *prefix, const char *text);
void guest_facts(struct guests *guests, const struct guest *guest, struct arena *arena,
                 struct guest_facts *facts);
const char *guest_hostname(struct guests *guests, struct guest *guest, struct arena *arena);
/* Begins a shutdown from inside. */
void guest_power_off(struct guests *guests, struct guest *guest, bool restart);
void guest_say(struct guests *guests, const struct guest *guest, const char *text);
/* Tells whoever wants to know that units were started or stopped. */
void guest_units_changed(struct guests *guests, const struct guest *guest, bool abrupt);
/* cloud-init's job has ended. */
void guest_script_done(struct guests *guests, struct guest *guest, const struct guest_job *job);

/* ---- guest_jobs.c ---- */

/* A command being run. */
struct guest_command {
    struct guests *guests;
    struct guest *guest;
    struct guest_job *job;
    struct files files; /* mounted for the user who acts */
    struct arena *arena;
    const char *const *words; /* "cp" first; NULL after the last */
    uint32_t count;
    const char *user;  /* "root" under sudo */
    bool clean;        /* under sudo without -E: no variables pass */
    uint32_t turn;     /* of a word that asked again: how often */
    uint64_t exchange; /* what ask() began; set anew to ask again */
    const char *input; /* what is piped in; NULL: nothing */
    struct str *out;
    struct str *err;
};

struct guest_job_new {
    uint64_t instance;
    const char *user;
    const char *script;
    bool powershell;
};
struct guest_job *job_make(struct guests *guests, const struct guest_job_new *wanted);
/* Runs until a command takes time, or to the end. */
void job_run(struct guests *guests, struct guest_job *job);
/* The power goes: what runs is cut off, with ssh's exit status 255. */
void jobs_stop(struct guests *guests, uint64_t instance);
void jobs_drop(struct guests *guests, uint64_t instance);
extern const struct event_kind guest_job_event;

/* ---- the words that a guest knows ---- */

struct guest_word {
    const char *name;
    int (*run)(struct guest_command *command);               /* the exit status */
    int64_t (*time_ns)(const struct guest_command *command); /* NULL: no time at all */
    uint64_t (*ask)(struct guest_command *command); /* begins a request to wait for; or 0 */
};

extern const struct guest_word guest_file_words[];    /* guest_commands.c; ended by a NULL name */
extern const struct guest_word guest_text_words[];    /* guest_text.c */
extern const struct guest_word guest_disk_words[];    /* guest_dd.c */
extern const struct guest_word guest_system_words[];  /* guest_system.c */
extern const struct guest_word guest_package_words[]; /* guest_packages.c */
extern const struct guest_word guest_service_words[]; /* guest_services.c */
extern const struct guest_word guest_curl_words[];    /* guest_curl.c */

/* Operands with their * and ? matched against the files (a folder's last part only), and option
 * letters. */
struct operands {
    LIST(const char *) items;
    char options[16];
};
bool command_has(const struct operands *operands, char option);
void command_matches(struct guest_command *command, const char *word, struct operands *operands);
/* Reads the words; `allowed` are the letters that may follow a dash.  False after a complaint. */
bool command_operands(struct guest_command *command, const char *allowed,
                      struct operands *operands);
int command_missing(struct guest_command *command); /* "missing operand"; returns 1 */

/* The path that a word means, seen from the job's folder. */
const char *command_path(const struct guest_command *command, const char *word);
/* "NAME: WHAT: why\n" on standard error; returns 1. */
int command_complain(struct guest_command *command, const char *what, const char *why);
/* "NAME: unrecognized option" and the like; returns 1. */
int command_option(struct guest_command *command, const char *option);

/* ---- guest_services.c ---- */

/* Starts what is enabled in the files: at boot. */
void units_boot(struct guests *guests, struct guest *guest, struct files *files);
/* 0; or -1 and a sentence in *why (in the arena): it is not there, or its port is taken. */
int unit_start(struct guest_command *command, const char *unit);
void unit_stop(struct guests *guests, struct guest *guest, const char *unit);
/* The same without a word: SIGKILL. */
void unit_kill(struct guests *guests, struct guest *guest, const char *unit);
bool unit_running(const struct guest *guest, const char *unit);
bool unit_installed(struct files *files, const char *unit);
/* When it was started or stopped; 0: neither. */
int64_t unit_since(const struct guest *guest, const char *unit);
bool unit_enabled(struct files *files, const char *unit);
enum files_error unit_enable(struct files *files, const char *unit, bool enabled);
/* The package of the guest's distribution that brings this unit, or NULL. */
const struct catalog_package *unit_package(const struct guests *guests, const char *distribution,
                                           const char *unit);
/* The package whose unit listens on the port now, or NULL. */
const struct catalog_package *unit_at_port(const struct guests *guests, const struct guest *guest,
                                           const char *distribution, uint16_t port);
/* "httpd.service" or "httpd" as "httpd". */
const char *unit_name(struct arena *arena, const char *word);

/* ---- guest_packages.c ---- */
bool package_installed(struct files *files, const struct catalog_package *package);

/* ---- guest_package_files.c ---- */
/* Writes what the package brings besides its program, and leaves what is there as it is. */
enum files_error package_put_files(struct guest_command *command,
                                   const struct catalog_package *package);

/* ---- guest_web.c ---- */

/* CPU time of an answer, whatever it is. */
#define WORK_REQUEST_NS (400 * MICROSECOND_NS)
/* "Not Found" of 404. */
const char *guest_reason(int status);

/* ---- guest_endpoint.c ---- */

/* What the program answers; a POST becomes a line of its log. */
void guest_endpoint_serve(struct guests *guests, struct guest *guest,
                          const struct guest_request *request, struct arena *arena,
                          struct guest_answer *answer);

/* What SNS posted; strings in the arena, NULL where there is none. */
struct guest_notice {
    const char *type; /* "Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation" */
    const char *message_id;
    const char *topic; /* ARN, as is the next */
    const char *subscription;
    const char *subject;
    const char *message;
    const char *subscribe_url;
    bool raw; /* the message came without its envelope */
};
/* False when it is not from SNS. */
bool guest_notice_read(const struct guest_request *request, struct arena *arena,
                       struct guest_notice *notice);
/* Fetches the SubscribeURL from inside the guest.  NULL when that confirmed it; else why not, in
 * the arena. */
const char *guest_notice_confirm(struct guests *guests, const struct guest *guest,
                                 const struct guest_notice *notice, struct arena *arena);

/* ---- guest_web_cookies.c ---- */

struct web_cookies {
    struct files *files;
    int64_t since; /* when the server was started: younger settings do not count */
    bool nginx;    /* else Apache of Amazon Linux */
};

struct web_cookie_list {
    const char **items;
    uint32_t count;
    uint32_t size;
};

/* Adds the values of Set-Cookie that good answers get; all in the arena. */
void web_cookies(const struct web_cookies *ask, struct arena *arena,
                 struct web_cookie_list *cookies);

#endif
