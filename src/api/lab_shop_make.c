/*
 * api/lab_shop_make.c - lab: a coffee shop of real resources, and its end.
 *
 * Nothing is made here that a person could not type: create-shop puts the commands together, runs
 * them one after the other, and gives them back with its answer.  What ends them is kept with the
 * shop, as lines, for delete-shop.
 */
#include "api/lab_shop.h"

#include <inttypes.h>
#include <string.h>

#include <nettle/base64.h>

#include "base/str.h"
#include "cloud/world.h"
#include "sim/clock.h"

enum { PROGRAMS_MAX = 20, VISIBILITY_S = 30, RECEIVES_MAX = 3 };

/* ---- shapes ---- */

static const struct field make_in_fields[] = {
    F_STRING(struct make_in, coupling, "Coupling",
             "How an order gets from a cashier to a barista: direct (the cashier asks, and "
             "waits), queue (a board), topic (called out, for who is there), bus (rules write the "
             "board).",
             .flags = FIELD_REQUIRED, .words = shop_coupling_words),
    F_STRING(struct make_in, name, "Name",
             "Its name, which all names begin with; shop unless told.", .max = SHOP_NAME_MAX),
    F_OPT_INT(struct make_in, cashiers, "Cashiers", "Instances with a cashier; 1 unless told.",
              .min = 0, .max = PROGRAMS_MAX),
    F_OPT_INT(struct make_in, baristas, "Baristas", "Instances with a barista; 1 unless told.",
              .min = 0, .max = PROGRAMS_MAX),
    F_OPT_INT(struct make_in, most, "MaxBaristas",
              "Up to so many the group of baristas grows while the board is full; as many as "
              "--baristas unless told.",
              .min = 1, .max = PROGRAMS_MAX),
    F_REAL(struct make_in, seconds, "SecondsPerDrink",
           "CPU time of a drink on a vCPU of 2.5 GHz; 2 unless told."),
    F_OPT_INT(struct make_in, patience_s, "Patience",
              "direct: seconds that a cashier waits for the barista; 5 unless told.", .min = 1,
              .max = 3600),
    F_OPT_INT(struct make_in, visibility_s, "VisibilityTimeout",
              "Of the board: seconds for which an order that somebody took is hidden; 30 unless "
              "told.",
              .min = 0, .max = QUEUE_VISIBILITY_MAX_S),
    F_OPT_INT(struct make_in, receives, "MaxReceiveCount",
              "Of the board: so often an order may be taken before it is a dead letter; 3 unless "
              "told.",
              .min = 1, .max = QUEUE_RECEIVES_MAX),
    F_STRING(struct make_in, type, "InstanceType", "Of all instances; t3.micro unless told.",
             .ref = &kind_instance_type),
    F_STRING(struct make_in, key, "KeyName", "Who may log in: a key pair.", .ref = &kind_key_pair),
};
static const struct shape make_in_shape =
    SHAPE("CreateShopRequest", struct make_in, make_in_fields);

static const struct field make_out_fields[] = {
    F_STRING(struct make_out, name, "ShopName", "Its name."),
    F_STRINGS(struct make_out, commands, "Commands", "What was done, as a person would type it."),
    F_STRINGS(struct make_out, cashiers, "CashierInstanceIds", "Its cashiers."),
    F_STRINGS(struct make_out, baristas, "BaristaInstanceIds",
              "Its baristas; empty when an Auto Scaling group launches them."),
};
static const struct shape make_out_shape =
    SHAPE("CreateShopResult", struct make_out, make_out_fields);

/* ---- faults ---- */

static const struct fault_kind fault_shop_exists = {
    .code = "ShopAlreadyExists",
    .text = "There is a shop '{}' already",
    .hint = "Give another --name, or end it with `lab delete-shop`.",
};
static const struct fault_kind fault_shop_name = {
    .code = "InvalidParameterValue",
    .text = "'{}' is no name for a shop: letters, digits and dashes",
    .hint = "It begins the names of queues and groups.",
};
static const struct fault_kind fault_shop_seconds = {
    .code = "InvalidParameterValue",
    .text = "SecondsPerDrink must be between 0.001 and 3600",
    .hint = "2 is usual.",
};
/* ---- the parts ---- */

