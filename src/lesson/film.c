/*
 * lesson/film.c - a learner's run, played like a film.
 *
 * Moves   waiting for a line -> the line -> its time passes -> its answer -> the next scene.
 * Seeks   go to where the journal was before a line; what the logbook notes up to there is told to
 *         the runner anew.  Chapters are marked when they are passed, to be found again quickly.
 *
 * The words that a line may use are those that stay inside: aws, lab, curl and their like.  The
 * session is nobody's, so that no file of this machine is read and no program run.
 */
#include "lesson/film.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "sim/clock.h"
#include "cloud/catalog.h"
#include "shell/again.h"
#include "shell/logbook.h"
#include "lesson/answers.h"
#include "lesson/film_parts.h"
#include "lesson/runner_parts.h"

enum {
    ANSWER_SLICES_MAX = 2000, /* of simulated time: some seconds */
};

/* Moments of the film, in ns. */
#define WAIT_MIN SECOND_NS
#define WAIT_MAX (2 * SECOND_NS)
#define RUN_MAX (3 * SECOND_NS)
#define WAIT_FIRST SECOND_NS

enum phase { PHASE_WAIT, PHASE_RUN };

struct film {
    struct store *store; /* borrowed */
    struct again again;
    struct logbook logbook;
    struct film_script script;
    struct shell shell; /* for the lines of the film */
    struct word words[ANSWERS_WORDS];
    struct runner runner;
    struct film_sink sink;
    uint32_t scene; /* the one that is played */
    enum phase phase;
    int64_t at; /* of the phase */
    struct logbook_place from; /* where the phase began */
    struct str out;            /* of the line that runs */
    struct str err;
    bool told; /* its answer is known */
    struct str kept;
    bool begins; /* is to begin at a time... */
    int64_t begin_at;
};

/* ---- opening ---- */

static int64_t clamped(int64_t ns, int64_t min, int64_t max)
{
    return ns < min ? min : ns > max ? max : ns;
}

struct film *film_new(const struct catalog *catalog, struct store *store,
                      struct lesson_list *lessons, struct str *why)
{
    struct film *film = xcalloc(1, sizeof(*film));

    film->store = store;
    if (!logbook_read(&film->logbook, store) ||
        again_open(&film->again, catalog, store, why) != 0) {
        film_free(film);
        if (why->length == 0)
            str_add(why, "its logbook is damaged");
        return NULL;
    }
    film_script_make(&film->script, store, &film->logbook, lessons);
    if (film->script.scenes.count == 0) {
        str_add(why, "nothing was typed in it");
        film_free(film);
        return NULL;
    }
    shell_init(&film->shell, film->again.session);
    answers_add_words(&film->shell, film->words);
    runner_init(&film->runner, &film->shell, lessons);
    film->again.session->person = false;
    film->again.session->brought = 1;
    film->from = film->script.scenes.items[0].before;
    if (again_go(&film->again, film->from.branch, 0, why) != 0) {
        film_free(film);
        return NULL;
    }
    return film;
}

void film_free(struct film *film)
{
    if (film == NULL)
        return;
    if (film->runner.shell != NULL)
        runner_release(&film->runner);
    again_release(&film->again);
    film_script_release(&film->script);
    logbook_release(&film->logbook);
    str_release(&film->out);
    str_release(&film->err);
    str_release(&film->kept);
    free(film);
}

void film_set_sink(struct film *film, const struct film_sink *sink)
{
    film->sink = *sink;
}

struct session *film_session(const struct film *film)
{
    return film->again.session;
}

struct runner *film_runner(const struct film *film)
{
    return (struct runner *)(uintptr_t)&film->runner;
}

void film_keep(struct film *film)
{
    str_clear(&film->kept);
    session_keep(film->again.session, &film->kept);
}

void film_return(struct film *film)
{
    struct str why = STR_INIT;

    if (film->kept.length > 0)
        session_return(film->again.session, &film->kept, &why);
    str_clear(&film->kept);
    str_release(&why);
}

bool film_has_ended(const struct film *film)
{
    return film->scene >= film->script.scenes.count;
}

/* ---- what the logbook notes ---- */

static void tell_note(struct film *film, uint32_t number)
{
    const struct logbook_entry *note = &film->logbook.entries.items[number];

    if (film->script.told.items[number])
        return;
    film->script.told.items[number] = true;
    runner_show_note(&film->runner, note);
}

