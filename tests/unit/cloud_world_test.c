/*
 * tests/unit/cloud_world_test.c - the whole cloud: the Highway lab from launch to load balancer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/listener.h"
#include "cloud/world.h"
#include "sim/clock.h"

static struct catalog *catalog;

static const char script[] = "#!/bin/bash\n"
                             "dnf install -y httpd\n"
                             "cp -r /opt/sites/highway/. /var/www/html/\n"
                             "systemctl enable --now httpd\n";

static int setup(void **state)
{
    (void)state;
    catalog = catalog_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    catalog_free(catalog);
    return 0;
}

/* ---- helpers ---- */

static void pass(struct world *world, int64_t seconds)
{
    world_advance(world, world->sim.now + seconds * SECOND_NS, SIM_UNLIMITED);
}

static struct image *public_image(const struct world *world)
{
    for (uint32_t i = 0; i < table_count(&world->images.table); i++) {
        struct image *image = table_at(&world->images.table, i);

        if (image->region == 0 && image->architecture == ARCH_X86_64 &&
            str_starts(image->name, "al2023"))
            return image;
    }
    return NULL;
}

/* A group that lets port 80 in from anywhere. */
static uint64_t web_group(struct world *world)
{
    struct fault fault = FAULT_INIT;
    struct security_group_new wish = {
        .account = ACCOUNT_LEARNER,
        .vpc = vpc_default(&world->network, ACCOUNT_LEARNER, 0)->id,
        .name = "web",
        .description = "web servers",
    };
    struct security_group *group = security_group_add(&world->firewall, &wish, &fault);
    struct firewall_rule rule = { .protocol = PROTOCOL_TCP, .from_port = 80, .to_port = 80 };
    struct firewall_rules rules = { &rule, 1 };

    assert_int_equal(security_group_authorize(&world->firewall, group, &rules, &fault), 0);
    return group->id;
}

static struct instance *launch(struct world *world, const struct image *image, uint64_t group,
                               const char *user_data)
{
    struct launch_disk root = {
        .device = image->root_device,
        .type = "gp3",
        .snapshot = image->mappings.items[0].snapshot,
        .size_gib = image->mappings.items[0].size_gib,
        .delete_on_termination = true,
    };
    struct instance_launch wish = {
        .account = ACCOUNT_LEARNER,
        .zone = -1,
        .image = image->key,
        .type = (uint16_t)catalog_type_find(catalog, "t3.micro"),
        .architecture = image->architecture,
        .root_device = image->root_device,
        .min_count = 1,
        .max_count = 1,
        .groups = &group,
        .group_count = 1,
        .user_data = { (char *)(uintptr_t)user_data, strlen(user_data) },
        .disks = &root,
        .disk_count = 1,
    };
    struct fault fault = FAULT_INIT;
    uint64_t reservation;

    if (instances_launch(&world->instances, &wish, &reservation, &fault) != 0)
        fail_msg("refused: %s", fault.message);
    return table_at(&world->instances.table, table_count(&world->instances.table) - 1);
}

struct reply {
    int status;
    int exit;
    bool highway; /* the page is the Highway page */
    uint64_t instance; /* that served it */
};

static struct reply get(struct world *world, const char *host)
{
    uint64_t id = traffic_start(&world->traffic, &(struct traffic_ask){
                                                     .host = host,
                                                     .path = "/",
                                                     .port = 80,
                                                 });
    const struct exchange *exchange = exchange_find(&world->traffic, id);
    struct reply reply;
    const char *served;

    while (exchange->ended == 0)
        pass(world, 1);
    reply = (struct reply){ .status = exchange->status, .exit = exchange->exit };
    if (exchange->answer_body.size > 0)
        reply.highway = memmem(exchange->answer_body.bytes, exchange->answer_body.size, "Highway",
                               7) != NULL;
    served = exchange->answer_headers == NULL ? NULL
                                              : strstr(exchange->answer_headers, "X-Served-By: ");
    if (served != NULL) {
        char text[20];

        memcpy(text, served + 13, 19);
        text[19] = '\0';
        id_parse(&kind_instance, text, &reply.instance);
    }
    exchange_drop(&world->traffic, id);
    return reply;
}

static struct reply get_instance(struct world *world, const struct instance *instance)
{
    char text[ADDRESS_TEXT_SIZE];

    return get(world, address_text(instance_interface(&world->instances, instance)->public_address,
                                   text));
}

/* Saves and restores; the old world goes. */
static struct world *reopened(struct world *world)
{
    struct str bytes = STR_INIT;
    struct str again = STR_INIT;
    const char *error = NULL;
    struct world *copy;

