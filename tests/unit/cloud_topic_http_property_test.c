/*
 * tests/unit/cloud_topic_http_property_test.c - topics and URLs whose servers crash, are away, come
 * back, are slow or refuse; and filters that are bombs.
 *
 * If this fails, some order of answers makes SNS lose a message without counting it, post one that
 * was taken, try again too soon or too often, or an endless filter makes it hang: of each message
 * each confirmed URL whose filter passes takes it once, or its dead-letter queue does, or it is
 * counted as failed (Q6).
 *
 * The network is a stub: it keeps what was posted until the test says how that ended.  Beside the
 * room stands a model that is naive on purpose: each delivery, and what was answered to it.
 */
#include "cloud_property.h"

#include <time.h>

#include "base/event_pattern.h"
#include "cloud/resource_policy.h"
#include "topics.h"

enum { SEEDS = 200, COMMANDS = 60, URLS = 3, POSTS = 1024, RETRIES = 3, LONG_S = 600 };

/* A delivery, as the naive model knows it. */
struct post {
    uint64_t delivery;
    int url;
    int64_t posted;  /* when it was posted last */
    int64_t ended;   /* when that ended; 0: it is under way */
    int tries;
    bool taken;
    bool over; /* taken, or refused for good */
};

struct run {
    struct property property;
    uint64_t topic;
    uint64_t dead;
    int filter[URLS]; /* the kind that it wants, or TOPICS_ALL */
    bool buries[URLS];
    bool away[URLS];
    struct post posts[POSTS];
    int count;
    uint64_t exchanges;
    int64_t published;
    int64_t expected[URLS];
};

/* ---- the stub of a network ---- */

static int url_of(const char *url)
{
    return url[strlen(url) - 1] - '0';
}

static uint64_t post(void *context, const struct topic_post *wish)
{
    struct run *run = context;
    struct property *property = &run->property;
    int64_t now = property->world->sim.now;
    struct post *row = NULL;

    for (int i = 0; i < run->count && row == NULL; i++)
        if (run->posts[i].delivery == wish->delivery)
            row = &run->posts[i];
    if (row == NULL) {
        HOLDS(property, run->count < POSTS);
        row = &run->posts[run->count++];
        *row = (struct post){.delivery = wish->delivery, .url = url_of(wish->url)};
    } else {
        HOLDS(property, row->ended != 0);
        HOLDS(property, !row->over);
        HOLDS(property, now - row->ended >= 18 * SECOND_NS && now - row->ended <= 22 * SECOND_NS);
    }
    row->posted = now;
    row->ended = 0;
    row->tries++;
    HOLDS(property, row->tries <= 1 + RETRIES);
    return ++run->exchanges;
}

static void drop(void *context, uint64_t exchange)
{
    (void)context;
    (void)exchange;
}

static void end(struct run *run, struct post *row, uint8_t exit, uint16_t status)
{
    const struct topic_posted posted = {
        .delivery = row->delivery,
        .status = status,
        .exit = exit,
        .connected = exit == 0,
    };

    row->ended = run->property.world->sim.now;
    row->taken = status / 100 == 2;
    row->over = row->taken || (status / 100 == 4 && status != 429);
    topic_posted(&run->property.world->topics, &posted);
}

/* Of one that is under way: how its server does it. */
static void answer(struct run *run, struct post *row)
{
    static const uint16_t statuses[] = {200, 200, 200, 204, 500, 503, 429, 404, 403};
    struct property *property = &run->property;

    if (run->away[row->url])
        end(run, row, property_draw(property, 2) == 0 ? EXIT_REFUSED : EXIT_TIMEOUT, 0);
    else if (property_draw(property, 10) == 0)
        end(run, row, EXIT_EMPTY, 0); /* it crashed with the message in hand */
    else
        end(run, row, EXIT_ANSWERED,
            statuses[property_draw(property, sizeof(statuses) / sizeof(statuses[0]))]);
}

