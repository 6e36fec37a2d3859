/*
 * tests/unit/cloud_guest_test.c - what runs inside an instance, and what an image of it keeps.
 */
#include "cloud/guest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/pack.h"
#include "cloud/imaging.h"
#include "sim/clock.h"

enum { ACCOUNT = 7, FIRST = 1001, SECOND = 1002 };

static const char highway_script[] = "#!/bin/bash\n"
                                     "dnf install -y httpd\n"
                                     "cp -r /opt/sites/highway/. /var/www/html/\n"
                                     "systemctl enable --now httpd\n";

/* A cloud with nothing but storage and guests. */
struct cloud {
    struct sim sim;
    struct ids ids;
    struct trail trail;
    struct catalog *catalog;
    struct blocks blocks;
    struct volumes volumes;
    struct snapshots snapshots;
    struct guests guests;
    struct images images;
    struct imaging imaging;
    const char *user_data; /* of FIRST */
    unsigned halted;
};

static void give_facts(void *context, uint64_t instance, struct arena *arena,
                       struct guest_facts *facts)
{
    const struct cloud *cloud = context;

    facts->hostname = arena_strdup(arena, "ip-172-31-5-9.ec2.internal");
    facts->private_ip = "172.31.5.9";
    facts->instance_type = "t3.micro";
    facts->memory_mib = 1024;
    if (instance == FIRST && cloud->user_data != NULL)
        facts->user_data = (struct blob){
            .bytes = (char *)(uintptr_t)cloud->user_data,
            .size = strlen(cloud->user_data),
        };
}

static void note_halt(void *context, uint64_t instance)
{
    struct cloud *cloud = context;

    (void)instance;
    cloud->halted++;
}

static void note_restart(void *context, uint64_t instance)
{
    struct cloud *cloud = context;

    imaging_stopped(&cloud->imaging, instance);
}

static void reboot(void *context, uint64_t instance)
{
    struct cloud *cloud = context;

    guest_reboot(&cloud->guests, instance);
}

static void cloud_init(struct cloud *cloud)
{
    memset(cloud, 0, sizeof(*cloud));
    sim_init(&cloud->sim, SIM_BEGIN_NS);
    cloud->ids.stream = chance_stream(1, "ids", 0);
    cloud->catalog = catalog_new();
    trail_init(&cloud->trail, &cloud->sim.now);
    blocks_init(&cloud->blocks);
    volumes_init(&cloud->volumes, (struct volume_links){
                                      .sim = &cloud->sim,
                                      .blocks = &cloud->blocks,
                                      .ids = &cloud->ids,
                                      .trail = &cloud->trail,
                                  });
    snapshots_init(&cloud->snapshots, (struct snapshot_links){
                                          .sim = &cloud->sim,
                                          .blocks = &cloud->blocks,
                                          .volumes = &cloud->volumes,
                                          .ids = &cloud->ids,
                                          .trail = &cloud->trail,
                                      });
    guests_init(&cloud->guests, (struct guest_links){
                                    .sim = &cloud->sim,
                                    .volumes = &cloud->volumes,
                                    .catalog = cloud->catalog,
                                    .trail = &cloud->trail,
                                });
    cloud->guests.calls = (struct guest_calls){
        .context = cloud,
        .facts = give_facts,
        .halted = note_halt,
        .restarting = note_restart,
    };
    images_init(&cloud->images, (struct image_links){
                                    .sim = &cloud->sim,
                                    .snapshots = &cloud->snapshots,
                                    .catalog = cloud->catalog,
                                    .ids = &cloud->ids,
                                    .trail = &cloud->trail,
                                });
    imaging_init(&cloud->imaging, &cloud->images);
    cloud->imaging.reboot = reboot;
    cloud->imaging.context = cloud;
}

static void cloud_release(struct cloud *cloud)
{
    images_release(&cloud->images);
    guests_release(&cloud->guests);
    snapshots_release(&cloud->snapshots);
    volumes_release(&cloud->volumes);
    blocks_check(&cloud->blocks);
    blocks_release(&cloud->blocks);
    trail_release(&cloud->trail);
    sim_release(&cloud->sim);
    catalog_free(cloud->catalog);
}

