/*
 * cloud/sticky.c - the cookies by which clients stay with a target or a group.
 *
 * True to SEMANTICS c2: AWSALB expires in 7 days and is given again with each answer; the duration
 * counts from the last one; a cookie that is broken, too old, or names a target that is gone is as
 * good as none.  Left out: what AWS's cookies look like inside.
 */
#include "cloud/sticky.h"

#include <string.h>

#include <nettle/base64.h>

#include "base/mem.h"
#include "cloud/header.h"
#include "cloud/listener.h"
#include "cloud/target.h"
#include "sim/chance.h"
#include "sim/clock.h"

enum { COOKIE_BYTES = 96, COOKIE_NUMBERS = COOKIE_BYTES / 8, COOKIE_DAYS = 7 };

enum cookie_kind { COOKIE_TARGET = 1, COOKIE_APPLICATION, COOKIE_GROUP };

/* What lies in a cookie. */
struct cookie {
    uint64_t what; /* a target or a group */
    int64_t given;
};

static struct chance secret_of(const struct balancers *balancers, const struct balancer *balancer,
                               enum cookie_kind kind)
{
    return chance_stream(balancers->seed, "cookie", balancer->id + (uint64_t)kind);
}

/* A number that nobody finds who does not know the secret. */
static uint64_t seal(struct chance secret, const struct cookie *cookie)
{
    secret.counter = cookie->what;
    secret.key ^= chance_u64(&secret);
    secret.counter = (uint64_t)cookie->given;
    return chance_u64(&secret);
}

static void cookie_write(struct chance secret, const struct cookie *cookie, struct str *out)
{
    uint64_t mark = seal(secret, cookie);
    struct chance mask = {.key = secret.key ^ mark};
    uint64_t numbers[COOKIE_NUMBERS] = {mark, cookie->what, (uint64_t)cookie->given};
    uint8_t bytes[COOKIE_BYTES];
    char text[BASE64_ENCODE_RAW_LENGTH(COOKIE_BYTES) + 1] = "";

    for (int i = 0; i < COOKIE_NUMBERS; i++) {
        uint64_t number = i == 0 ? numbers[0] : numbers[i] ^ chance_u64(&mask);

        for (int k = 0; k < 8; k++)
            bytes[i * 8 + k] = (uint8_t)(number >> (8 * k));
    }
    base64_encode_raw(text, COOKIE_BYTES, bytes);
    str_add(out, text);
}

static bool cookie_read(struct chance secret, struct header_value value, struct cookie *cookie)
{
    struct base64_decode_ctx context;
    uint8_t bytes[BASE64_DECODE_LENGTH(BASE64_ENCODE_RAW_LENGTH(COOKIE_BYTES))];
    size_t length = sizeof(bytes);
    uint64_t numbers[3] = {0};
    struct chance mask;

    if (value.length != BASE64_ENCODE_RAW_LENGTH(COOKIE_BYTES))
        return false;
    base64_decode_init(&context);
    if (!base64_decode_update(&context, &length, bytes, value.length, value.text) ||
        length != COOKIE_BYTES)
        return false;
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 8; k++)
            numbers[i] |= (uint64_t)bytes[i * 8 + k] << (8 * k);
    mask = (struct chance){.key = secret.key ^ numbers[0]};
    cookie->what = numbers[1] ^ chance_u64(&mask);
    cookie->given = (int64_t)(numbers[2] ^ chance_u64(&mask));
    return seal(secret, cookie) == numbers[0];
}

static uint64_t still_holds(const struct balancers *balancers, struct cookie cookie,
                            int64_t duration_s)
{
    int64_t past = balancers->sim->now - cookie.given;

    return cookie.what != 0 && past >= 0 && past / SECOND_NS < duration_s ? cookie.what : 0;
}