static uint8_t coupling_of(const struct make_in *wish)
{
    uint8_t i = 0;

    while (shop_coupling_words[i] != NULL && strcmp(shop_coupling_words[i], wish->coupling) != 0)
        i++;
    return (uint8_t)(i + SHOP_DIRECT);
}

static const char *member(struct making *making, const json_t *object, const char *name)
{
    return arena_strdup(&making->call->arena, json_string_value(json_object_get(object, name)));
}

/* The group of that name in the default VPC, when an earlier shop left it; NULL: there is none. */
static const char *group_left(struct making *making)
{
    struct words line = shop_line(
        making, TEXT(making, "aws ec2 describe-security-groups --filters Name=group-name,Values=%s",
                     making->name));
    json_t *answer = NULL;
    const char *id = NULL;

    if (shop_line_run(making, &line, &answer) == 0)
        id =
            member(making, json_array_get(json_object_get(answer, "SecurityGroups"), 0), "GroupId");
    json_decref(answer);
    return id;
}

static int allow(struct making *making, int port, const char *who)
{
    struct words line = shop_line(
        making, TEXT(making,
                     "aws ec2 authorize-security-group-ingress --group-id %s --protocol tcp "
                     "--port %d %s",
                     making->group, port, who));

    return shop_line_step(making, &line, NULL);
}

static void undo_group(struct making *making)
{
    shop_line_undo(making,
                   TEXT(making, "aws ec2 delete-security-group --group-id %s", making->group));
}

static int make_group(struct making *making)
{
    struct words line = shop_line(making, "aws ec2 create-security-group --group-name");
    json_t *answer = NULL;

    making->group = group_left(making);
    if (making->group != NULL) {
        undo_group(making);
        return 0;
    }
    shop_line_add(making, &line, making->name);
    shop_line_option(making, &line, "--description", TEXT(making, "coffee shop %s", making->name));
    if (shop_line_step(making, &line, &answer) != 0)
        return -1;
    making->group = member(making, answer, "GroupId");
    json_decref(answer);
    undo_group(making);
    if (allow(making, SHOP_CASHIER_PORT, "--cidr 0.0.0.0/0") != 0 ||
        allow(making, 22, "--cidr 0.0.0.0/0") != 0)
        return -1;
    /* SNS calls from outside. */
    return allow(making, SHOP_BARISTA_PORT,
                 coupling_of(making->wish) == SHOP_TOPIC
                     ? "--cidr 0.0.0.0/0"
                     : TEXT(making, "--source-group %s", making->group));
}

/* What an instance does when it first boots: package, settings, service. */
static const char *user_data(struct making *making, const char *unit, const char *settings)
{
    struct str script = STR_INIT;
    const char *text;

    str_addf(&script, "#!/bin/bash\ndnf install -y coffee-%s\n", unit);
    for (const char *at = settings; *at != '\0';) {
        size_t length = strcspn(at, "\n");

        str_addf(&script, "echo \"%.*s\" >> /etc/coffee-shop.conf\n", (int)length, at);
        at += length + 1;
    }
    str_addf(&script, "systemctl enable --now %s", unit);
    text = arena_strdup(&making->call->arena, str_text(&script));
    str_release(&script);
    return text;
}

/* run-instances; the ids go to `ids`, the addresses to making->addresses. */
static int launch(struct making *making, const char *unit, int64_t count, const char *settings,
                  struct strings *ids)
{
    struct words line = shop_line(
        making, TEXT(making,
                     "aws ec2 run-instances --image-id %s --instance-type %s --count %lld "
                     "--security-group-ids %s",
                     making->image, making->type, (long long)count, making->group));
    struct str undoing = STR_INIT;
    json_t *answer = NULL;
    json_t *instance;
    size_t i;