static void pass(struct cloud *cloud, int64_t seconds)
{
    sim_advance(&cloud->sim, cloud->sim.now + seconds * SECOND_NS, SIM_UNLIMITED);
}

static struct image *public_image(struct cloud *cloud, const char *distribution)
{
    for (uint32_t i = 0; i < table_count(&cloud->images.table); i++) {
        struct image *image = table_at(&cloud->images.table, i);

        if (image->region == 0 &&
            str_equal(image_origin(&cloud->images, image)->distribution, distribution))
            return image;
    }
    return NULL;
}

/* Launches as cloud/instance would. */
static struct volume *launch(struct cloud *cloud, const struct image *image, uint64_t instance)
{
    struct volume_new wanted = {.account = ACCOUNT, .type = VOLUME_GP3};
    struct fault fault = FAULT_INIT;
    struct volume *volume;

    assert_int_equal(
        snapshot_restore(&cloud->snapshots, image->mappings.items[0].snapshot, &wanted, &fault), 0);
    volume = volume_launch(&cloud->volumes, wanted,
                           &(struct volume_attach){
                               .instance = instance,
                               .device = image->root_device,
                               .delete_on_termination = true,
                           });
    guest_start(&cloud->guests, instance, volume->key);
    volumes_launched(&cloud->volumes, instance);
    return volume;
}

/* The body and status of GET. */
static const char *get(struct cloud *cloud, uint64_t instance, const char *path,
                       struct arena *arena, int *status)
{
    struct guest_request request = {
        .instance = instance, .port = 80, .method = "GET", .path = path};
    struct guest_answer answer;

    guest_serve(&cloud->guests, &request, arena, &answer);
    *status = answer.refused ? 0 : answer.status;
    return answer.body.size == 0 ? "" : arena_strndup(arena, answer.body.bytes, answer.body.size);
}

/* What a command printed; its status goes to *status. */
static const char *ssh(struct cloud *cloud, uint64_t instance, const char *line, int *status,
                       struct arena *arena)
{
    const char *user = guest_user(&cloud->guests, instance);
    uint64_t key = guest_job_start(&cloud->guests, instance, user, line, 0);
    const struct guest_job *job = guest_job_find(&cloud->guests, key);
    const char *output;

    assert_non_null(job);
    while (!job->done)
        pass(cloud, 1);
    *status = job->status;
    output = arena_strdup(arena, job->output == NULL ? "" : job->output);
    guest_job_forget(&cloud->guests, key);
    return output;
}

static struct image *make_image(struct cloud *cloud, const struct image *of, bool no_reboot,
                                const char *name)
{
    struct fault fault = FAULT_INIT;
    struct image *image = imaging_create(&cloud->imaging,
                                         &(struct imaging_new){
                                             .account = ACCOUNT,
                                             .instance = FIRST,
                                             .image = of->key,
                                             .catalog = of->catalog,
                                             .architecture = ARCH_X86_64,
                                             .running = true,
                                             .no_reboot = no_reboot,
                                             .root_device = of->root_device,
                                             .name = name,
                                         },
                                         &fault);

    assert_non_null(image);
    return image;
}

static void test_highway(void **state)
{
    /* If this failed, webserver01 would not serve the Highway page, or webserver02 would not have
     * it from its AMI. */
    struct cloud cloud;
    struct arena arena = ARENA_INIT;
    struct image *image;
    struct image *own;
    int status;

    (void)state;
    cloud_init(&cloud);
    cloud.user_data = highway_script;
    image = public_image(&cloud, "al2023");
    launch(&cloud, image, FIRST);
    get(&cloud, FIRST, "/", &arena, &status);
    assert_int_equal(status, 0);
    pass(&cloud, 60);
    assert_true(guest_is_settled(&cloud.guests, FIRST));
    assert_non_null(strstr(get(&cloud, FIRST, "/", &arena, &status), "Every road trip"));
    assert_int_equal(status, 200);
    get(&cloud, FIRST, "/none", &arena, &status);
    assert_int_equal(status, 404);
    assert_non_null(strstr(guest_console(&cloud.guests, FIRST, &arena), "Complete!"));

    own = make_image(&cloud, image, false, "Highway");
    pass(&cloud, 600);
    assert_int_equal(own->state, IMAGE_AVAILABLE);
    assert_true(guest_is_settled(&cloud.guests, FIRST));
    assert_int_equal(status, 404);
    assert_non_null(strstr(get(&cloud, FIRST, "/", &arena, &status), "Every road trip"));
    launch(&cloud, own, SECOND);
    pass(&cloud, 30);
    assert_non_null(strstr(get(&cloud, SECOND, "/", &arena, &status), "Every road trip"));
    assert_non_null(strstr(get(&cloud, SECOND, "/about.html", &arena, &status), "<html"));
    arena_release(&arena);
    cloud_release(&cloud);
}