    world_pack(world, &bytes);
    copy = world_unpack(catalog, bytes.text, bytes.length, &error);
    if (copy == NULL)
        fail_msg("not restored: %s", error);
    world_pack(copy, &again);
    assert_int_equal(bytes.length, again.length);
    assert_memory_equal(bytes.text, again.text, bytes.length);
    str_release(&bytes);
    str_release(&again);
    world_free(world);
    return copy;
}

static struct image *image_of(struct world *world, const struct instance *instance)
{
    struct imaging_new wish = {
        .account = ACCOUNT_LEARNER,
        .instance = instance->id,
        .image = instance_reservation(&world->instances, instance)->image,
        .catalog = public_image(world)->catalog,
        .architecture = instance->architecture,
        .running = true,
        .root_device = instance->root_device,
        .name = "Highway",
    };
    struct fault fault = FAULT_INIT;
    struct image *image = imaging_create(&world->imaging, &wish, &fault);

    if (image == NULL)
        fail_msg("refused: %s", fault.message);
    return image;
}

static struct balancer *balancer_before(struct world *world, uint64_t group,
                                        struct instance *const *instances, uint32_t count)
{
    struct fault fault = FAULT_INIT;
    uint64_t subnets[ZONES_PER_REGION];
    struct target_group_new tg = {
        .account = ACCOUNT_LEARNER,
        .vpc = vpc_default(&world->network, ACCOUNT_LEARNER, 0)->id,
        .name = "Highway-TargetGroup",
        .protocol = "HTTP",
        .port = OPT_INT(80),
    };
    struct target_group *targets = target_group_add(&world->targets, &tg, &fault);
    struct balancer_new lb = {
        .account = ACCOUNT_LEARNER,
        .name = "highway-alb",
        .subnets = subnets,
        .subnet_count = ZONES_PER_REGION,
        .groups = &group,
        .group_count = 1,
    };
    struct action_group one = { .weight = 1 };
    struct listener_action action = { .type = ACTION_FORWARD };
    struct listener_new listener = {
        .protocol = "HTTP",
        .port = OPT_INT(80),
        .actions = &action,
        .action_count = 1,
    };
    struct balancer *balancer;
    struct arena arena = ARENA_INIT;

    assert_non_null(targets);
    for (uint32_t i = 0; i < count; i++) {
        struct target_wish wish = { .id = id_text(&arena, &kind_instance, instances[i]->id) };

        assert_int_equal(targets_register(&world->targets, targets, &wish, 1, &fault), 0);
    }
    for (uint8_t i = 0; i < ZONES_PER_REGION; i++)
        subnets[i] = subnet_default(&world->network, ACCOUNT_LEARNER, i)->id;
    balancer = balancer_add(&world->balancers, &lb, &fault);
    assert_non_null(balancer);
    one.group = targets->id;
    action.groups.items = &one;
    action.groups.count = 1;
    assert_non_null(listener_add(&world->balancers, balancer, &listener, &fault));
    arena_release(&arena);
    return balancer;
}

/* The zone of the second server fails: after its checks have failed too, all is served by the
 * first. */
static void zone_fails(struct world *world, struct balancer *balancer)
{
    const struct instance *broken = table_at(&world->instances.table, 1);
    const struct instance *well = table_at(&world->instances.table, 0);
    struct injection_new wish = {
        .account = ACCOUNT_LEARNER,
        .kind = INJECT_ZONE,
        .subject = broken->zone + 1u,
    };
    struct fault fault = FAULT_INIT;
    struct arena arena = ARENA_INIT;

    if (broken->zone == well->zone)
        fail_msg("this seed puts both servers into one zone");
    assert_non_null(injection_add(&world->injections, &wish, &fault));
    pass(world, 120);
    for (int i = 0; i < 6; i++) {
        struct reply reply = get(world, balancer_dns_name(&world->balancers, &arena, balancer));

        assert_int_equal(reply.status, 200);
        assert_true(reply.instance == well->id);
    }
    arena_release(&arena);
}

/* ---- tests ---- */

/* If this failed, the Highway lab would not work, or not go on where it was after a restart of the
 * program. */