    if (count == 0)
        return 0;
    if (making->wish->key != NULL)
        shop_line_option(making, &line, "--key-name", making->wish->key);
    shop_line_option(
        making, &line, "--tag-specifications",
        TEXT(making, "ResourceType=instance,Tags=[{Key=Name,Value=%s-%s}]", making->name, unit));
    shop_line_option(making, &line, "--user-data", user_data(making, unit, settings));
    if (shop_line_step(making, &line, &answer) != 0)
        return -1;
    str_add(&undoing, "aws ec2 terminate-instances --instance-ids");
    json_array_foreach (json_object_get(answer, "Instances"), i, instance) {
        const char *id = member(making, instance, "InstanceId");

        *LIST_PUSH_IN(&making->call->arena, ids) = id;
        *LIST_PUSH_IN(&making->call->arena, &making->addresses) =
            member(making, instance, "PrivateIpAddress");
        str_addf(&undoing, " %s", id);
    }
    shop_line_undo(making, arena_strdup(&making->call->arena, str_text(&undoing)));
    str_release(&undoing);
    json_decref(answer);
    return 0;
}

static const char *settings_head(struct making *making)
{
    return TEXT(making, "shop = %s\ncoupling = %s\n", making->name, making->wish->coupling);
}

static const char *seconds_line(struct making *making)
{
    double seconds = making->wish->seconds.set ? making->wish->seconds.value : 2;

    return TEXT(making, "seconds-per-drink = %lld.%03lld\n", (long long)seconds,
                (long long)(seconds * 1000 + 0.5) % 1000);
}

static int64_t number(struct opt_int wish, int64_t usual)
{
    return wish.set ? wish.value : usual;
}

/* ---- asked directly ---- */

static int make_direct(struct making *making)
{
    const struct make_in *wish = making->wish;
    struct str addresses = STR_INIT;
    const char *settings;
    int status = launch(making, "barista", number(wish->baristas, 1),
                        TEXT(making, "%s%s", settings_head(making), seconds_line(making)),
                        &making->out->baristas);

    for (uint32_t i = 0; i < making->addresses.count; i++)
        str_addf(&addresses, "%s%s:%d", i == 0 ? "" : " ", making->addresses.items[i],
                 SHOP_BARISTA_PORT);
    settings = TEXT(making, "%s%s%s\npatience = %lld\n", settings_head(making),
                    making->addresses.count == 0 ? "" : "baristas = ", str_text(&addresses),
                    (long long)number(wish->patience_s, 5));
    str_release(&addresses);
    return status != 0 ? -1
                       : launch(making, "cashier", number(wish->cashiers, 1), settings,
                                &making->out->cashiers);
}

/* ---- over a board ---- */

/* create-queue; its URL, or NULL after a fault. */
static const char *make_queue(struct making *making, const char *name, const char *attributes)
{
    struct words line =
        shop_line(making, TEXT(making, "aws sqs create-queue --queue-name %s", name));
    json_t *answer = NULL;
    const char *url = NULL;

    if (attributes != NULL)
        shop_line_option(making, &line, "--attributes", attributes);
    if (shop_line_step(making, &line, &answer) == 0) {
        url = member(making, answer, "QueueUrl");
        shop_line_undo(making, TEXT(making, "aws sqs delete-queue --queue-url %s", url));
    }
    json_decref(answer);
    return url;
}

static const char *arn_of_queue(struct making *making, const char *name)
{
    const struct call *call = making->call;

    return TEXT(making, "arn:aws:sqs:%s:%s:%s", call->world->catalog->regions[call->region].name,
                account_text(&making->call->arena, call->account), name);
}

/* The board and where its dead letters go; the board's URL, or NULL. */
static const char *make_board(struct making *making)
{
    const struct make_in *wish = making->wish;
    const char *dead = TEXT(making, "%s-orders-dead", making->name);

    if (make_queue(making, dead, NULL) == NULL)
        return NULL;
    return make_queue(making, TEXT(making, "%s-orders", making->name),
                      TEXT(making,
                           "{\"VisibilityTimeout\":\"%lld\",\"RedrivePolicy\":\"{\\\""
                           "deadLetterTargetArn\\\":\\\"%s\\\",\\\"maxReceiveCount\\\":%lld}\"}",
                           (long long)number(wish->visibility_s, VISIBILITY_S),
                           arn_of_queue(making, dead),
                           (long long)number(wish->receives, RECEIVES_MAX)));
}

static const char *in_base64(struct making *making, const char *text)
{
    size_t length = strlen(text);
    char *out = arena_alloc(&making->call->arena, BASE64_ENCODE_RAW_LENGTH(length) + 1);

    base64_encode_raw(out, length, (const uint8_t *)text);
    out[BASE64_ENCODE_RAW_LENGTH(length)] = '\0';
    return out;
}