static void test_user_data_once(void **state)
{
    /* If this failed, a reboot would run the user data again, or a clone would not run its own. */
    struct cloud cloud;
    struct arena arena = ARENA_INIT;
    int status;

    (void)state;
    cloud_init(&cloud);
    cloud.user_data = "#!/bin/bash\necho once >> /root/runs\n";
    launch(&cloud, public_image(&cloud, "debian12"), FIRST);
    pass(&cloud, 30);
    guest_reboot(&cloud.guests, FIRST);
    pass(&cloud, 60);
    assert_string_equal(ssh(&cloud, FIRST, "sudo cat /root/runs", &status, &arena), "once\n");
    arena_release(&arena);
    cloud_release(&cloud);
}

static void test_no_reboot(void **state)
{
    /* If this failed, an image without a reboot would hold what was only buffered, or a reboot
     * would lose it. */
    struct cloud cloud;
    struct arena arena = ARENA_INIT;
    struct image *image;
    struct image *lost;
    struct image *kept;
    int status;

    (void)state;
    cloud_init(&cloud);
    image = public_image(&cloud, "al2023");
    launch(&cloud, image, FIRST);
    pass(&cloud, 60);
    ssh(&cloud, FIRST, "echo first > note && sync && echo second > note", &status, &arena);
    lost = make_image(&cloud, image, true, "lost");
    kept = make_image(&cloud, image, false, "kept");
    pass(&cloud, 900);
    launch(&cloud, lost, SECOND);
    launch(&cloud, kept, SECOND + 1);
    pass(&cloud, 60);
    assert_string_equal(ssh(&cloud, SECOND, "cat note", &status, &arena), "first\n");
    assert_string_equal(ssh(&cloud, SECOND + 1, "cat note", &status, &arena), "second\n");
    assert_string_equal(ssh(&cloud, FIRST, "cat note", &status, &arena), "second\n");
    arena_release(&arena);
    cloud_release(&cloud);
}

static void test_power(void **state)
{
    /* If this failed, a failed host would keep buffered writes, or an orderly shutdown would lose
     * them. */
    struct cloud cloud;
    struct arena arena = ARENA_INIT;
    struct volume *volume;
    int status;

    (void)state;
    cloud_init(&cloud);
    volume = launch(&cloud, public_image(&cloud, "al2023"), FIRST);
    pass(&cloud, 60);
    ssh(&cloud, FIRST, "echo a > a", &status, &arena);
    guest_kill(&cloud.guests, FIRST);
    guest_start(&cloud.guests, FIRST, volume->key);
    pass(&cloud, 60);
    ssh(&cloud, FIRST, "cat a; echo b > b", &status, &arena);
    guest_shutdown(&cloud.guests, FIRST);
    pass(&cloud, 60);
    assert_int_equal(cloud.halted, 1);
    guest_start(&cloud.guests, FIRST, volume->key);
    pass(&cloud, 60);
    assert_string_equal(ssh(&cloud, FIRST, "cat a b", &status, &arena),
                        "b\ncat: a: No such file or directory\n");
    ssh(&cloud, FIRST, "echo c > c", &status, &arena);
    pass(&cloud, 60); /* the flusher has written it */
    guest_kill(&cloud.guests, FIRST);
    guest_start(&cloud.guests, FIRST, volume->key);
    pass(&cloud, 60);
    assert_string_equal(ssh(&cloud, FIRST, "cat c", &status, &arena), "c\n");
    arena_release(&arena);
    cloud_release(&cloud);
}