/* Those of this scene at the row where the world stands. */
static void tell_notes_here(struct film *film)
{
    for (uint32_t i = 0; i < film->logbook.entries.count; i++) {
        const struct logbook_entry *entry = &film->logbook.entries.items[i];

        if (film->script.scene_of.items[i] == film->scene &&
            entry->before.branch == film->again.branch && entry->before.seq == film->again.seq)
            tell_note(film, i);
    }
}

/* All up to a scene. */
static void tell_notes_before(struct film *film, uint32_t scene)
{
    for (uint32_t i = 0; i < film->logbook.entries.count; i++) {
        if (film->script.scene_of.items[i] < scene)
            tell_note(film, i);
    }
}

/* The pane shows the lesson of the branch. */
static void follow(struct film *film)
{
    const struct store_branch *branch = store_branch_find(film->store, film->again.branch);

    runner_show_lesson(&film->runner, branch == NULL ? "" : branch->lesson);
}

/* ---- moving ---- */

static void tell_trouble(struct film *film, const struct str *why)
{
    if (why->length > 0 && film->sink.remark != NULL)
        film->sink.remark(film->sink.context, str_text(why));
    if (why->length > 0)
        film->scene = film->script.scenes.count; /* it cannot go on */
}

/* To a branch and row, not showing what lies between. */
static bool jump_to(struct film *film, const struct logbook_place *place)
{
    struct str why = STR_INIT;
    bool there = again_go(&film->again, place->branch, place->seq, &why) == 0;

    if (there && place->time > film->again.session->world->sim.now)
        there = session_advance(film->again.session, place->time, "") == 0;
    follow(film);
    tell_trouble(film, &why);
    str_release(&why);
    return there;
}

static const struct film_scene *present(const struct film *film)
{
    return &film->script.scenes.items[film->scene];
}

/* What a row is told by beside the lines: what an instructor sent, and what a line did that has no
 * answer here (`solve`, `run`, `next`).  For the caller to free; NULL: nothing. */
static char *row_remark(const struct film *film, const struct store_entry *row)
{
    char *arrival = film_row_arrival(row);

    if (arrival != NULL || film->phase != PHASE_RUN || film->told || present(film)->instructed)
        return arrival;
    return film_row_line(row);
}

static void tell_row(struct film *film, const char *line)
{
    if (line != NULL && film->sink.remark != NULL)
        film->sink.remark(film->sink.context, line);
}

/* Lets happen what happened up to that moment; false when it was interrupted. */
static bool move_to(struct film *film, const struct logbook_place *place, int64_t time)
{
    struct str why = STR_INIT;
    struct session *session = film->again.session;
    bool goes_on = true;

    if (film->again.branch != place->branch)
        return jump_to(film, place);
    while (goes_on) {
        const struct store_entry *next = again_next(&film->again, &why);
        char *line;

        if (next == NULL || next->seq > place->seq || next->sim_time > time)
            break;
        line = row_remark(film, next);
        goes_on = again_step(&film->again, &why) == 0;
        if (goes_on)
            tell_row(film, line);
        if (goes_on)
            tell_notes_here(film);
        free(line);
    }
    tell_trouble(film, &why);
    str_release(&why);
    if (goes_on && session->world->sim.now < time)
        goes_on = session_advance(session, time, "") == 0;
    return goes_on;
}

/* ---- scenes ---- */

/* How long the phase lasts on the screen. */
static int64_t length_of(const struct film *film)
{
    const struct film_scene *scene = present(film);
    int64_t wait = scene->wait_ms > 0 ? scene->wait_ms * MILLISECOND_NS
                                      : scene->before.time - film->from.time;

    if (film->phase == PHASE_RUN)
        return scene->after.branch != scene->before.branch
                   ? 0
                   : clamped(scene->after.time - scene->before.time, 0, RUN_MAX);
    return film->scene == 0 ? WAIT_FIRST : clamped(wait, WAIT_MIN, WAIT_MAX);
}

/* struct session_hooks' waiting: an answer for which time must pass too long is not given. */
static int count_slices(void *context, const char *what, int64_t until)
{
    (void)what;
    (void)until;
    return ++*(unsigned *)context > ANSWER_SLICES_MAX;
}