static int make_template(struct making *making, const char *settings)
{
    struct words line =
        shop_line(making, TEXT(making,
                               "aws ec2 create-launch-template --launch-template-name %s-baristas "
                               "--launch-template-data",
                               making->name));

    shop_line_add(
        making, &line,
        TEXT(making,
             "{\"ImageId\":\"%s\",\"InstanceType\":\"%s\",\"SecurityGroupIds\":[\"%s\"]%s%s%s,"
             "\"TagSpecifications\":[{\"ResourceType\":\"instance\",\"Tags\":[{\"Key\":\"Name\","
             "\"Value\":\"%s-barista\"}]}],\"UserData\":\"%s\"}",
             making->image, making->type, making->group,
             making->wish->key == NULL ? "" : ",\"KeyName\":\"",
             making->wish->key == NULL ? "" : making->wish->key,
             making->wish->key == NULL ? "" : "\"", making->name,
             in_base64(making, user_data(making, "barista", settings))));
    if (shop_line_step(making, &line, NULL) != 0)
        return -1;
    shop_line_undo(making,
                   TEXT(making, "aws ec2 delete-launch-template --launch-template-name %s-baristas",
                        making->name));
    return 0;
}

/* A step policy of the group, and the alarm on the board that sets it off. */
struct follow {
    const char *name;       /* "more" */
    const char *adjustment; /* a step, in the CLI's words */
    const char *alarm;      /* how the alarm compares, in the CLI's words */
};

static int make_policy(struct making *making, const struct follow *follow)
{
    struct words policy = shop_line(
        making, TEXT(making,
                     "aws autoscaling put-scaling-policy --auto-scaling-group-name %s-baristas "
                     "--policy-name %s --policy-type StepScaling --adjustment-type "
                     "ChangeInCapacity --estimated-instance-warmup 60 --step-adjustments %s",
                     making->name, follow->name, follow->adjustment));
    json_t *answer = NULL;
    struct words alarm;
    int status = shop_line_step(making, &policy, &answer);

    if (status == 0) {
        alarm = shop_line(
            making, TEXT(making,
                         "aws cloudwatch put-metric-alarm --alarm-name %s-%s --namespace AWS/SQS "
                         "--metric-name ApproximateNumberOfMessagesVisible --dimensions "
                         "Name=QueueName,Value=%s-orders --statistic Maximum --period 60 %s "
                         "--alarm-actions %s",
                         making->name, follow->name, making->name, follow->alarm,
                         member(making, answer, "PolicyARN")));
        status = shop_line_step(making, &alarm, NULL);
    }
    if (status == 0)
        shop_line_undo(making, TEXT(making, "aws cloudwatch delete-alarms --alarm-names %s-%s",
                                    making->name, follow->name));
    json_decref(answer);
    return status;
}

/* The group grows while orders wait, and shrinks when none does. */
static int follow_board(struct making *making)
{
    static const struct follow more = {
        .name = "more-baristas",
        .adjustment = "MetricIntervalLowerBound=0,ScalingAdjustment=1",
        .alarm = "--evaluation-periods 1 --threshold 10 --comparison-operator "
                 "GreaterThanOrEqualToThreshold",
    };
    static const struct follow less = {
        .name = "fewer-baristas",
        .adjustment = "MetricIntervalUpperBound=0,ScalingAdjustment=-1",
        .alarm = "--evaluation-periods 5 --threshold 1 --comparison-operator LessThanThreshold",
    };

    if (number(making->wish->most, 0) <= number(making->wish->baristas, 1))
        return 0;
    return make_policy(making, &more) != 0 ? -1 : make_policy(making, &less);
}