struct line {
    const char *text;
    int status;
    const char *output; /* that it begins with, or with = behind it: the whole of it */
};

static void check_lines(const struct line *lines, size_t count)
{
    struct cloud cloud;
    struct arena arena = ARENA_INIT;

    cloud_init(&cloud);
    launch(&cloud, public_image(&cloud, "al2023"), FIRST);
    pass(&cloud, 60);
    for (size_t i = 0; i < count; i++) {
        const char *wanted = lines[i].output;
        size_t length = strlen(wanted);
        bool whole = length > 0 && wanted[length - 1] == '=';
        int status;
        const char *output = ssh(&cloud, FIRST, lines[i].text, &status, &arena);
        bool right = strncmp(output, wanted, length - whole) == 0 &&
                     (!whole || output[length - 1] == '\0');

        if (status != lines[i].status || !right)
            print_error("%s\n-> %d\n%s\n", lines[i].text, status, output);
        assert_int_equal(status, lines[i].status);
        assert_true(right);
    }
    arena_release(&arena);
    cloud_release(&cloud);
}

static void test_commands(void **state)
{
    /* If this failed, a command typed in an instance would not do or say what it does there. */
    static const struct line lines[] = {
        {"whoami; pwd", 0, "ec2-user\n/home/ec2-user\n"},
        {"sudo whoami", 0, "root\n"},
        {"frobnicate --all", 127, "bash: frobnicate: command not found\n"},
        {"echo hi > /etc/motd", 1, "bash: /etc/motd: Permission denied\n"},
        {"echo hi | sudo tee /etc/motd && cat /etc/motd", 0, "hi\nhi\n"},
        {"dnf install -y httpd", 1, "Error: This command has to be run with superuser privileges"},
        {"sudo dnf install -y nosuch", 1,
         "No match for argument: nosuch\nError: Unable to find a match\n"},
        {"sudo apt-get install -y nginx", 127, "bash: apt-get: command not found\n"},
        {"systemctl status httpd", 4, "Unit httpd.service could not be found."},
        {"sudo systemctl start httpd", 5,
         "Failed to start httpd.service: Unit httpd.service not found."},
        {"sudo dnf install -y httpd", 0, "Dependencies resolved.\nInstalling:\n httpd"},
        {"systemctl is-enabled httpd", 1, "disabled\n"},
        {"systemctl start httpd", 1, "Failed to start: Access denied\n"},
        {"sudo systemctl enable --now httpd", 0, "Created symlink"},
        {"systemctl is-active httpd", 0, "active\n"},
        {"sudo dnf install -y nginx", 0, "Dependencies"},
        {"sudo systemctl start nginx", 1, "Job for nginx.service failed"},
        {"mkdir -p a/b; echo x > a/b/c; cp -r a d; ls d d/b; rm -rf a; ls a", 2,
         "d:\nb\nd/b:\nc\nls: cannot access 'a': No such file or directory\n"},
        {"cp /opt/sites/highway/*.html . && ls", 0, "about.html\nd\nindex.html\n"},
        {"X=1; echo \"$X $(hostname -s)\"", 0, "1 ip-172-31-5-9\n"},
        {"false && echo no; false || echo yes", 0, "yes\n"},
        {"test -f index.html && [ -d d ] && [ 3 -gt 2 ] && echo ok", 0, "ok\n"},
        {"grep -c Highway index.html", 0, ""},
        {"dd if=/dev/zero of=big bs=1M count=100; ls -l big | wc -l", 0, "100+0 records in"},
        {"dd if=/dev/zero of=huge bs=1G count=20", 1,
         "dd: error writing 'huge': No space left on device\n"},
        {"for i in 1 2; do echo $i; done", 2, "bash: "},
        {"cat /root/x", 1, "cat: /root/x: Permission denied\n"},
        {"df -h", 0, "Filesystem"},
        {"sleep 3 && date", 0, "Mon Jan  5 08:"},
        {"sudo bash -c 'echo all > /etc/motd; cat /etc/motd'", 0, "all\n"},
        {"echo 'echo one; exit 3; echo two' > s.sh; ./s.sh", 126,
         "bash: ./s.sh: Permission denied\n"},
        {"chmod +x s.sh; ./s.sh", 3, "one\n"},
        {"exit 4; echo no", 4, ""},
        {"which httpd", 0, "/usr/sbin/httpd\n"},
        {"cat /etc/os-release | head -1", 0, "NAME=\"Amazon Linux\"\n"},
    };

    (void)state;
    check_lines(lines, sizeof(lines) / sizeof(lines[0]));
}

