/*
 * tui/queues_scene.c - what there is to see of queues, topics and buses, read from answers.
 *
 * Asks lab DescribeQueues, DescribeTopics, DescribeBuses, DescribeShops.
 */
#include "tui/queues_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "tui/answer.h"

enum { MANY_QUEUES = 24, MESSAGES_OF_MANY = 3, UUID_LENGTH = 36 };

static int64_t int_or(json_t *answer, const char *path, int64_t absent)
{
    return answer_at(answer, path) == NULL ? absent : answer_int(answer, path);
}

static bool is_lit(json_t *answer)
{
    int64_t seconds = int_or(answer, "LastSeconds", -1);

    return seconds >= 0 && seconds < QUEUES_LIT_S;
}

/* "arn:aws:sqs:us-east-1:111122223333:orders": the last part. */
static const char *arn_name(const char *arn)
{
    const char *slash = strrchr(arn, '/');
    const char *colon = strrchr(arn, ':');

    return slash != NULL && slash > colon ? slash + 1 : colon == NULL ? arn : colon + 1;
}

/* ---- queues ---- */

/* The order of a coffee shop in a few words, any other text as it is. */
static const char *order_text(struct arena *arena, const char *text)
{
    json_t *json = text[0] == '{' ? json_loads(text, 0, NULL) : NULL;
    const char *drink = answer_text(json, "drink");
    const char *order = json_is_integer(answer_at(json, "order")) && drink[0] != '\0'
                            ? arena_printf(arena, "order %lld, %s",
                                           (long long)answer_int(json, "order"), drink)
                            : view_keep(arena, text);

    json_decref(json);
    return order;
}

/* A notification is told by its message, an event by its type and detail; else the body is. */
static void read_body(struct arena *arena, struct queues_message *message, const char *body)
{
    json_t *json = body[0] == '{' ? json_loads(body, 0, NULL) : NULL;
    const char *type = answer_text(json, "detail-type");
    const char *topic = answer_text(json, "TopicArn");

    message->via = "";
    message->via_kind = "";
    message->maker = "";
    if (topic[0] != '\0' && strcmp(answer_text(json, "Type"), "Notification") == 0) {
        message->via_kind = "topic";
        message->via = view_keep(arena, arn_name(topic));
        message->body = order_text(arena, answer_text(json, "Message"));
    } else if (type[0] != '\0' && answer_text(json, "source")[0] != '\0') {
        char *detail = json_dumps(answer_at(json, "detail"), JSON_COMPACT);

        message->via_kind = "event of";
        message->via = view_keep(arena, answer_text(json, "source"));
        message->body = arena_printf(arena, "%s %s", type,
                                     detail == NULL ? "" : order_text(arena, detail));
        free(detail);
    } else {
        message->body = order_text(arena, body);
    }
    json_decref(json);
}

static void add_message(struct arena *arena, struct queues_queue *queue, json_t *answer)
{
    struct queues_message *message = LIST_PUSH_IN(arena, &queue->messages);

    *message = (struct queues_message){
        .id = view_keep(arena, answer_text(answer, "MessageId")),
        .state = view_keep(arena, answer_text(answer, "State")),
        .group = view_keep(arena, answer_text(answer, "MessageGroupId")),
        .receives = answer_int(answer, "ReceiveCount"),
        .age_s = answer_int(answer, "AgeSeconds"),
        .seconds = int_or(answer, "VisibleInSeconds", -1),
    };
    read_body(arena, message, answer_text(answer, "Body"));
}

/* "https://sqs.REGION.amazonaws.com/ACCOUNT/NAME" */
static const char *arn_of_url(struct arena *arena, const char *url)
{
    const char *region = strstr(url, "sqs.");
    const char *account = strstr(url, ".com/");
    size_t length;

    if (region == NULL || account == NULL)
        return "";
    region += strlen("sqs.");
    account += strlen(".com/");
    length = strcspn(account, "/");
    return arena_printf(arena, "arn:aws:sqs:%.*s:%.*s:%s", (int)strcspn(region, "."), region,
                        (int)length, account, account[length] == '\0' ? "" : account + length + 1);
}