/* Runs the line to hear what it answers, and puts the world back. */
static void ask_again(struct film *film)
{
    const struct film_scene *scene = present(film);
    struct command_io io = {.out = &film->out, .err = &film->err};
    struct session_hooks hooks = film->again.session->hooks;
    struct str state = STR_INIT;
    struct str why = STR_INIT;
    unsigned slices = 0;
    int status;

    str_clear(&film->out);
    str_clear(&film->err);
    film->told = false;
    if (!scene->typed || scene->instructed || scene->after.branch != scene->before.branch)
        return;
    session_keep(film->again.session, &state);
    film->again.session->hooks =
        (struct session_hooks){.context = &slices, .waiting = count_slices};
    status = shell_run(&film->shell, scene->line, false, &io);
    film->again.session->hooks = hooks;
    film->shell.quit = false;
    session_return(film->again.session, &state, &why);
    film->told = status == scene->status;
    tell_trouble(film, &why);
    str_release(&state);
    str_release(&why);
}

/* A line of a fault plan: nobody here typed it.  Of a reset or a hint its arrival told. */
static void tell_instructed(struct film *film, const char *line)
{
    char *text = strncmp(line, "lab ", 4) == 0 ? xasprintf("instructor: %s", line) : NULL;

    tell_row(film, text);
    free(text);
}

static void begin_line(struct film *film)
{
    const struct film_scene *scene = present(film);

    if (scene->chapter != NULL) {
        again_mark(&film->again);
        if (film->sink.chapter != NULL)
            film->sink.chapter(film->sink.context, scene->chapter);
    }
    if (scene->instructed)
        tell_instructed(film, scene->line);
    else if (film->sink.line != NULL)
        film->sink.line(film->sink.context, scene->line);
    ask_again(film);
    film->phase = PHASE_RUN;
    film->at = 0;
    film->from = scene->before;
}

static void remark_branch(struct film *film, const struct film_scene *scene)
{
    const struct store_branch *branch = store_branch_find(film->store, scene->after.branch);
    struct str text = STR_INIT;
    char time[CLOCK_TEXT_SIZE];

    str_addf(&text, "now on branch %s, row %lld, %s", branch == NULL ? "?" : branch->name,
             (long long)scene->after.seq, clock_format(scene->after.time, CLOCK_Z, time));
    if (film->sink.remark != NULL)
        film->sink.remark(film->sink.context, str_text(&text));
    str_release(&text);
}

static void end_line(struct film *film)
{
    const struct film_scene *scene = present(film);

    follow(film);
    tell_notes_before(film, film->scene + 1);
    if (scene->after.branch != scene->before.branch)
        remark_branch(film, scene);
    else if (film->told && film->sink.answer != NULL)
        film->sink.answer(film->sink.context, str_text(&film->out), str_text(&film->err),
                          scene->status);
    else if (scene->status != 0 && !scene->instructed && film->sink.answer != NULL)
        film->sink.answer(film->sink.context, "", "", scene->status);
    film->from = scene->after;
    film->scene++;
    film->phase = PHASE_WAIT;
    film->at = 0;
    if (film_has_ended(film) && film->sink.chapter != NULL)
        film->sink.chapter(film->sink.context, "the end");
}

/* The simulated time that belongs to this moment of the phase. */
static int64_t time_at(const struct film *film, const struct logbook_place *to, int64_t length)
{
    int64_t span = to->time - film->from.time;

    if (film->at >= length || span <= 0)
        return to->time;
    /* In thousandths, so that days do not overflow. */
    return film->from.time + span / 1000 * (film->at * 1000 / length);
}

void film_pass(struct film *film, int64_t ns)
{
    if (film->begins)
        film_go(film, film->begin_at);
    while (!film_has_ended(film)) {
        const struct film_scene *scene = present(film);
        const struct logbook_place *to =
            film->phase == PHASE_WAIT ? &scene->before : &scene->after;
        int64_t length = length_of(film);
        int64_t part = ns < length - film->at ? ns : length - film->at;

        film->at += part < 0 ? 0 : part;
        ns -= part < 0 ? 0 : part;
        if (film->at < length) {
            if (film->again.branch == to->branch)
                move_to(film, to, time_at(film, to, length));
            return;
        }
        if (!move_to(film, to, to->time))
            return; /* the rest at the next call */
        if (film->phase == PHASE_WAIT)
            begin_line(film);
        else
            end_line(film);
    }
}

