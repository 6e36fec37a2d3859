/*
 * cloud/message_log.c - what became of messages: each step, with its reason.
 *
 * Owns    a ring of notes that grows by doubling up to MESSAGE_NOTES.
 */
#include "cloud/message_log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pack.h"
#include "base/utf8.h"
#include "sim/chance.h"

enum { RING_FIRST = 256, TEXT_COLUMNS = 160 };

void message_log_init(struct message_log *log, const int64_t *now, uint64_t seed)
{
    *log = (struct message_log){
        .next = 1,
        .now = now,
        .uuids = chance_label(seed, "message-uuid"),
    };
}

void message_log_release(struct message_log *log)
{
    for (uint32_t i = 0; i < log->ring_size; i++)
        free(log->ring[i].text);
    free(log->ring);
    *log = (struct message_log){0};
}

/* The place of a note, with room made for it. */
static struct message_note *place_of(struct message_log *log, uint64_t sequence)
{
    uint32_t at = (uint32_t)(sequence % MESSAGE_NOTES);
    uint32_t size = log->ring_size == 0 ? RING_FIRST : log->ring_size;

    while (size <= at)
        size *= 2;
    if (size > log->ring_size) {
        log->ring = xrealloc(log->ring, size * sizeof(*log->ring));
        memset(log->ring + log->ring_size, 0, (size - log->ring_size) * sizeof(*log->ring));
        log->ring_size = size;
    }
    return &log->ring[at];
}

static const struct message_note *find(const struct message_log *log, uint64_t sequence)
{
    uint32_t at = (uint32_t)(sequence % MESSAGE_NOTES);

    return at < log->ring_size && log->ring[at].sequence == sequence ? &log->ring[at] : NULL;
}

/* The first that is there: a restored log may begin later than it could. */
static uint64_t first_kept(const struct message_log *log)
{
    uint64_t first = log->next <= MESSAGE_NOTES ? 1 : log->next - MESSAGE_NOTES;

    while (first < log->next && find(log, first) == NULL)
        first++;
    return first;
}

void message_log_add(struct message_log *log, struct message_note note)
{
    struct message_note *place = place_of(log, log->next);

    note.sequence = log->next++;
    note.time = *log->now;
    note.text = note.text == NULL ? NULL : xstrdup(note.text);
    free(place->text);
    *place = note;
}

void message_log_tell(struct message_log *log, uint64_t account, uint8_t region, uint64_t message,
                      const char *format, ...)
{
    char text[512];
    va_list values;

    va_start(values, format);
    vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    message_log_add(log, (struct message_note){
                             .message = message,
                             .account = account,
                             .region = region,
                             .step = MESSAGE_TOLD,
                             .text = text,
                         });
}

struct message_notes message_log_of(const struct message_log *log, struct arena *arena,
                                    uint64_t message)
{
    struct message_notes notes = {0};

    for (uint64_t n = first_kept(log); n < log->next; n++) {
        const struct message_note *note = find(log, n);

        if (note != NULL && note->message == message)
            *LIST_PUSH_IN(arena, &notes) = note;
    }
    return notes;
}

struct message_notes message_log_latest(const struct message_log *log, struct arena *arena,
                                        const struct message_wish *wish)
{
    struct message_notes notes = {0};
    uint64_t first = first_kept(log);

    for (uint64_t n = log->next; n-- > first && notes.count < wish->most;) {
        const struct message_note *note = find(log, n);

        if (note != NULL && note->step == wish->step && note->account == wish->account &&
            note->region == wish->region)
            *LIST_PUSH_IN(arena, &notes) = note;
    }
    return notes;
}

const char *message_text(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, utf8_fit(text, strlen(text), TEXT_COLUMNS));
}

/* ---- ids ---- */

/* The digits that are not the id's own: drawn from the world's seed, so that no other text reads as
 * an id. */
static uint64_t check_of(const struct message_log *log, uint64_t message)
{
    struct chance chance = chance_of(log->uuids, message);

    return chance_u64(&chance);
}

/* So many hexadecimal digits of the number, the lowest ones; where the next ones go. */
static char *put_hex(char *at, uint64_t number, int digits)
{
    for (int i = digits; i-- > 0;)
        *at++ = "0123456789abcdef"[number >> 4 * i & 15];
    return at;
}

void message_uuid(const struct message_log *log, uint64_t message, char text[MESSAGE_UUID])
{
    uint64_t check = check_of(log, message);
    char *at = put_hex(text, message >> 32, 8);

    *at++ = '-';
    at = put_hex(at, message >> 16, 4);
    *at++ = '-';
    at = put_hex(at, 0x4000 | (check & 0xfff), 4); /* version 4, as random ones have */
    *at++ = '-';
    at = put_hex(at, 0x8000 | (check >> 12 & 0x3fff), 4);
    *at++ = '-';
    at = put_hex(at, check >> 32, 8);
    at = put_hex(at, message, 4);
    *at = '\0';
}

uint64_t message_uuid_read(const struct message_log *log, const char *text)
{
    char again[MESSAGE_UUID];
    char digits[17];
    uint64_t message;

    if (strlen(text) != MESSAGE_UUID - 1)
        return 0;
    memcpy(digits, text, 8);
    memcpy(digits + 8, text + 9, 4);
    memcpy(digits + 12, text + 32, 4);
    digits[16] = '\0';
    message = strtoull(digits, NULL, 16);
    if (message == 0)
        return 0;
    message_uuid(log, message, again);
    return strcmp(again, text) == 0 ? message : 0;
}

/* ---- saving ---- */

struct kept_notes {
    const struct message_log *log;
    uint64_t first;
};

static const void *kept_note(const void *context, uint64_t n)
{
    const struct kept_notes *kept = context;

    return find(kept->log, kept->first + n);
}

void message_log_pack(const struct message_log *log, struct str *out, const char *name)
{
    const struct kept_notes kept = {.log = log, .first = first_kept(log)};

    pack_rows(out, name, &(struct pack_rows){
                             .shape = &message_note_shape,
                             .count = log->next - kept.first,
                             .row = kept_note,
                             .context = &kept,
                         });
}

bool message_log_load(struct message_log *log, const struct table *table)
{
    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct message_note *row = table_at(table, i);
        struct message_note *place;

        if (i > 0 && row->sequence != log->next)
            return false;
        if (i >= MESSAGE_NOTES || row->step == 0 || row->step >= MESSAGE_STEPS_ ||
            row->sequence == UINT64_MAX)
            return false;
        place = place_of(log, row->sequence);
        free(place->text);
        *place = *row;
        place->text = row->text == NULL ? NULL : xstrdup(row->text);
        log->next = row->sequence + 1;
    }
    return true;
}

static const struct field message_note_fields[] = {
    F_INT(struct message_note, sequence, "Sequence", "Its number, from 1."),
    F_TIME(struct message_note, time, "Time", "When it happened."),
    F_INT(struct message_note, message, "Message", "To which message."),
    F_INT(struct message_note, account, "Account", "Whose."),
    F_INT(struct message_note, place, "Place", "Where, as the step says."),
    F_INT(struct message_note, number, "Number", "As the step says."),
    F_INT(struct message_note, other, "Other", "As the step says."),
    F_STRING(struct message_note, text, "Text", "A sentence."),
    F_INT(struct message_note, step, "Step", "What happened."),
    F_INT(struct message_note, region, "Region", "Where."),
};

const struct shape message_note_shape =
    SHAPE("MessageNote", struct message_note, message_note_fields);