static void add_queue(struct queues_scene *scene, json_t *answer)
{
    struct arena *arena = &scene->arena;
    struct queues_queue *queue = LIST_PUSH_IN(arena, &scene->queues);
    json_t *message;
    size_t i;

    *queue = (struct queues_queue){
        .url = view_keep(arena, answer_text(answer, "QueueUrl")),
        .arn = arn_of_url(arena, answer_text(answer, "QueueUrl")),
        .name = view_keep(arena, answer_text(answer, "QueueName")),
        .dead_letter = view_keep(arena, answer_text(answer, "DeadLetterQueue")),
        .fifo = answer_bool(answer, "FifoQueue"),
        .visible = answer_int(answer, "Visible"),
        .in_flight = answer_int(answer, "InFlight"),
        .delayed = answer_int(answer, "Delayed"),
        .oldest_s = answer_int(answer, "OldestSeconds"),
        .receives_max = answer_int(answer, "MaxReceiveCount"),
        .waiting = answer_int(answer, "WaitingReceivers"),
        .sent = answer_int(answer, "Sent"),
        .received = answer_int(answer, "Received"),
        .deleted = answer_int(answer, "Deleted"),
        .moved = answer_int(answer, "Moved"),
        .expired = answer_int(answer, "Expired"),
    };
    json_array_foreach(answer_list(answer, "Messages"), i, message)
        add_message(arena, queue, message);
}

/* ---- topics and buses ---- */

/* What an ARN is, by its service. */
static const char *arn_kind(const char *arn)
{
    static const struct {
        const char *begin;
        const char *kind;
    } kinds[] = {
        {"arn:aws:sqs:", "queue"}, {"arn:aws:sns:", "topic"},
        {"arn:aws:logs:", "log"},  {"arn:aws:events:", "bus"},
    };

    if (strstr(arn, ":target/") != NULL)
        return "action";
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (str_starts(arn, kinds[i].begin))
            return kinds[i].kind;
    return "";
}

static struct queues_hearer hearer_of(struct arena *arena, json_t *answer, const char *arn)
{
    return (struct queues_hearer){
        .kind = arn_kind(arn),
        .arn = view_keep(arena, arn),
        .name = view_keep(arena, str_starts(arn, "arn:") ? arn_name(arn) : arn),
        .dead_arn = view_keep(arena, answer_text(answer, "DeadLetterQueue")),
        .fate = view_keep(arena, answer_text(answer, "LastFate")),
        .reason = view_keep(arena, answer_text(answer, "LastReason")),
        .filter = "",
        .confirmed = true,
        .lit = is_lit(answer),
        .heard = answer_int(answer, "Delivered"),
        .failed = answer_int(answer, "Failed"),
        .dead = answer_int(answer, "DeadLettered"),
        .lost = answer_int(answer, "Lost"),
        .retrying = answer_int(answer, "Retrying"),
    };
}

static void add_subscription(struct arena *arena, struct queues_topic *topic, json_t *answer,
                             const char *latest)
{
    struct queues_hearer *hearer = LIST_PUSH_IN(arena, &topic->hearers);
    const char *protocol = answer_text(answer, "Protocol");

    *hearer = hearer_of(arena, answer, answer_text(answer, "Endpoint"));
    hearer->id = view_keep(arena, answer_text(answer, "SubscriptionArn"));
    if (strcmp(protocol, "sqs") != 0)
        hearer->kind = view_keep(arena, protocol);
    if (strstr(hearer->name, "://") != NULL)
        hearer->name = strstr(hearer->name, "://") + strlen("://");
    hearer->filter = view_keep(arena, answer_text(answer, "FilterPolicy"));
    hearer->filtered = answer_int(answer, "FilteredOut");
    hearer->confirmed = answer_bool(answer, "Confirmed");
    hearer->latest =
        latest[0] != '\0' && strcmp(answer_text(answer, "LastMessageId"), latest) == 0;
}