/* The cookie of one of two names, or the number that a counted client keeps. */
static uint64_t find(const struct balancers *balancers, const struct balancer *balancer,
                     const struct request_words *words, enum cookie_kind kind, int64_t duration_s)
{
    static const char *const names[][2] = {
        [COOKIE_TARGET] = {"AWSALB", "AWSALBCORS"},
        [COOKIE_APPLICATION] = {"AWSALBAPP-0", "AWSALBAPP-0"},
        [COOKIE_GROUP] = {"AWSALBTG", "AWSALBTGCORS"},
    };
    struct cookie cookie = {0};

    for (int i = 0; i < 2; i++) {
        struct header_value value = header_cookie(words->headers, names[kind][i]);

        if (value.text != NULL && cookie_read(secret_of(balancers, balancer, kind), value, &cookie))
            return still_holds(balancers, cookie, duration_s);
    }
    if (words->headers == NULL && kind != COOKIE_GROUP)
        cookie = (struct cookie){words->sticky_target, words->sticky_since};
    if (words->headers == NULL && kind == COOKIE_GROUP)
        cookie = (struct cookie){words->sticky_group, words->sticky_since};
    return still_holds(balancers, cookie, duration_s);
}

uint64_t sticky_group(const struct balancers *balancers, const struct balancer *balancer,
                      const struct request_words *words, int64_t duration_s)
{
    return find(balancers, balancer, words, COOKIE_GROUP, duration_s);
}

uint64_t sticky_target(const struct balancers *balancers, const struct balancer *balancer,
                       const struct target_group *group, const struct request_words *words)
{
    const struct target_policy *policy = &group->policy;

    if (policy->stickiness == STICKY_LB_COOKIE)
        return find(balancers, balancer, words, COOKIE_TARGET, policy->sticky_s);
    if (policy->stickiness != STICKY_APP_COOKIE ||
        (words->headers != NULL &&
         header_cookie(words->headers, policy->app_cookie).text == NULL))
        return 0;
    return find(balancers, balancer, words, COOKIE_APPLICATION, policy->sticky_s);
}

/* ---- answers ---- */

struct giving {
    const struct balancers *balancers;
    const struct balancer *balancer;
    struct str *out;
};

static void give(const struct giving *giving, const char *name, enum cookie_kind kind,
                 struct cookie cookie, bool cors)
{
    int64_t now = giving->balancers->sim->now;
    char expires[CLOCK_TEXT_SIZE];

    str_addf(giving->out, "Set-Cookie: %s=", name);
    cookie_write(secret_of(giving->balancers, giving->balancer, kind), &cookie, giving->out);
    str_addf(giving->out, "; Expires=%s; Path=/%s\r\n",
             clock_format(now + COOKIE_DAYS * 86400 * SECOND_NS, CLOCK_HTTP, expires),
             cors ? "; SameSite=None; Secure" : "");
}

/* Does the answer set the application's cookie? */
static bool sets_cookie(const char *headers, const char *name)
{
    struct header_value value = header_first(headers, "Set-Cookie");
    size_t length = strlen(name);

    while (value.text != NULL) {
        if (value.length > length && strncmp(value.text, name, length) == 0 &&
            value.text[length] == '=')
            return true;
        value = header_next(value, "Set-Cookie");
    }
    return false;
}

void sticky_answer(const struct balancers *balancers, const struct request *request,
                   const char *headers, struct str *out)
{
    const struct target *target = target_find(balancers->groups, request->target);
    const struct target_group *group =
        target == NULL ? NULL : table_find(&balancers->groups->groups, target->group);
    struct giving giving = {
        .balancers = balancers,
        .balancer = table_find(&balancers->balancers, request->balancer),
        .out = out,
    };
    struct request_words words;
    int64_t now = balancers->sim->now;

    if (group == NULL || giving.balancer == NULL)
        return;
    if (request->stuck_group != 0) {
        struct cookie cookie = {request->stuck_group, now};

        give(&giving, "AWSALBTG", COOKIE_GROUP, cookie, false);
        give(&giving, "AWSALBTGCORS", COOKIE_GROUP, cookie, true);
    }
    if (group->policy.stickiness == STICKY_LB_COOKIE) {
        struct cookie cookie = {target->id, now};

        give(&giving, "AWSALB", COOKIE_TARGET, cookie, false);
        give(&giving, "AWSALBCORS", COOKIE_TARGET, cookie, true);
    }
    if (group->policy.stickiness != STICKY_APP_COOKIE)
        return;
    words = request_words(balancers->requests, request);
    if (sets_cookie(headers, group->policy.app_cookie) ||
        header_cookie(words.headers, group->policy.app_cookie).text != NULL)
        give(&giving, "AWSALBAPP-0", COOKIE_APPLICATION, (struct cookie){target->id, now}, false);
}