static void test_highway(void **state)
{
    struct world *world = world_new(catalog, 1, 0);
    uint64_t group = web_group(world);
    struct instance *instances[2];
    uint64_t ids[2];
    uint64_t image;
    struct arena arena = ARENA_INIT;
    struct balancer *balancer;
    struct reply first;
    struct reply second;

    (void)state;
    ids[0] = launch(world, public_image(world), group, script)->id;
    pass(world, 25);
    world = reopened(world);
    assert_int_equal(get_instance(world, instance_any(&world->instances, ids[0])).status, 0);
    pass(world, 300);
    instances[0] = instance_any(&world->instances, ids[0]);
    assert_int_equal(instances[0]->instance_status, CHECK_OK);
    first = get_instance(world, instances[0]);
    assert_int_equal(first.exit, 0);
    assert_int_equal(first.status, 200);
    assert_true(first.highway);

    image = image_of(world, instances[0])->key;
    pass(world, 20);
    world = reopened(world);
    pass(world, 900);
    instances[0] = instance_any(&world->instances, ids[0]);
    assert_int_equal(((struct image *)table_get(&world->images.table, image))->state,
                     IMAGE_AVAILABLE);
    assert_true(get_instance(world, instances[0]).highway);
    ids[1] = launch(world, table_get(&world->images.table, image), group, "")->id;
    pass(world, 300);
    instances[1] = instance_any(&world->instances, ids[1]);
    assert_true(get_instance(world, instances[1]).highway);

    balancer_before(world, group, instances, 2);
    pass(world, 60);
    world = reopened(world);
    pass(world, 300);
    balancer = table_at(&world->balancers.balancers, 0);
    assert_int_equal(balancer->state, BALANCER_ACTIVE);
    first = get(world, balancer_dns_name(&world->balancers, &arena, balancer));
    second = get(world, balancer_dns_name(&world->balancers, &arena, balancer));
    assert_int_equal(first.status, 200);
    assert_true(first.highway && second.highway);
    assert_true(first.instance != second.instance);
    assert_true(first.instance == ids[0] || first.instance == ids[1]);
    zone_fails(world, balancer);
    arena_release(&arena);
    world_free(world);
}

/* If this failed, a fault would not be what users see, or mending it would not help. */
static void test_faults(void **state)
{
    static const int kinds[] = { INJECT_WEB_SERVER, INJECT_INSTANCE, INJECT_HOST };
    static const int exits[] = { EXIT_REFUSED, EXIT_TIMEOUT, EXIT_TIMEOUT };
    struct world *world = world_new(catalog, 2, 0);
    struct instance *instance = launch(world, public_image(world), web_group(world), script);
    struct fault fault = FAULT_INIT;

    (void)state;
    pass(world, 300);
    assert_true(get_instance(world, instance).highway);
    for (int i = 0; i < 3; i++) {
        struct injection_new wish = {
            .account = ACCOUNT_LEARNER,
            .kind = kinds[i],
            .subject = instance->id,
        };
        struct injection *injection = injection_add(&world->injections, &wish, &fault);
        struct reply reply;

        if (injection == NULL)
            fail_msg("refused: %s", fault.message);
        reply = get_instance(world, instance);
        assert_int_equal(reply.status, 0);
        assert_int_equal(reply.exit, exits[i]);
        pass(world, 180);
        assert_int_equal(instance->instance_status,
                         kinds[i] == INJECT_WEB_SERVER ? CHECK_OK : CHECK_IMPAIRED);
        assert_int_equal(instance->system_status,
                         kinds[i] == INJECT_HOST ? CHECK_IMPAIRED : CHECK_OK);
        injection_clear(&world->injections, injection->id, "cleared");
        pass(world, 300);
        assert_true(get_instance(world, instance).highway);
        assert_int_equal(instance->instance_status, CHECK_OK);
    }
    assert_int_equal(table_count(&world->injections.table), 0);
    world_free(world);
}

/* If this failed, stopping would lose what was written, or terminating would leave volumes behind.
 * */
static void test_stop_start(void **state)
{
    struct world *world = world_new(catalog, 3, 0);
    struct instance *instance = launch(world, public_image(world), web_group(world), script);
    struct instance_set set = { &instance, 1 };
    struct fault fault = FAULT_INIT;

    (void)state;
    pass(world, 300);
    assert_int_equal(table_count(&world->volumes.table), 1);
    assert_int_equal(instances_stop(&world->instances, set, false, &fault), 0);
    pass(world, 60);
    assert_int_equal(instance->state, INSTANCE_STOPPED);
    assert_int_equal(instances_start(&world->instances, set, &fault), 0);
    pass(world, 200);
    assert_true(get_instance(world, instance).highway);
    assert_int_equal(instances_terminate(&world->instances, set, &fault), 0);
    pass(world, 120);
    assert_int_equal(table_count(&world->volumes.table), 0);
    assert_int_equal(table_count(&world->guests.table), 0);
    pass(world, 3700);
    /* But that CloudWatch looks each minute. */
    assert_int_equal(sim_pending_count(&world->sim), 1);
    world_free(world);
}