static void add_topic(struct queues_scene *scene, json_t *answer)
{
    struct arena *arena = &scene->arena;
    struct queues_topic *topic = LIST_PUSH_IN(arena, &scene->topics);
    json_t *item;
    size_t i;

    *topic = (struct queues_topic){
        .arn = view_keep(arena, answer_text(answer, "TopicArn")),
        .name = view_keep(arena, answer_text(answer, "TopicName")),
        .fifo = answer_bool(answer, "FifoTopic"),
        .published = answer_int(answer, "Published"),
        .heard = answer_int(answer, "Delivered"),
        .filtered = answer_int(answer, "FilteredOut"),
        .failed = answer_int(answer, "Failed"),
        .dead = answer_int(answer, "DeadLettered"),
        .unheard = answer_int(answer, "Unheard"),
        .duplicates = answer_int(answer, "Duplicates"),
    };
    json_array_foreach(answer_list(answer, "Subscriptions"), i, item)
        add_subscription(arena, topic, item, answer_text(answer, "LastMessageId"));
    json_array_foreach(answer_list(answer, "Messages"), i, item)
        *LIST_PUSH_IN(arena, &topic->messages) = (struct queues_published){
            .id = view_keep(arena, answer_text(item, "MessageId")),
            .body = order_text(arena, answer_text(item, "Body")),
            .age_s = answer_int(item, "AgeSeconds"),
            .listeners = answer_int(item, "Listeners"),
        };
}

static void add_rule(struct arena *arena, struct queues_bus *bus, json_t *answer)
{
    struct queues_rule *rule = LIST_PUSH_IN(arena, &bus->rules);
    json_t *item;
    size_t i;

    *rule = (struct queues_rule){
        .arn = view_keep(arena, answer_text(answer, "Arn")),
        .name = view_keep(arena, answer_text(answer, "Name")),
        .pattern = view_keep(arena, answer_text(answer, "EventPattern")),
        .schedule = view_keep(arena, answer_text(answer, "ScheduleExpression")),
        .enabled = strcmp(answer_text(answer, "State"), "DISABLED") != 0,
        .lit = is_lit(answer),
        .next_s = int_or(answer, "NextSeconds", -1),
        .last_s = int_or(answer, "LastSeconds", -1),
        .matched = answer_int(answer, "MatchedEvents"),
        .triggered = answer_int(answer, "TriggeredRules"),
        .failed = answer_int(answer, "FailedInvocations"),
        .dead = answer_int(answer, "InvocationsSentToDlq"),
    };
    json_array_foreach(answer_list(answer, "Targets"), i, item) {
        struct queues_hearer *target = LIST_PUSH_IN(arena, &rule->targets);

        *target = hearer_of(arena, item, answer_text(item, "Arn"));
        target->id = arena_printf(arena, "%s#%s", rule->arn, answer_text(item, "Id"));
        target->latest = target->fate[0] != '\0';
    }
}

static void add_bus(struct queues_scene *scene, json_t *answer)
{
    struct arena *arena = &scene->arena;
    json_t *rules = answer_list(answer, "Rules");
    json_t *events = answer_list(answer, "Events");
    struct queues_bus *bus;
    json_t *item;
    size_t i;

    if (strcmp(answer_text(answer, "Name"), "default") == 0 &&
        json_array_size(rules) + json_array_size(events) == 0)
        return;
    bus = LIST_PUSH_IN(arena, &scene->buses);
    *bus = (struct queues_bus){
        .arn = view_keep(arena, answer_text(answer, "Arn")),
        .name = view_keep(arena, answer_text(answer, "Name")),
    };
    json_array_foreach(rules, i, item)
        add_rule(arena, bus, item);
    json_array_foreach(events, i, item)
        *LIST_PUSH_IN(arena, &bus->events) = (struct queues_event){
            .id = view_keep(arena, answer_text(item, "EventId")),
            .source = view_keep(arena, answer_text(item, "Source")),
            .type = view_keep(arena, answer_text(item, "DetailType")),
            .detail = order_text(arena, answer_text(item, "Detail")),
            .age_s = answer_int(item, "AgeSeconds"),
            .matched = answer_int(item, "MatchedRules"),
        };
}

/* ---- coffee shops ---- */

static struct queues_worker worker_of(struct arena *arena, json_t *answer)
{
    const char *name = answer_text(answer, "Name");