static void test_shell_options(void **state)
{
    /* If this failed, a script that protects itself with `set -euo pipefail` would go on after what
     * should have ended it. */
    static const struct line lines[] = {
        {"set -u; echo $none; echo no", 127, "bash: none: unbound variable\n="},
        {"set -u; X=; echo \"<$X>\"; set +u; echo $none end", 0, "<>\nend\n="},
        {"set -u; X=$(echo $none); echo after $?", 0, "bash: none: unbound variable\nafter 1\n="},
        {"set -u; echo $none | cat; echo after", 0, "bash: none: unbound variable\nafter\n="},
        {"bash -c 'set -u; echo $none; echo no'; echo $?", 0,
         "bash: none: unbound variable\n127\n="},
        {"echo 'set -o nounset; echo $none' > u.sh; bash u.sh; echo $?", 0,
         "bash: none: unbound variable\n1\n="},
        {"false | true; echo $?; set -o pipefail; false | true; echo $?", 0, "0\n1\n="},
        {"set -eo pipefail; cat none | wc -l; echo no", 1,
         "cat: none: No such file or directory\n0\n="},
        {"set +o pipefail; set -e; false | true; echo on", 0, "on\n="},
        {"set -e; false && true; false || echo or; echo on; false; echo no", 1, "or\non\n="},
        {"set -e; X=$(false); echo no", 1, "="},
        {"set -e; X=$(false; echo in); echo \"$X\"", 0, "in\n="},
        {"false; X=5; echo $?", 0, "0\n="},
        {"echo 'set -e; false; echo no' > e.sh; bash e.sh || echo failed", 0,
         "failed\n="},
        {". ./e.sh || echo failed", 0, "no\n="},
        {"echo 'set -e; false; echo no' > e.sh; bash e.sh; echo $?", 0, "1\n="},
        {"bash -e -c 'false; echo no'; echo $?; bash -ex -c 'true; false'", 1,
         "1\n+ true\n+ false\n="},
        {"set -x; X='a b'; echo \"$X\" ''; Y=$(echo hi)", 0,
         "+ X='a b'\n+ echo 'a b' ''\na b \n++ echo hi\n+ Y=hi\n="},
        {"set -x; export A=1; set +x; echo quiet", 0, "+ export A=1\n+ A=1\n+ set +x\nquiet\n="},
        {"set -E", 2, "bash: set: -E: not modelled here; there are -e -u -x and -o pipefail\n="},
        {"set -o noclobber", 2, "bash: set: noclobber: not modelled here"},
        {"X=1; export Y=2; bash -c 'echo [$X$Y]; Y=3; cd /'; echo $Y; pwd", 0,
         "[2]\n2\n/home/ec2-user\n="},
        {"Z=9 bash -c 'echo $Z'; echo \"<$Z>\"", 0, "9\n<>\n="},
        {"export K=1; sudo bash -c 'echo [$K]'; sudo -E bash -c 'echo [$K]'", 0, "[]\n[1]\n="},
        {"echo 'V=5; cd /tmp' > v.sh; . ./v.sh; echo $V; pwd", 0, "5\n/tmp\n="},
        {"echo '#!/usr/bin/python3' > p.py; chmod +x p.py; ./p.py", 126,
         "bash: ./p.py: scripts of this interpreter are not modelled\n="},
        {"echo '#!/bin/bash -x' > x.sh; echo true >> x.sh; chmod +x x.sh; ./x.sh", 0,
         "+ true\n="},
    };

    (void)state;
    check_lines(lines, sizeof(lines) / sizeof(lines[0]));
}