/* What a line typed in a guest prints, errors included. */
static const char *typed(struct world *world, const struct instance *instance, const char *line,
                         struct arena *arena)
{
    uint64_t job = guest_job_start(&world->guests, instance->id, "ec2-user", line, 0);
    const struct guest_job *row;
    const char *output;

    assert_true(job != 0);
    row = guest_job_find(&world->guests, job);
    for (int i = 0; i < 200 && !row->done; i++)
        pass(world, 1);
    assert_true(row->done);
    output = arena_strdup(arena, row->output == NULL ? "" : row->output);
    guest_job_forget(&world->guests, job);
    return output;
}

/* If this failed, an instance could not learn who it is, or reach its neighbours, from inside. */
static void test_curl_inside(void **state)
{
    struct world *world = world_new(catalog, 4, 0);
    uint64_t group = web_group(world);
    struct instance *one = launch(world, public_image(world), group, script);
    struct instance *two = launch(world, public_image(world), group, "");
    struct arena arena = ARENA_INIT;
    char address[ADDRESS_TEXT_SIZE];
    const char *line;

    (void)state;
    pass(world, 300);
    assert_string_equal(typed(world, one,
                              "curl -s http://169.254.169.254/latest/meta-data/instance-id",
                              &arena),
                        id_text(&arena, &kind_instance, one->id));
    line = "TOKEN=$(curl -s -X PUT http://169.254.169.254/latest/api/token "
           "-H 'X-aws-ec2-metadata-token-ttl-seconds: 21600'); "
           "curl -s -H \"X-aws-ec2-metadata-token: $TOKEN\" "
           "http://169.254.169.254/latest/meta-data/placement/availability-zone";
    assert_string_equal(typed(world, one, line, &arena),
                        catalog_zone_name(catalog, one->zone));
    assert_non_null(strstr(typed(world, one, "curl -s localhost", &arena), "Highway"));
    address_text(instance_interface(&world->instances, one)->address, address);
    line = arena_printf(&arena, "curl -s http://%s/", address);
    assert_non_null(strstr(typed(world, two, line, &arena), "Highway"));
    assert_non_null(strstr(typed(world, two, "curl http://localhost/", &arena),
                           "curl: (7) Failed to connect to localhost port 80"));
    address_text(instance_interface(&world->instances, two)->address, address);
    line = arena_printf(&arena, "curl -sS http://%s:8080/", address);
    assert_non_null(strstr(typed(world, one, line, &arena), "curl: (28)"));
    arena_release(&arena);
    world_free(world);
}

/* If this failed, what a script inside asks of a balancer would not be asked, or a script that is
 * saved while it waits would ask again, or never go on. */
static void test_curl_waits(void **state)
{
    struct world *world = world_new(catalog, 6, 0);
    uint64_t group = web_group(world);
    struct instance *one = launch(world, public_image(world), group, script);
    struct balancer *balancer = NULL;
    struct arena arena = ARENA_INIT;
    const char *line;
    const char *dns;
    uint64_t asker = one->id;
    uint64_t job;
    uint64_t requests;

    (void)state;
    pass(world, 300);
    balancer = balancer_before(world, group, &one, 1);
    dns = balancer_dns_name(&world->balancers, &arena, balancer);
    pass(world, 300);
    requests = world->traffic.next;
    line = arena_printf(&arena,
                        "echo once >> log; PAGE=$(curl -sS http://%s/); echo \"$PAGE\" | grep -c "
                        "Highway > n; curl -s -o page -w '%%{http_code} %%{num_redirects}\\n' "
                        "http://%s/; "
                        "curl -m 2 http://10.1.2.3/; echo $?; cat log; test -s page && echo kept",
                        dns, dns);
    job = guest_job_start(&world->guests, asker, "ec2-user", line, 0);
    for (int i = 0; i < 4000 && !guest_job_find(&world->guests, job)->done; i++) {
        world_advance(world, world->sim.now + 2 * MILLISECOND_NS, SIM_UNLIMITED);
        if (i % 8 == 0)
            world = reopened(world);
    }
    assert_true(guest_job_find(&world->guests, job)->done);
    assert_string_equal(guest_job_find(&world->guests, job)->output,
                        "200 0\n"
                        "curl: (28) Connection timed out after 2000 milliseconds\n"
                        "28\nonce\nkept\n");
    assert_int_equal(world->traffic.next, requests + 3);
    assert_int_equal(table_count(&world->traffic.exchanges), 0);
    one = instance_any(&world->instances, asker);
    assert_string_equal(typed(world, one, "curl -v localhost; curl --retry 3 localhost", &arena),
                        "curl: option -v: is not modelled here; there are -s -S -i -I -k -L -f -H "
                        "-A -b -c -X -m -o -O -w --connect-timeout\n"
                        "curl: option --retry: is not modelled here; there are -s -S -i -I -k -L "
                        "-f -H -A -b -c -X -m -o -O -w --connect-timeout\n");
    assert_non_null(strstr(typed(world, one,
                                 "sudo mkdir /var/www/html/d; echo deep > i; "
                                 "sudo cp i /var/www/html/d/index.html; "
                                 "curl -sL -w '%{num_redirects}' localhost/d; rm page log n i",
                                 &arena),
                           "deep\n1"));
    typed(world, one,
          "dd if=/dev/zero of=z bs=1000 count=3; sudo cp z /var/www/html/z.txt; rm z", &arena);
    assert_string_equal(typed(world, one, "curl -s -o y -w '%{size_download}' localhost/z.txt",
                              &arena),
                        "3000");
    assert_non_null(strstr(typed(world, one, "wc -c y; rm y", &arena), "3000"));
    assert_non_null(strstr(typed(world, one, "curl -si -X PUT 169.254.169.254/latest/api/token; "
                                             "curl -sf -H 'X-aws-ec2-metadata-token: x' "
                                             "169.254.169.254/latest/meta-data/; echo $?", &arena),
                           "400 - Bad Request</h1>\n </body>\n</html>\n22\n"));
    arena_release(&arena);
    world_free(world);
}