    return (struct queues_worker){
        .id = view_keep(arena, answer_text(answer, "InstanceId")),
        .name = view_keep(arena, name[0] == '\0' ? answer_text(answer, "InstanceId") : name),
        .doing = view_keep(arena, answer_text(answer, "Doing")),
        .message = view_keep(arena, answer_text(answer, "MessageId")),
        .trouble = view_keep(arena, answer_text(answer, "Trouble")),
        .open = answer_bool(answer, "Open"),
        .busy = answer_int(answer, "InHand") + answer_int(answer, "Holding"),
        .line = answer_int(answer, "InLine"),
        .percent = int_or(answer, "Percent", -1),
        .asked = answer_int(answer, "Asked"),
        .taken = answer_int(answer, "Taken"),
        .dropped = answer_int(answer, "Dropped"),
        .made = answer_int(answer, "Made"),
        .again = answer_int(answer, "MadeAgain"),
    };
}

static struct queues_shop shop_of(struct arena *arena, json_t *answer)
{
    return (struct queues_shop){
        .name = view_keep(arena, answer_text(answer, "ShopName")),
        .coupling = view_keep(arena, answer_text(answer, "Coupling")),
        .queue = view_keep(arena, answer_text(answer, "QueueName")),
        .topic = view_keep(arena, arn_name(answer_text(answer, "TopicArn"))),
        .bus = view_keep(arena, answer_text(answer, "EventBusName")),
        .asked = answer_int(answer, "Asked"),
        .taken = answer_int(answer, "Taken"),
        .dropped = answer_int(answer, "Dropped"),
        .held = answer_int(answer, "AtCashiers"),
        .made = answer_int(answer, "Made"),
        .waiting = answer_int(answer, "Waiting"),
        .in_hand = answer_int(answer, "InHand"),
        .face_down = answer_int(answer, "FaceDown"),
        .on_way = answer_int(answer, "OnTheWay"),
        .dead = answer_int(answer, "DeadLettered"),
        .lost = answer_int(answer, "Lost"),
        .again = answer_int(answer, "MadeAgain"),
        .wasted = answer_int(answer, "Wasted"),
        .others = answer_int(answer, "Others"),
    };
}

static void add_shop(struct queues_scene *scene, json_t *answer)
{
    struct arena *arena = &scene->arena;
    struct queues_shop *shop = LIST_PUSH_IN(arena, &scene->shops);
    json_t *item;
    size_t i;

    *shop = shop_of(arena, answer);
    json_array_foreach(answer_list(answer, "DroppedBecause"), i, item)
        *LIST_PUSH_IN(arena, &shop->drops) = (struct queues_drop){
            .reason = view_keep(arena, answer_text(item, "Reason")),
            .orders = answer_int(item, "Orders"),
        };
    json_array_foreach(answer_list(answer, "Cashiers"), i, item)
        *LIST_PUSH_IN(arena, &shop->cashiers) = worker_of(arena, item);
    json_array_foreach(answer_list(answer, "Baristas"), i, item)
        *LIST_PUSH_IN(arena, &shop->baristas) = worker_of(arena, item);
}

/* Who makes the slip? */
static void name_maker(struct queues_scene *scene, const struct queues_shop *shop,
                       const struct queues_worker *barista)
{
    for (uint32_t i = 0; i < scene->queues.count && barista->message[0] != '\0'; i++) {
        struct queues_queue *queue = &scene->queues.items[i];

        for (uint32_t k = 0; strcmp(queue->name, shop->queue) == 0 && k < queue->messages.count;
             k++)
            if (strcmp(queue->messages.items[k].id, barista->message) == 0)
                queue->messages.items[k].maker = barista->name;
    }
}

static void name_makers(struct queues_scene *scene)
{
    for (uint32_t i = 0; i < scene->shops.count; i++)
        for (uint32_t k = 0; k < scene->shops.items[i].baristas.count; k++)
            name_maker(scene, &scene->shops.items[i], &scene->shops.items[i].baristas.items[k]);
}

/* ---- who sends to whom ---- */

static int by_arn(const void *a, const void *b)
{
    return strcmp((*(struct queues_queue *const *)a)->arn, (*(struct queues_queue *const *)b)->arn);
}

static int arn_of(const void *key, const void *item)
{
    return strcmp(key, (*(struct queues_queue *const *)item)->arn);
}