static void test_waiting_inside(void **state)
{
    /* If this failed, what lasts would last no time inside $(...) or a script, or what stands
     * before it would be done twice. */
    struct cloud cloud;
    struct arena arena = ARENA_INIT;
    const struct guest_job *job;
    uint64_t key;
    int64_t began;
    int status;

    (void)state;
    cloud_init(&cloud);
    launch(&cloud, public_image(&cloud, "al2023"), FIRST);
    pass(&cloud, 60);
    ssh(&cloud, FIRST,
        "echo 'echo a >> log; X=$(echo b >> log; sleep 5; echo got); cd /tmp; echo $X > t; "
        "sleep 5; pwd; rm /home/ec2-user/s.sh; sleep 5; cat t' > s.sh",
        &status, &arena);
    began = cloud.sim.now;
    key = guest_job_start(&cloud.guests, FIRST, "ec2-user", "bash s.sh > out; cat out log", 0);
    job = guest_job_find(&cloud.guests, key);
    while (!job->done) {
        struct str saved = STR_INIT;
        struct pack_reader reader;
        size_t length;

        pass(&cloud, 1); /* and is saved and read back each second */
        pack_table(&saved, "jobs", &cloud.guests.jobs);
        table_release(&cloud.guests.jobs);
        table_init(&cloud.guests.jobs, &guest_job_shape);
        reader = (struct pack_reader){.bytes = saved.text, .size = saved.length};
        assert_non_null(pack_next(&reader, &length));
        assert_int_equal(pack_read_table(&reader, &cloud.guests.jobs), 0);
        str_release(&saved);
        job = guest_job_find(&cloud.guests, key);
    }
    assert_int_equal((cloud.sim.now - began) / SECOND_NS, 15);
    assert_string_equal(job->printed, "/tmp\ngot\na\nb\n");
    assert_int_equal(job->effects.count, 0);
    arena_release(&arena);
    cloud_release(&cloud);
}

static void test_distributions(void **state)
{
    /* If this failed, Ubuntu would not start a service that it installs, or Windows would have no
     * IIS. */
    struct cloud cloud;
    struct arena arena = ARENA_INIT;
    int status;

    (void)state;
    cloud_init(&cloud);
    launch(&cloud, public_image(&cloud, "ubuntu24"), FIRST);
    launch(&cloud, public_image(&cloud, "windows2022"), SECOND);
    pass(&cloud, 120);
    assert_non_null(
        strstr(ssh(&cloud, FIRST, "sudo apt-get update && sudo apt-get install -y apache2", &status,
                   &arena),
               "Setting up apache2"));
    assert_non_null(strstr(get(&cloud, FIRST, "/", &arena, &status), "It works!"));
    assert_int_equal(status, 200);
    ssh(&cloud, SECOND, "Install-WindowsFeature -Name Web-Server -IncludeManagementTools", &status,
        &arena);
    assert_int_equal(status, 0);
    assert_non_null(strstr(get(&cloud, SECOND, "/", &arena, &status), "IIS Windows Server"));
    ssh(&cloud, SECOND,
        "Copy-Item -Path C:\\opt\\sites\\highway\\* -Destination C:\\inetpub\\wwwroot -Recurse",
        &status, &arena);
    assert_non_null(strstr(get(&cloud, SECOND, "/", &arena, &status), "Every road trip"));
    ssh(&cloud, SECOND, "Stop-Service W3SVC", &status, &arena);
    get(&cloud, SECOND, "/", &arena, &status);
    assert_int_equal(status, 0);
    assert_non_null(strstr(ssh(&cloud, SECOND, "apt", &status, &arena), "not recognized"));
    arena_release(&arena);
    cloud_release(&cloud);
}

/* Each file that the catalogue says a package brings is there once it is installed. */
static void check_package(struct cloud *cloud, const struct catalog_package *package,
                          struct arena *arena)
{
    const char *unit = arena_printf(arena, "/usr/lib/systemd/system/%s.service", package->unit);
    const char *at = package->files;
    struct blob content;
    int status;