/* If this failed, an instance without a public address would reach the internet, or a group that
 * lets nothing out would let curl out. */
static void test_curl_ways_out(void **state)
{
    struct world *world = world_new(catalog, 7, 0);
    uint64_t group = web_group(world);
    struct instance *one = launch(world, public_image(world), group, script);
    struct instance *two = launch(world, public_image(world), group, "");
    struct interface *inside;
    struct arena arena = ARENA_INIT;
    char address[ADDRESS_TEXT_SIZE];
    struct security_group *rules = table_get(&world->firewall.table, group);
    const char *line;
    uint32_t count;

    (void)state;
    pass(world, 300);
    inside = interface_find(&world->network, two->interface);
    address_text(instance_interface(&world->instances, one)->public_address, address);
    line = arena_printf(&arena, "curl -s -m 5 http://%s/ | grep -c Highway", address);
    assert_true(strcmp(typed(world, two, line, &arena), "0\n") > 0);
    interface_set_public(&world->network, inside, false);
    assert_string_equal(typed(world, two, line, &arena), "0\n");
    address_text(instance_interface(&world->instances, one)->address, address);
    line = arena_printf(&arena, "curl -s -m 5 http://%s/ | grep -c Highway", address);
    assert_true(strcmp(typed(world, two, line, &arena), "0\n") > 0);
    count = rules->rules.count;
    for (uint32_t i = 0; i < count; i++) {
        if (rules->rules.items[i].is_egress)
            rules->rules.items[i].protocol = PROTOCOL_UDP;
    }
    assert_string_equal(typed(world, two, line, &arena), "0\n");
    arena_release(&arena);
    world_free(world);
}

/* If this failed, a shutdown typed inside would leave the instance running (and billed) for ever,
 * or AWS's reason for it would be another. */
static void test_shutdown_inside(void **state)
{
    struct world *world = world_new(catalog, 5, 0);
    struct instance *instance = launch(world, public_image(world), web_group(world), "");
    struct arena arena = ARENA_INIT;
    const char *code = "";
    const char *message = "";

    (void)state;
    pass(world, 300);
    guest_job_start(&world->guests, instance->id, "root", "shutdown -h now", 0);
    pass(world, 120);
    assert_int_equal(instance->state, INSTANCE_STOPPED);
    assert_true(instance_state_reason(instance, &code, &message));
    assert_string_equal(code, "Client.InstanceInitiatedShutdown");
    assert_string_equal(instance_transition_reason(instance, &arena), "");
    assert_int_equal(instances_start(&world->instances, (struct instance_set){ &instance, 1 },
                                     &(struct fault){0}), 0);
    pass(world, 300);
    assert_int_equal(instance->instance_status, CHECK_OK);
    assert_false(instance_state_reason(instance, &code, &message));
    arena_release(&arena);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_highway),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_stop_start),
        cmocka_unit_test(test_curl_inside), cmocka_unit_test(test_curl_waits),
        cmocka_unit_test(test_curl_ways_out),
        cmocka_unit_test(test_shutdown_inside),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
