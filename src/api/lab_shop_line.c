/*
 * api/lab_shop_line.c - the commands of which a coffee shop is made, run one after the other; and
 * delete-shop, which runs those that end it.
 */
#include "api/lab_shop.h"

#include <string.h>

#include "api/arguments.h"
#include "api/invoke.h"
#include "base/str.h"
#include "cloud/world.h"

const struct fault_kind fault_shop_step = {
    .code = "ShopStepFailed",
    .text = "{}: {}",
    .hint = "What had been made before was taken back. The command that is named would be refused "
            "as well.",
};

/* ---- running lines ---- */

void shop_line_add(struct making *making, struct words *line, const char *word)
{
    *LIST_PUSH_IN(&making->call->arena, line) = word;
}

void shop_line_option(struct making *making, struct words *line, const char *option,
                      const char *value)
{
    shop_line_add(making, line, option);
    shop_line_add(making, line, value);
}

/* "aws sqs create-queue": its words. */
struct words shop_line(struct making *making, const char *text)
{
    struct words line = {0};

    for (const char *at = text; *at != '\0';) {
        size_t length = strcspn(at, " ");

        shop_line_add(making, &line, arena_strndup(&making->call->arena, at, length));
        at += length + strspn(at + length, " ");
    }
    return line;
}

/* As it would be typed. */
static const char *typed(struct making *making, const struct words *line)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./:=,@+";
    struct str text = STR_INIT;
    const char *kept;

    for (uint32_t i = 0; i < line->count; i++) {
        const char *word = line->items[i];

        if (i > 0)
            str_addc(&text, ' ');
        if (word[0] != '\0' && strspn(word, plain) == strlen(word))
            str_add(&text, word);
        else
            str_addf(&text, "'%s'", word);
    }
    kept = arena_strdup(&making->call->arena, str_text(&text));
    str_release(&text);
    return kept;
}

/* Runs it.  0 with the answer (a new reference), or -1 after a fault of the outer call. */
int shop_line_run(struct making *making, const struct words *line, json_t **answer)
{
    struct call *outer = making->call;
    const struct caller caller = {
        .world = outer->world,
        .account = outer->account,
        .region = outer->region,
        .passer = outer->passer,
    };
    struct arguments arguments;
    struct call call;
    const char *text = typed(making, line);
    int status = -1;

    *answer = NULL;
    if (arguments_parse(&arguments, line->items[0], line->items + 1, line->count - 1, NULL) != 0 ||
        arguments_check_modelled(&arguments) != 0) {
        call_fault(outer, &fault_shop_step, text, str_text(&arguments.error));
    } else {
        status = invoke_json(&call, &caller, arguments.op, arguments.params, answer);
        if (status != 0)
            call_fault(outer, &fault_shop_step, text, call.fault.message);
        call_release(&call);
    }
    arguments_release(&arguments);
    return status;
}

/* Runs it, and gives it back among the commands.  0 or -1. */
int shop_line_step(struct making *making, const struct words *line, json_t **answer)
{
    json_t *ignored = NULL;
    int status = shop_line_run(making, line, answer == NULL ? &ignored : answer);

    json_decref(ignored);
    if (status == 0)
        *LIST_PUSH_IN(&making->call->arena, &making->out->commands) = typed(making, line);
    return status;
}

/* What will end what was just made: before all that is ended so far. */
void shop_line_undo(struct making *making, const char *line)
{
    *LIST_PUSH_IN(&making->call->arena, &making->undo) = line;
}

/* ---- delete-shop ---- */

struct end_in {
    const char *name;
};

struct end_out {
    struct strings commands;
    struct strings left;
};

static const struct field end_in_fields[] = {
    F_STRING(struct end_in, name, "Name", "The shop; shop unless told."),
};
static const struct shape end_in_shape = SHAPE("DeleteShopRequest", struct end_in, end_in_fields);
static const struct field end_out_fields[] = {
    F_STRINGS(struct end_out, commands, "Commands", "What was done, as a person would type it."),
    F_STRINGS(struct end_out, left, "Left",
              "What AWS does not end yet, and why: the security group, until the instances are "
              "terminated; absent when all was ended.",
              .flags = FIELD_OMIT_EMPTY),
};
static const struct shape end_out_shape = SHAPE("DeleteShopResult", struct end_out, end_out_fields);

static const struct fault_kind *const end_faults[] = {&fault_no_shop, NULL};

static int delete_shop(struct call *call, const void *input, void *output)
{
    const struct end_in *wish = input;
    struct end_out *out = output;
    struct make_out made = {0};
    const char *name = wish->name == NULL ? "shop" : wish->name;
    struct shop *shop = shop_find(&call->world->shops, call->account, call->region, name);
    struct making making = {.call = call, .name = name, .out = &made};
    struct strings lines = {0};

    if (shop == NULL)
        return call_fault(call, &fault_no_shop, name);
    for (uint32_t i = 0; i < shop->undo.count; i++)
        *LIST_PUSH_IN(&call->arena, &lines) = arena_strdup(&call->arena, shop->undo.items[i]);
    for (uint32_t i = 0; i < lines.count; i++) {
        struct words line = shop_line(&making, lines.items[i]);

        if (shop_line_step(&making, &line, NULL) != 0)
            *LIST_PUSH_IN(&call->arena, &out->left) =
                arena_printf(&call->arena, "%s (type it again when the instances are terminated)",
                             call->fault.message);
        fault_release(&call->fault);
        call->fault = FAULT_INIT;
    }
    out->commands = made.commands;
    shop_remove(&call->world->shops,
                shop_find(&call->world->shops, call->account, call->region, name));
    return 0;
}

const struct op op_lab_delete_shop = {
    .name = "DeleteShop",
    .doc = "Ends a coffee shop: runs the commands that end what create-shop made.",
    .example = "lab delete-shop --name corner",
    .needs = "lab create-shop --coupling direct --name corner",
    .in = &end_in_shape,
    .out = &end_out_shape,
    .faults = end_faults,
    .flags = OP_WRITE,
    .run = delete_shop,
};
