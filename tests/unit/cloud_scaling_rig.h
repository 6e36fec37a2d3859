/*
 * tests/unit/cloud_scaling_rig.h - a launch template and Auto Scaling groups for tests.
 */
#ifndef TESTS_CLOUD_SCALING_RIG_H
#define TESTS_CLOUD_SCALING_RIG_H

#include "cloud_property.h"

/* A t3.micro with some public image; its id. */
static inline uint64_t template_make(struct world *world)
{
    struct arena arena = ARENA_INIT;
    struct fault fault = FAULT_INIT;
    const struct launch_template *template;
    struct launch_wish data = {.type = "t3.micro"};
    struct launch_template_new wish = {
        .account = ACCOUNT_LEARNER, .name = "web", .data = &data};

    for (uint32_t i = 0; i < table_count(&world->images.table); i++) {
        const struct image *image = table_at(&world->images.table, i);

        if (image->region == 0 && image->architecture == ARCH_X86_64 &&
            strcmp(image_origin(&world->images, image)->platform, "Windows") != 0)
            data.image = id_text(&arena, &kind_image, image->key);
    }
    template = launch_template_add(&world->templates, &wish, &fault);
    assert_non_null(template);
    arena_release(&arena);
    return template->id;
}

/* In three zones; NULL and a fault. */
static inline struct scaling_group *group_make(struct world *world, uint64_t template,
                                               const char *name, int64_t least, int64_t most,
                                               struct fault *fault)
{
    const char *names[] = {"us-east-1a", "us-east-1b", "us-east-1c"};
    const struct strings zones = {names, 3, 3};
    const struct scaling_group_wish wish = {
        .account = ACCOUNT_LEARNER,
        .name = name,
        .template = table_get(&world->templates.table, template),
        .least = OPT_INT(least),
        .most = OPT_INT(most),
        .zones = &zones,
    };

    return scaling_group_add(&world->scaling, &wish, fault);
}

#endif