static int make_baristas(struct making *making, const char *settings)
{
    int64_t count = number(making->wish->baristas, 1);
    int64_t most = number(making->wish->most, count);
    struct words line = shop_line(
        making, TEXT(making,
                     "aws autoscaling create-auto-scaling-group --auto-scaling-group-name "
                     "%s-baristas --launch-template LaunchTemplateName=%s-baristas --min-size %lld "
                     "--max-size %lld --desired-capacity %lld --availability-zones",
                     making->name, making->name, (long long)count,
                     (long long)(most > count ? most : count), (long long)count));
    const struct call *call = making->call;

    for (uint8_t zone = 0; zone < 2; zone++)
        shop_line_add(making, &line,
                      catalog_zone_name(call->world->catalog,
                                        (uint8_t)(call->region * ZONES_PER_REGION + zone)));
    if (make_template(making, settings) != 0 || shop_line_step(making, &line, NULL) != 0)
        return -1;
    shop_line_undo(making,
                   TEXT(making,
                        "aws autoscaling delete-auto-scaling-group --auto-scaling-group-name "
                        "%s-baristas --force-delete",
                        making->name));
    return follow_board(making);
}

static int make_queued(struct making *making)
{
    const char *url = make_board(making);
    const char *settings;

    if (url == NULL)
        return -1;
    settings = TEXT(making, "%squeue = %s\n", settings_head(making), url);
    if (make_baristas(making, TEXT(making, "%s%s", settings, seconds_line(making))) != 0)
        return -1;
    return launch(making, "cashier", number(making->wish->cashiers, 1), settings,
                  &making->out->cashiers);
}

/* ---- over a bus ---- */

/* The rule, its target, and the queue's policy that lets it write there. */
static int make_rule(struct making *making, const char *url)
{
    const struct call *call = making->call;
    const char *board = arn_of_queue(making, TEXT(making, "%s-orders", making->name));
    struct words rule = shop_line(making, TEXT(making,
                                               "aws events put-rule --name %s-orders "
                                               "--event-bus-name %s --event-pattern",
                                               making->name, making->name));
    struct words target = shop_line(making, TEXT(making,
                                                 "aws events put-targets --rule %s-orders "
                                                 "--event-bus-name %s --targets Id=board,Arn=%s",
                                                 making->name, making->name, board));
    struct words policy = shop_line(making, TEXT(making,
                                                 "aws sqs set-queue-attributes --queue-url %s "
                                                 "--attributes",
                                                 url));

    shop_line_add(making, &rule, "{\"source\":[\"coffee.cashier\"]}");
    shop_line_add(
        making, &policy,
        TEXT(
            making,
            "{\"Policy\":\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\""
            "Effect\\\":\\\"Allow\\\",\\\"Principal\\\":{\\\"Service\\\":\\\"events.amazonaws.com"
            "\\\"},\\\"Action\\\":\\\"sqs:SendMessage\\\",\\\"Resource\\\":\\\"%s\\\",\\\""
            "Condition\\\":{\\\"ArnEquals\\\":{\\\"aws:SourceArn\\\":\\\"arn:aws:events:%s:%s:rule/"
            "%s/%s-orders\\\"}}}]}\"}",
            board, call->world->catalog->regions[call->region].name,
            account_text(&making->call->arena, call->account), making->name, making->name));
    if (shop_line_step(making, &policy, NULL) != 0 || shop_line_step(making, &rule, NULL) != 0)
        return -1;
    shop_line_undo(making,
                   TEXT(making, "aws events delete-rule --name %s-orders --event-bus-name %s",
                        making->name, making->name));
    if (shop_line_step(making, &target, NULL) != 0)
        return -1;
    shop_line_undo(making, TEXT(making,
                                "aws events remove-targets --rule %s-orders --event-bus-name %s "
                                "--ids board",
                                making->name, making->name));
    return 0;
}

static int make_bus(struct making *making)
{
    const char *url = make_board(making);
    struct words bus =
        shop_line(making, TEXT(making, "aws events create-event-bus --name %s", making->name));

    if (url == NULL || shop_line_step(making, &bus, NULL) != 0)
        return -1;
    shop_line_undo(making, TEXT(making, "aws events delete-event-bus --name %s", making->name));
    if (make_rule(making, url) != 0 ||
        make_baristas(making, TEXT(making, "%squeue = %s\n%s", settings_head(making), url,
                                   seconds_line(making))) != 0)
        return -1;
    return launch(making, "cashier", number(making->wish->cashiers, 1),
                  TEXT(making, "%sbus = %s\n", settings_head(making), making->name),
                  &making->out->cashiers);
}

/* ---- called out ---- */