    if (package->unit[0] != '\0')
        assert_non_null(strstr(package->files, unit));
    for (; *at != '\0'; at += strcspn(at, ",") + (strchr(at, ',') != NULL)) {
        const char *path = arena_strndup(arena, at, strcspn(at, ","));

        if (str_ends(path, "/"))
            ssh(cloud, FIRST, arena_printf(arena, "sudo ls %s", path), &status, arena);
        else
            status = !guest_file_read(&cloud->guests, FIRST, path, arena, &content);
        if (status != 0)
            print_error("%s does not bring %s\n", package->name, path);
        assert_int_equal(status, 0);
    }
}

static void test_package_files(void **state)
{
    /* If this failed, the catalogue would promise a file, a folder or a unit that installing does
     * not bring. */
    static const char *const distributions[] = {"al2023", "ubuntu22", "ubuntu24", "debian12"};

    (void)state;
    for (size_t d = 0; d < sizeof(distributions) / sizeof(distributions[0]); d++) {
        struct cloud cloud;
        struct arena arena = ARENA_INIT;
        int status;

        cloud_init(&cloud);
        launch(&cloud, public_image(&cloud, distributions[d]), FIRST);
        pass(&cloud, 60);
        for (uint32_t i = 0; i < cloud.catalog->package_count; i++) {
            const struct catalog_package *package = &cloud.catalog->packages[i];

            if (strcmp(package->distribution, distributions[d]) != 0)
                continue;
            ssh(&cloud, FIRST,
                arena_printf(&arena, "sudo %s install -y %s", d == 0 ? "dnf" : "apt-get",
                             package->name),
                &status, &arena);
            assert_int_equal(status, 0);
            check_package(&cloud, package, &arena);
        }
        assert_string_equal(ssh(&cloud, FIRST, "echo mine | sudo tee /etc/nginx/nginx.conf; sudo "
                                               "rm /usr/sbin/nginx", &status, &arena), "mine\n");
        ssh(&cloud, FIRST, d == 0 ? "sudo dnf install -y nginx" : "sudo apt-get install -y nginx",
            &status, &arena);
        assert_string_equal(ssh(&cloud, FIRST, "cat /etc/nginx/nginx.conf", &status, &arena),
                            "mine\n");
        arena_release(&arena);
        cloud_release(&cloud);
    }
}

static void test_web_answers(void **state)
{
    /* If this failed, browsers and health checks would get other answers than Apache's. */
    struct cloud cloud;
    struct arena arena = ARENA_INIT;
    struct guest_request request = {.instance = FIRST, .port = 80, .method = "HEAD", .path = "/"};
    struct guest_answer answer;
    int status;

    (void)state;
    cloud_init(&cloud);
    launch(&cloud, public_image(&cloud, "al2023"), FIRST);
    pass(&cloud, 60);
    assert_false(guest_listens(&cloud.guests, FIRST, 80));
    assert_true(guest_listens(&cloud.guests, FIRST, 22));
    ssh(&cloud, FIRST, "sudo yum install -y httpd && sudo systemctl start httpd", &status, &arena);
    get(&cloud, FIRST, "/", &arena, &status);
    assert_int_equal(status, 403); /* the test page */
    ssh(&cloud, FIRST, "sudo mkdir /var/www/html/a; echo hi | sudo tee /var/www/html/a/index.html",
        &status, &arena);
    assert_string_equal(get(&cloud, FIRST, "/a/?q=1", &arena, &status), "hi\n");
    get(&cloud, FIRST, "/a", &arena, &status);
    assert_int_equal(status, 301);
    get(&cloud, FIRST, "/%2e%2e/%2e%2e/etc/passwd", &arena, &status);
    assert_int_equal(status, 404);
    request.path = "/a/index.html";
    guest_serve(&cloud.guests, &request, &arena, &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.body.size, 0);
    for (uint32_t i = 0; i < answer.headers.count; i++) {
        if (str_equal(answer.headers.items[i].key, "ETag"))
            request.if_none_match = answer.headers.items[i].value;
    }
    guest_serve(&cloud.guests, &request, &arena, &answer);
    assert_int_equal(answer.status, 304);
    assert_string_equal(guest_web_unit(&cloud.guests, FIRST), "httpd");
    assert_true(guest_unit_set(&cloud.guests, FIRST, "httpd", false));
    get(&cloud, FIRST, "/", &arena, &status);
    assert_int_equal(status, 0);
    arena_release(&arena);
    cloud_release(&cloud);
}

