/*
 * tests/fuzz/guest_fuzz.c - if this crashes, a line typed in an instance, or its user data, ends
 * the console.
 *
 * The bytes are a script.  Bytes from 0x80 on stand for words that guests know, so that lines come
 * to mean something.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/guest.h"
#include "cloud/guest_image.h"
#include "sim/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const words[] = {
    "sudo ",
    "cp -r ",
    "mv ",
    "rm -rf ",
    "mkdir -p ",
    "touch ",
    "echo ",
    "cat ",
    "ls -la ",
    "grep -c ",
    "head -n ",
    "tail -n ",
    "wc -l ",
    "tee -a ",
    "dd if=/dev/zero bs=1M of=",
    " count=",
    "chmod -R ",
    "chown -R ",
    "ln -s ",
    "dnf install -y ",
    "dnf remove -y ",
    "httpd ",
    "nginx ",
    "systemctl ",
    "enable --now ",
    "stop ",
    "status ",
    "cd ",
    "hostname ",
    "df -h ",
    "sync; ",
    "sleep 3; ",
    "reboot; ",
    "test -f ",
    "[ 1 -lt 2 ]",
    "printf ",
    "export A=$A$A",
    "set -ex; ",
    "$(",
    ") ",
    "\"$A\" ",
    " > ",
    " >> ",
    " 2>&1 ",
    " | ",
    " && ",
    " || ",
    "; ",
    "\n",
    "/opt/sites/highway/",
    "/var/www/html/",
    "/etc/",
    "/tmp/a",
    "/tmp/a/b",
    "* ",
    "../",
    "/dev/null",
    "a",
    "b",
    "x",
    "100",
    "644 ",
    "+x ",
    "ps ",
    "free -m",
    "uptime ",
    "id ",
    "date ",
    "curl http://localhost/",
    "shutdown -h now",
    "bash -c '",
    "' ",
    "chmod +x a; ./a; ",
    "exit 1",
};

static void run(struct guests *guests, struct sim *sim, uint64_t instance, const char *script)
{
    uint64_t job = guest_job_start(guests, instance, "ec2-user", script, 0);

    sim_advance(sim, sim->now + 10 * MINUTE_NS, 10000);
    guest_job_forget(guests, job);
}

static void serve(struct guests *guests, uint64_t instance, const char *path)
{
    struct guest_request request = {
        .instance = instance, .port = 80, .method = "GET", .path = path};
    struct arena arena = ARENA_INIT;
    struct guest_answer answer;

    guest_serve(guests, &request, &arena, &answer);
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct catalog *catalog = catalog_new();
    struct str script = STR_INIT;
    struct sim sim;
    struct ids ids = {.stream = {.key = 1}};
    struct trail trail;
    struct blocks blocks;
    struct volumes volumes;
    struct guests guests;
    uint64_t map;

    for (size_t i = 0; i < size && i < 200; i++) {
        if (data[i] >= 0x80)
            str_add(&script, words[(data[i] - 0x80u) % (sizeof(words) / sizeof(words[0]))]);
        else if (data[i] != 0)
            str_addc(&script, (char)data[i]);
    }
    sim_init(&sim, SIM_BEGIN_NS);
    trail_init(&trail, &sim.now);
    blocks_init(&blocks);
    volumes_init(&volumes, (struct volume_links){
                               .sim = &sim, .blocks = &blocks, .ids = &ids, .trail = &trail});
    guests_init(&guests, (struct guest_links){
                             .sim = &sim,
                             .volumes = &volumes,
                             .catalog = catalog,
                             .trail = &trail,
                         });
    /* Two instances begin with the same blocks, so that shared ones are written. */
    map = guest_image_make(&blocks, &catalog->images[0]);
    for (uint64_t instance = 1; instance <= 2; instance++) {
        struct volume_new wanted = {.account = 1, .size_gib = 8, .map = map};
        struct volume_attach attach = {.instance = instance, .device = "/dev/xvda"};

        guest_start(&guests, instance, volume_launch(&volumes, wanted, &attach)->key);
    }
    sim_advance(&sim, sim.now + MINUTE_NS, 10000);
    run(&guests, &sim, 1, str_text(&script));
    run(&guests, &sim, 2, str_text(&script));
    run(&guests, &sim, 1, str_text(&script));
    serve(&guests, 1, "/");
    serve(&guests, 1, str_text(&script));
    guest_shutdown(&guests, 1);
    guest_kill(&guests, 2);
    sim_advance(&sim, sim.now + MINUTE_NS, 10000);
    blocks_check(&blocks);
    guests_release(&guests);
    volumes_release(&volumes);
    blocks_release(&blocks);
    trail_release(&trail);
    sim_release(&sim);
    catalog_free(catalog);
    str_release(&script);
    return 0;
}