void film_step(struct film *film)
{
    uint32_t scene = film->scene;

    while (film->scene == scene && !film_has_ended(film)) {
        int64_t rest = length_of(film) - film->at;
        enum phase phase = film->phase;

        film_pass(film, rest < 0 ? 0 : rest);
        if (film->scene == scene && film->phase == phase)
            break; /* interrupted */
    }
}

/* ---- seeking ---- */

/* `time`: "12:30:00, ", or "". */
static void remark_seek(struct film *film, int direction, const char *time)
{
    const struct film_scene *scene = present(film);
    struct str text = STR_INIT;

    str_addf(&text, "%s %sline %u%s%s", direction > 0 ? "on to" : "back to", time,
             film->scene + 1, scene->chapter == NULL ? "" : ": ",
             scene->chapter == NULL ? "" : scene->chapter);
    if (film->sink.remark != NULL)
        film->sink.remark(film->sink.context, str_text(&text));
    str_release(&text);
}

/* To a place in the wait before a line. */
static bool go_before(struct film *film, uint32_t scene, const struct logbook_place *place)
{
    film->scene = scene;
    film->phase = PHASE_WAIT;
    film->at = 0;
    memset(film->script.told.items, 0, film->script.told.count * sizeof(bool));
    runner_close_lesson(&film->runner);
    if (!jump_to(film, place))
        return false;
    film->from = *place;
    tell_notes_before(film, film->scene);
    follow(film);
    return true;
}

bool film_seek(struct film *film, int direction, bool scenes)
{
    int64_t scene = (int64_t)film->scene + direction;
    struct logbook_place place;

    /* Back, when the line of this scene was shown already: to its own beginning. */
    if (direction < 0 && film->phase == PHASE_RUN)
        scene++;
    while (!scenes && scene >= 0 && scene < film->script.scenes.count &&
           film->script.scenes.items[scene].chapter == NULL)
        scene += direction;
    if (scene < 0 || scene >= film->script.scenes.count)
        return false;
    place = film->script.scenes.items[scene].before;
    film->begins = false;
    film->scene = (uint32_t)scene;
    remark_seek(film, direction, "");
    go_before(film, film->scene, &place);
    return true;
}

static struct film_now now_of(const struct film *film)
{
    return (struct film_now){film->scene, film->again.session->world->sim.now};
}

bool film_read(const struct film *film, const char *text, int64_t *time, struct str *why)
{
    struct film_now now = now_of(film);

    return film_read_time(&film->script, &now, text, time, why);
}

/* From the beginning of a scene to a time within it. */
static void go_on_to(struct film *film, int64_t time)
{
    const struct film_scene *scene = present(film);
    int64_t span = scene->after.time - scene->before.time;

    if (time <= scene->before.time) {
        move_to(film, &scene->before, time);
        film->from.time = time;
        return;
    }
    if (!move_to(film, &scene->before, scene->before.time))
        return; /* interrupted: the film goes on from there */
    begin_line(film);
    if (film_has_ended(film))
        return; /* it cannot go on */
    film->at = length_of(film) / 1000 * ((time - scene->before.time) / (span / 1000 + 1));
    move_to(film, &scene->after, time);
}

void film_go(struct film *film, int64_t time)
{
    struct film_now now = now_of(film);
    struct logbook_place place;
    char text[CLOCK_TEXT_SIZE];
    uint32_t scene;
    char *when;

    film->begins = false;
    if (!film_find_time(&film->script, &now, time, &scene))
        return;
    when = xasprintf("%s, ", clock_format(time, CLOCK_TIME, text));
    place = *film_wait_begin(&film->script, scene);
    film->scene = scene;
    remark_seek(film, time >= now.time ? 1 : -1, when);
    free(when);
    if (go_before(film, scene, &place))
        go_on_to(film, time);
}

void film_begin_at(struct film *film, int64_t time)
{
    film->begins = true;
    film->begin_at = time;
}

void film_where(const struct film *film, struct str *out)
{
    uint32_t count = film->script.scenes.count;

    if (film_has_ended(film))
        str_addf(out, "film: the end, %u lines", count);
    else
        str_addf(out, "film: line %u of %u", film->scene + 1, count);
}