/* The queues by their ARNs. */
struct queues_index {
    struct queues_scene *scene;
    LIST(struct queues_queue *) sorted;
};

static struct queues_queue *queue_at(const struct queues_index *index, const char *arn)
{
    struct queues_queue **found =
        index->sorted.count == 0 || arn[0] == '\0'
            ? NULL
            : bsearch(arn, index->sorted.items, index->sorted.count, sizeof(*index->sorted.items),
                      arn_of);

    return found == NULL ? NULL : *found;
}

static void link_to(const struct queues_index *index, const char *arn,
                    const struct queues_link *link)
{
    struct queues_queue *queue = queue_at(index, arn);

    if (queue == NULL)
        return;
    *LIST_PUSH_IN(&index->scene->arena, &queue->links) = *link;
    queue->others -= link->count;
}

static void link_hearer(const struct queues_index *index, const struct queues_hearer *hearer,
                        const char *kind, const char *name)
{
    if (!hearer->confirmed)
        return;
    link_to(index, hearer->arn,
            &(struct queues_link){.kind = kind,
                                  .name = name,
                                  .count = hearer->heard,
                                  .lit = hearer->lit && hearer->latest &&
                                         (strcmp(hearer->fate, "heard") == 0 ||
                                          strcmp(hearer->fate, "given") == 0)});
    if (hearer->dead > 0)
        link_to(index, hearer->dead_arn,
                &(struct queues_link){.kind = strcmp(kind, "topic") == 0 ? "dead letters of topic"
                                                                         : "dead letters of rule",
                                      .name = name,
                                      .count = hearer->dead});
}

static void link_queues(const struct queues_index *index)
{
    struct queues_scene *scene = index->scene;

    for (uint32_t i = 0; i < scene->queues.count; i++) {
        const struct queues_queue *source = &scene->queues.items[i];
        const char *colon = strrchr(source->arn, ':');
        struct queues_queue *dead;

        if (source->dead_letter[0] == '\0' || colon == NULL)
            continue;
        dead = queue_at(index, arena_printf(&scene->arena, "%.*s:%s", (int)(colon - source->arn),
                                            source->arn, source->dead_letter));
        if (dead == NULL)
            continue;
        dead->takes_dead = true;
        link_to(index, dead->arn,
                &(struct queues_link){.kind = "dead letters of",
                                      .name = source->name,
                                      .count = source->moved});
    }
}

static void link_all(struct queues_scene *scene)
{
    struct queues_index index = {.scene = scene};

    for (uint32_t i = 0; i < scene->queues.count; i++) {
        scene->queues.items[i].others = scene->queues.items[i].sent;
        *LIST_PUSH_IN(&scene->arena, &index.sorted) = &scene->queues.items[i];
    }
    if (index.sorted.count > 0)
        qsort(index.sorted.items, index.sorted.count, sizeof(*index.sorted.items), by_arn);
    for (uint32_t i = 0; i < scene->buses.count; i++)
        for (uint32_t r = 0; r < scene->buses.items[i].rules.count; r++) {
            const struct queues_rule *rule = &scene->buses.items[i].rules.items[r];

            for (uint32_t t = 0; t < rule->targets.count; t++)
                link_hearer(&index, &rule->targets.items[t], "rule", rule->name);
        }
    for (uint32_t i = 0; i < scene->topics.count; i++) {
        const struct queues_topic *topic = &scene->topics.items[i];

        for (uint32_t h = 0; h < topic->hearers.count; h++)
            link_hearer(&index, &topic->hearers.items[h], "topic", topic->name);
    }
    link_queues(&index);
}

/* ---- the scene ---- */

static json_t *ask_queues(const struct view_source *source, bool many)
{
    json_t *params = many ? json_pack("{s:i}", "MaxResults", MESSAGES_OF_MANY) : NULL;
    json_t *answer = source->ask(source->context,
                                 &(struct view_question){
                                     .service = "lab", .op = "DescribeQueues", .params = params});

    json_decref(params);
    return answer;
}