/* Every table of the cloud. */
static void save(struct cloud *cloud, struct str *out)
{
    pack_table(out, "maps", &cloud->blocks.maps);
    pack_table(out, "leaves", &cloud->blocks.leaves);
    pack_table(out, "data", &cloud->blocks.data);
    pack_table(out, "counters", &cloud->blocks.counters);
    pack_table(out, "volumes", &cloud->volumes.table);
    pack_table(out, "snapshots", &cloud->snapshots.table);
    pack_table(out, "images", &cloud->images.table);
    pack_table(out, "guests", &cloud->guests.table);
    pack_table(out, "jobs", &cloud->guests.jobs);
}

static void load(struct cloud *cloud, const struct cloud *from, const struct str *saved)
{
    struct table *const tables[] = {
        &cloud->blocks.maps,     &cloud->blocks.leaves, &cloud->blocks.data,
        &cloud->blocks.counters, &cloud->volumes.table, &cloud->snapshots.table,
        &cloud->images.table,    &cloud->guests.table,  &cloud->guests.jobs,
    };
    struct pack_reader reader = {.bytes = saved->text, .size = saved->length};
    struct event *events;
    size_t count;

    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        size_t length;

        assert_non_null(pack_next(&reader, &length));
        table_release(tables[i]);
        assert_int_equal(pack_read_table(&reader, tables[i]), 0);
    }
    assert_true(volumes_restore(&cloud->volumes));
    assert_true(snapshots_restore(&cloud->snapshots));
    assert_true(images_restore(&cloud->images));
    assert_true(guests_restore(&cloud->guests));
    cloud->ids = from->ids;
    events = sim_pending_events(&from->sim, &count);
    assert_true(sim_restore(&cloud->sim, from->sim.now, from->sim.next_sequence));
    for (size_t i = 0; i < count; i++)
        assert_true(sim_restore_event(&cloud->sim, &events[i]));
    free(events);
}

static void test_restore(void **state)
{
    /* If this failed, a console killed in the middle of a boot would come back to another world. */
    (void)state;
    for (int64_t moment = 1; moment < 40; moment += 3) {
        struct cloud live;
        struct cloud restored;
        struct str saved = STR_INIT;
        struct str one = STR_INIT;
        struct str two = STR_INIT;

        cloud_init(&live);
        live.user_data = highway_script;
        launch(&live, public_image(&live, "al2023"), FIRST);
        pass(&live, moment);
        save(&live, &saved);
        cloud_init(&restored);
        restored.user_data = highway_script;
        load(&restored, &live, &saved);
        pass(&live, 60);
        pass(&restored, 60);
        save(&live, &one);
        save(&restored, &two);
        assert_int_equal(one.length, two.length);
        assert_memory_equal(one.text, two.text, one.length);
        str_release(&saved);
        str_release(&one);
        str_release(&two);
        cloud_release(&live);
        cloud_release(&restored);
    }
}

static void test_many(void **state)
{
    /* If this failed, 4,000 instances from one image would cost more than their rows. */
    struct cloud cloud;
    const struct image *image;
    uint32_t data;

    (void)state;
    cloud_init(&cloud);
    image = public_image(&cloud, "al2023");
    launch(&cloud, image, FIRST);
    data = table_count(&cloud.blocks.data);
    for (uint64_t i = 0; i < 4000; i++)
        launch(&cloud, image, 5000 + i);
    pass(&cloud, 120);
    assert_int_equal(table_count(&cloud.blocks.data), data);
    assert_int_equal(table_count(&cloud.blocks.maps), 1);
    assert_true(guest_is_settled(&cloud.guests, 8999));
    cloud_release(&cloud);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shell_options), cmocka_unit_test(test_package_files),
        cmocka_unit_test(test_waiting_inside),
        cmocka_unit_test(test_commands),       cmocka_unit_test(test_highway),
        cmocka_unit_test(test_user_data_once), cmocka_unit_test(test_no_reboot),
        cmocka_unit_test(test_power),          cmocka_unit_test(test_distributions),
        cmocka_unit_test(test_web_answers),    cmocka_unit_test(test_restore),
        cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