static void answer_all(struct run *run)
{
    for (int i = 0; i < run->count; i++)
        if (run->posts[i].ended == 0)
            answer(run, &run->posts[i]);
}

/* ---- the world ---- */

static void wire(struct run *run)
{
    struct topics *topics = &run->property.world->topics;

    topics->post = post;
    topics->drop = drop;
    topics->charge = NULL;
    topics->context = run;
    topics->region_lost = NULL;
}

static void begin(struct run *run, uint64_t seed)
{
    char url[] = "http://h/0";
    struct world *world;
    struct topic *topic;
    struct queue *dead;

    *run = (struct run){.count = 0};
    property_open(&run->property, seed, "topics-http");
    world = run->property.world;
    wire(run);
    topic = topics_add(world, false);
    dead = topics_queue(world, "spoiled", false, true);
    run->topic = topic->id;
    run->dead = dead->id;
    for (int i = 0; i < URLS; i++) {
        struct topic_subscription *subscription;

        run->filter[i] = (int)property_draw(&run->property, TOPICS_KINDS + 1);
        run->buries[i] = property_draw(&run->property, 2) == 0;
        url[strlen(url) - 1] = (char)('0' + i);
        subscription = topics_hear(world, &(struct topics_hearer){
                                              .topic = topic,
                                              .dead = run->buries[i] ? dead : NULL,
                                              .url = url,
                                              .kind = run->filter[i],
                                              .raw = i == 0,
                                          });
        topic_confirm(&world->topics, subscription, false);
    }
    for (int i = 0; i < run->count; i++)
        end(run, &run->posts[i], EXIT_ANSWERED, 200);
    run->count = 0; /* the questions */
}

/* ---- commands ---- */

static void publish(struct run *run)
{
    struct property *property = &run->property;
    struct world *world = property->world;
    int kind = (int)property_draw(property, TOPICS_KINDS);

    HOLDS(property, topics_publish(world, topic_find(&world->topics, run->topic), kind,
                                   ++run->published));
    for (int i = 0; i < URLS; i++)
        run->expected[i] += run->filter[i] == TOPICS_ALL || run->filter[i] == kind;
}

/* Event by event: what is posted meanwhile is answered within some seconds. */
static void pass(struct run *run, int64_t seconds)
{
    struct world *world = run->property.world;

    for (int64_t i = 0; i < seconds; i++) {
        sim_advance(&world->sim, world->sim.now + SECOND_NS, SIM_UNLIMITED);
        for (int k = 0; k < run->count; k++)
            if (run->posts[k].ended == 0 &&
                (property_draw(&run->property, 3) == 0 ||
                 world->sim.now - run->posts[k].posted >= TOPIC_ANSWER_S * SECOND_NS))
                answer(run, &run->posts[k]);
    }
}

static void command(struct run *run)
{
    struct property *property = &run->property;
    uint64_t what = property_draw(property, 20);
    int at = (int)property_draw(property, URLS);

    if (what < 10) {
        publish(run);
    } else if (what < 14) {
        pass(run, (int64_t)property_draw(property, 30));
    } else if (what < 19) {
        run->away[at] = !run->away[at];
    } else if (property_draw(property, 4) == 0) {
        property_save(property); /* what is under way goes on, too */
        wire(run);
    }
}

/* ---- what must hold ---- */