void queues_scene_read(struct queues_scene *scene, const struct view_source *source)
{
    json_t *queues = ask_queues(source, scene->many);
    json_t *topics = view_ask(source, "lab", "DescribeTopics", NULL);
    json_t *buses = view_ask(source, "lab", "DescribeBuses", NULL);
    json_t *shops = view_ask(source, "lab", "DescribeShops", NULL);
    json_t *item;
    size_t i;

    arena_release(&scene->arena);
    *scene = (struct queues_scene){.many = json_array_size(answer_list(queues, "Queues")) >
                                           MANY_QUEUES};
    json_array_foreach(answer_list(queues, "Queues"), i, item)
        add_queue(scene, item);
    json_array_foreach(answer_list(topics, "Topics"), i, item)
        add_topic(scene, item);
    json_array_foreach(answer_list(buses, "Buses"), i, item)
        add_bus(scene, item);
    json_array_foreach(answer_list(shops, "Shops"), i, item)
        add_shop(scene, item);
    link_all(scene);
    name_makers(scene);
    json_decref(queues);
    json_decref(topics);
    json_decref(buses);
    json_decref(shops);
}

bool queues_scene_is_empty(const struct queues_scene *scene)
{
    return scene->queues.count + scene->topics.count + scene->buses.count + scene->shops.count == 0;
}

void queues_time(char *text, size_t size, int64_t seconds)
{
    if (seconds >= 3600)
        snprintf(text, size, "%lld:%02lld:%02lld", (long long)(seconds / 3600),
                 (long long)(seconds / 60 % 60), (long long)(seconds % 60));
    else
        snprintf(text, size, "%lld:%02lld", (long long)(seconds / 60), (long long)(seconds % 60));
}

/* ---- what a row opens ---- */

static bool is_queued(const struct queues_scene *scene, const char *id)
{
    for (uint32_t i = 0; i < scene->queues.count; i++)
        for (uint32_t k = 0; k < scene->queues.items[i].messages.count; k++)
            if (strcmp(scene->queues.items[i].messages.items[k].id, id) == 0)
                return true;
    return false;
}

/* "arn:aws:events:us-east-1:111122223333:rule/shop/big#1": "--RULE big --event-bus-name shop" */
static void add_rule_command(const char *arn, struct str *command)
{
    const char *bus = strstr(arn, ":rule/") + strlen(":rule/");
    const char *hash = strchr(bus, '#');
    const char *slash = strchr(bus, '/');
    const char *name = slash == NULL ? bus : slash + 1;
    int length = (int)(hash == NULL ? strlen(name) : (size_t)(hash - name));

    str_addf(command, hash == NULL ? "aws events describe-rule --name %.*s"
                                   : "aws events list-targets-by-rule --rule %.*s",
             length, name);
    if (slash != NULL)
        str_addf(command, " --event-bus-name %.*s", (int)(slash - bus), bus);
}

static unsigned colons_in(const char *text)
{
    unsigned count = 0;

    for (; *text != '\0'; text++)
        count += *text == ':';
    return count;
}

bool queues_command_add(const struct queues_scene *scene, const char *id, struct str *command)
{
    bool uuid = strlen(id) == UUID_LENGTH && id[8] == '-' && id[13] == '-';

    if (str_starts(id, "https://sqs."))
        str_addf(command, "aws sqs get-queue-attributes --attribute-names All --queue-url %s", id);
    else if (uuid && is_queued(scene, id))
        str_addf(command, "lab describe-message --message-id %s", id);
    else if (uuid)
        str_addf(command, "lab explain-message --message-id %s", id);
    else if (str_starts(id, QUEUES_SHOP_ROW))
        str_addf(command, "lab describe-shops --shop-names %s", id + strlen(QUEUES_SHOP_ROW));
    else if (str_starts(id, "arn:aws:sns:"))
        str_addf(command, colons_in(id) == 5 ? "aws sns get-topic-attributes --topic-arn %s"
                                             : "aws sns get-subscription-attributes "
                                               "--subscription-arn %s",
                 id);
    else if (str_starts(id, "arn:aws:events:") && strstr(id, ":rule/") != NULL)
        add_rule_command(id, command);
    else if (str_starts(id, "arn:aws:events:"))
        str_addf(command, "aws events list-rules --event-bus-name %s", arn_name(id));
    else
        return false;
    return true;
}