/* The baristas subscribe themselves when they come to work: nobody knows their addresses before. */
static int make_topic(struct making *making)
{
    struct words line =
        shop_line(making, TEXT(making, "aws sns create-topic --name %s-orders", making->name));
    const char *settings;
    json_t *answer = NULL;
    const char *arn;

    if (shop_line_step(making, &line, &answer) != 0)
        return -1;
    arn = member(making, answer, "TopicArn");
    json_decref(answer);
    shop_line_undo(making, TEXT(making, "aws sns delete-topic --topic-arn %s", arn));
    settings = TEXT(making, "%stopic = %s\n", settings_head(making), arn);
    if (launch(making, "barista", number(making->wish->baristas, 1),
               TEXT(making, "%ssubscribe = yes\n%s", settings, seconds_line(making)),
               &making->out->baristas) != 0)
        return -1;
    return launch(making, "cashier", number(making->wish->cashiers, 1), settings,
                  &making->out->cashiers);
}

/* ---- create-shop ---- */

/* 0, or -1 and a fault: nothing has been done yet. */
static int check(struct call *call, const struct make_in *wish, const char *name)
{
    const struct shop *shop = shop_find(&call->world->shops, call->account, call->region, name);

    if (!shop_is_name(name))
        return call_fault(call, &fault_shop_name, name);
    if (shop != NULL && shop->undo.count > 0)
        return call_fault(call, &fault_shop_exists, name);
    if (wish->seconds.set && (wish->seconds.value < 0.001 || wish->seconds.value > 3600))
        return call_fault(call, &fault_shop_seconds);
    return 0;
}

/* What was made goes again, the last first. */
static void take_back(struct making *making)
{
    struct fault kept = making->call->fault;

    making->call->fault = FAULT_INIT;
    for (uint32_t i = making->undo.count; i-- > 0;) {
        struct words line = shop_line(making, making->undo.items[i]);
        json_t *answer = NULL;

        shop_line_run(making, &line, &answer);
        json_decref(answer);
        fault_release(&making->call->fault);
        making->call->fault = FAULT_INIT;
    }
    making->call->fault = kept;
}

static void keep(struct making *making)
{
    struct call *call = making->call;
    struct shop *shop = shop_find(&call->world->shops, call->account, call->region, making->name);

    if (shop == NULL)
        shop = shop_add(&call->world->shops, call->account, call->region, making->name);
    shop->coupling = coupling_of(making->wish);
    for (uint32_t i = making->undo.count; i-- > 0;)
        *LIST_PUSH(&shop->undo) = xstrdup(making->undo.items[i]);
}

static int create_shop(struct call *call, const void *input, void *output)
{
    const struct make_in *wish = input;
    const struct catalog *catalog = call->world->catalog;
    struct making making = {
        .call = call,
        .wish = wish,
        .name = wish->name == NULL ? "shop" : wish->name,
        .type = wish->type == NULL ? "t3.micro" : wish->type,
        .out = output,
    };
    int type = catalog_type_find(catalog, making.type);
    uint8_t coupling;
    int status;

    if (check(call, wish, making.name) != 0)
        return -1;
    making.out->name = making.name;
    /* A type that there is not is refused by run-instances. */
    making.image = id_text(&call->arena, &kind_image,
                           lab_newest_image(call, &catalog->types[type < 0 ? 0 : type]));
    coupling = coupling_of(wish);
    status = make_group(&making);
    if (status == 0)
        status = coupling == SHOP_DIRECT  ? make_direct(&making)
                 : coupling == SHOP_QUEUE ? make_queued(&making)
                 : coupling == SHOP_TOPIC ? make_topic(&making)
                                          : make_bus(&making);
    if (status != 0) {
        take_back(&making);
        return -1;
    }
    keep(&making);
    return 0;
}

static const struct fault_kind *const make_faults[] = {
    &fault_shop_exists, &fault_shop_name,  &fault_shop_seconds,
    &fault_shop_step,   NULL,
};

const struct op op_lab_create_shop = {
    .name = "CreateShop",
    .doc = "Opens a coffee shop: instances with cashiers and baristas, and what lies between them.",
    .example = "lab create-shop --coupling queue",
    .in = &make_in_shape,
    .out = &make_out_shape,
    .faults = make_faults,
    .flags = OP_WRITE | OP_PARTIAL,
    .run = create_shop,
};