static void check(struct run *run)
{
    struct property *property = &run->property;
    const struct topics *topics = &property->world->topics;
    const struct topic_counts *counts = &topic_find(topics, run->topic)->counts;
    int64_t taken[URLS] = {0};
    int64_t given_up[URLS] = {0};
    int64_t all[3] = {0}; /* taken, given up, buried */

    HOLDS(property, topics->deliveries.count == 0);
    for (int i = 0; i < run->count; i++) {
        const struct post *row = &run->posts[i];

        HOLDS(property, row->ended != 0);
        HOLDS(property, row->over || row->tries == 1 + RETRIES);
        taken[row->url] += row->taken;
        given_up[row->url] += !row->taken;
    }
    for (int i = 0; i < URLS; i++) {
        HOLDS(property, taken[i] + given_up[i] == run->expected[i]);
        all[0] += taken[i];
        all[1] += given_up[i];
        all[2] += run->buries[i] ? given_up[i] : 0;
    }
    HOLDS(property, counts->published == run->published);
    HOLDS(property, counts->delivered == all[0]);
    HOLDS(property, counts->failed == all[1]);
    HOLDS(property, counts->redriven == all[2]);
    HOLDS(property, counts->redrive_failed == 0);
    HOLDS(property, counts->delivered + counts->filtered + counts->failed ==
                        counts->published * URLS);
    HOLDS(property,
          queue_count(queue_find(&property->world->queues, run->dead), MESSAGE_STATE_VISIBLE) ==
              all[2]);
}

static void test_urls(void **state)
{
    int seeds = property_seeds(SEEDS);

    (void)state;
    for (int seed = 1; seed <= seeds; seed++) {
        struct run *run = xcalloc(1, sizeof(*run));

        begin(run, (uint64_t)seed);
        for (run->property.step = 0; run->property.step < COMMANDS; run->property.step++)
            command(run);
        answer_all(run);
        pass(run, LONG_S);
        check(run);
        property_close(&run->property);
        free(run);
    }
}

/* ---- bombs ---- */

static char *repeated(const char *before, const char *what, int times, const char *after)
{
    struct str text = STR_INIT;

    str_add(&text, before);
    for (int i = 0; i < times; i++)
        str_add(&text, what);
    str_add(&text, after);
    return str_take(&text);
}

static int64_t cpu_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* What is meant is 50 ms; far more, so that a slow machine or a sanitiser does not fail it. */
enum { BOMB_MS = 50, SLOW = 10 };

static void test_bombs(void **state)
{
    char *bombs[] = {
        repeated("", "{\"a\":", 20000, "1"),
        repeated("", "{\"$or\":[", 20000, ""),
        repeated("{\"a\":[", "[", 100000, "]}"),
        repeated("{\"a\":[{\"wildcard\":\"", "*a", 50000, "\"}]}"),
        repeated("{\"a\":[{\"wildcard\":\"", "*a*b", 500, "*\"}]}"),
        repeated("{\"a\":[", "{\"prefix\":\"x\"},", 20000, "{\"suffix\":\"y\"}]}"),
        repeated("{\"a\":[{\"anything-but\":{\"wildcard\":[", "\"*a*a*a*a*\",", 5000, "\"b\"]}}]}"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bombs) / sizeof(bombs[0]); i++) {
        struct arena arena = ARENA_INIT;
        struct str why = STR_INIT;
        struct resource_policy *policy = NULL;
        struct event_pattern *pattern;
        const char *what = NULL;
        int64_t begun = cpu_ms();

        assert_int_not_equal(topic_filter_check(bombs[i], false, &why), 0);
        assert_int_not_equal(topic_filter_check(bombs[i], true, &why), 0);
        pattern = event_pattern_compile(bombs[i], strlen(bombs[i]), &why);
        assert_int_not_equal(resource_policy_read(bombs[i], &arena, &policy, &what), 0);
        assert_null(policy);
        if (cpu_ms() - begun > BOMB_MS * SLOW)
            fail_msg("bomb %zu took %lld ms", i, (long long)(cpu_ms() - begun));
        if (getenv("BOMBS") != NULL)
            printf("bomb %zu: %lld ms, pattern %s\n", i, (long long)(cpu_ms() - begun),
                   pattern == NULL ? "refused" : "taken");
        event_pattern_free(pattern);
        str_release(&why);
        arena_release(&arena);
        free(bombs[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_bombs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
