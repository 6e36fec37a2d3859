/*
 * tests/unit/base_pack_test.c - saved states.
 *
 * If this fails, a saved state is not the state that was saved: sessions would wake up changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/pack.h"

struct part {
    char *word;
    int64_t number;
};

struct thing {
    uint64_t key;
    char *name;
    int16_t small;
    bool flag;
    struct opt_int perhaps;
    struct opt_bool perhaps_flag;
    struct blob bytes;
    struct part *far;
    struct part near;
    LIST(struct part) parts;
    LIST(char *) words;
    LIST(int64_t) numbers;
    LIST(struct pair) tags;
};

static const struct field part_fields[] = {
    F_STRING(struct part, word, "Word", "A word."),
    F_INT(struct part, number, "Number", "A number."),
};

static const struct shape part_shape = SHAPE("Part", struct part, part_fields);

static const struct field thing_fields[] = {
    F_INT(struct thing, key, "Key", "Its key."),
    F_STRING(struct thing, name, "Name", "Its name."),
    F_INT(struct thing, small, "Small", "A small number."),
    F_BOOL(struct thing, flag, "Flag", "A flag."),
    F_OPT_INT(struct thing, perhaps, "Perhaps", "Perhaps a number."),
    F_OPT_BOOL(struct thing, perhaps_flag, "PerhapsFlag", "Perhaps a flag."),
    F_BLOB(struct thing, bytes, "Bytes", "Bytes."),
    F_STRUCT(struct thing, far, struct part, &part_shape, "Far", "A part elsewhere."),
    F_EMBED(struct thing, near, struct part, &part_shape, "Near", "A part within."),
    F_LIST(struct thing, parts, struct part, &part_shape, "Parts", "Parts."),
    F_STRINGS(struct thing, words, "Words", "Words."),
    F_INTS(struct thing, numbers, "Numbers", "Numbers."),
    F_MAP(struct thing, tags, "Tags", "Tags."),
};

static const struct shape thing_shape = SHAPE("Thing", struct thing, thing_fields);

/* The same thing as an older or newer program knows it: fewer members, in another order. */
struct thing_then {
    uint64_t key;
    int64_t added; /* the older pack has none */
    char *name;
};

static const struct field thing_then_fields[] = {
    F_INT(struct thing_then, key, "Key", "Its key."),
    F_INT(struct thing_then, added, "Added", "A member of later."),
    F_STRING(struct thing_then, name, "Name", "Its name."),
};

static const struct shape thing_then_shape = SHAPE("Thing", struct thing_then, thing_then_fields);

static void fill(struct table *table)
{
    struct thing *thing;

    table_init(table, &thing_shape);
    table_add(table, 7); /* all absent */
    thing = table_add(table, UINT64_MAX);
    thing->name = xstrdup("n\xc3\xa9");
    thing->small = -300;
    thing->flag = true;
    thing->perhaps = OPT_INT(INT64_MIN);
    thing->perhaps_flag = OPT_BOOL(false);
    thing->bytes.bytes = xmalloc(3);
    memcpy(thing->bytes.bytes, "a\0b", 3);
    thing->bytes.size = 3;
    thing->far = xcalloc(1, sizeof(*thing->far));
    thing->far->word = xstrdup("far");
    thing->near.number = INT64_MAX;
    LIST_PUSH(&thing->parts)->word = xstrdup("one");
    LIST_PUSH(&thing->parts)->number = -1;
    *LIST_PUSH(&thing->words) = xstrdup("");
    *LIST_PUSH(&thing->numbers) = 1 << 20;
    *LIST_PUSH(&thing->tags) = (struct pair){.key = xstrdup("k"), .value = xstrdup("v")};
}

static void packed(const struct table *table, struct str *out)
{
    pack_table(out, "things", table);
}

static void comes_back_the_same(void **state)
{
    struct str first = STR_INIT;
    struct str second = STR_INIT;
    struct pack_reader reader = {0};
    struct table table;
    struct table back;
    size_t length;

    (void)state;
    fill(&table);
    packed(&table, &first);
    table_init(&back, &thing_shape);
    reader.bytes = first.text;
    reader.size = first.length;
    assert_non_null(pack_next(&reader, &length));
    assert_int_equal(length, strlen("things"));
    assert_int_equal(pack_read_table(&reader, &back), 0);
    assert_null(pack_next(&reader, &length));
    assert_null(reader.error);
    packed(&back, &second);
    assert_int_equal(first.length, second.length);
    assert_memory_equal(first.text, second.text, first.length);
    table_release(&table);
    table_release(&back);
    str_release(&first);
    str_release(&second);
}

static void another_program_takes_what_it_knows(void **state)
{
    struct str bytes = STR_INIT;
    struct pack_reader reader = {0};
    struct table table;
    struct table then;
    const struct thing_then *row;
    size_t length;

    (void)state;
    fill(&table);
    packed(&table, &bytes);
    table_init(&then, &thing_then_shape);
    reader.bytes = bytes.text;
    reader.size = bytes.length;
    pack_next(&reader, &length);
    assert_int_equal(pack_read_table(&reader, &then), 0);
    assert_int_equal(table_count(&then), 2);
    row = table_get(&then, UINT64_MAX);
    assert_string_equal(row->name, "n\xc3\xa9");
    assert_int_equal(row->added, 0);
    table_release(&table);
    table_release(&then);
    str_release(&bytes);
}

/* Every prefix and every changed byte is read as a state or refused: never a crash, never a read
 * past the end. */
static void damage_is_survived(void **state)
{
    struct str bytes = STR_INIT;
    struct table table;

    (void)state;
    fill(&table);
    packed(&table, &bytes);
    for (size_t at = 0; at < bytes.length * 2; at++) {
        char *copy = xmalloc(bytes.length);
        struct pack_reader reader = {.bytes = copy, .size = at < bytes.length ? at : bytes.length};
        struct table back;
        size_t length;

        memcpy(copy, bytes.text, bytes.length);
        if (at >= bytes.length)
            copy[at - bytes.length] = (char)(copy[at - bytes.length] ^ 0x55);
        table_init(&back, &thing_shape);
        if (pack_next(&reader, &length) != NULL && pack_read_table(&reader, &back) != 0)
            assert_non_null(reader.error);
        table_release(&back);
        free(copy);
    }
    table_release(&table);
    str_release(&bytes);
}

/* The same members, once all in the row and once with a rare part. */
struct flat {
    uint64_t key;
    char *name;
    int64_t often;
    int64_t seldom;
};

struct split_rare {
    char *name;
    int64_t seldom;
};

struct split {
    uint64_t key;
    int64_t often;
    struct split_rare *rare;
};

static const struct field flat_fields[] = {
    F_INT(struct flat, key, "Key", "Its key."),
    F_STRING(struct flat, name, "Name", "Its name."),
    F_INT(struct flat, often, "Often", "Often there."),
    F_INT(struct flat, seldom, "Seldom", "Seldom there."),
};
static const struct field split_fields[] = {
    F_INT(struct split, key, "Key", "Its key."),
    F_STRING(struct split_rare, name, "Name", "Its name.", .flags = FIELD_RARE),
    F_INT(struct split, often, "Often", "Often there."),
    F_INT(struct split_rare, seldom, "Seldom", "Seldom there.", .flags = FIELD_RARE),
};
static const struct shape flat_shape = SHAPE("Row", struct flat, flat_fields);
static const struct shape split_shape = SHAPE_WITH_RARE("Row", struct split, rare, split_fields);

static void read_back(const struct str *bytes, struct table *table)
{
    struct pack_reader reader = {.bytes = bytes->text, .size = bytes->length};
    size_t length;

    assert_non_null(pack_next(&reader, &length));
    assert_int_equal(pack_read_table(&reader, table), 0);
}

static void a_rare_part_does_not_show(void **state)
{
    struct str flat_bytes = STR_INIT;
    struct str split_bytes = STR_INIT;
    struct table flat;
    struct table split;
    struct split copy;
    const struct split *row;

    (void)state;
    table_init(&flat, &flat_shape);
    table_init(&split, &split_shape);
    ((struct flat *)table_add(&flat, 1))->often = 5;
    *(struct flat *)table_add(&flat, 2) =
        (struct flat){.key = 2, .name = xstrdup("two"), .seldom = -7};
    packed(&flat, &flat_bytes);
    read_back(&flat_bytes, &split);
    row = table_at(&split, 0);
    assert_int_equal(row->often, 5);
    assert_null(row->rare);
    row = table_at(&split, 1);
    assert_string_equal(row->rare->name, "two");
    assert_int_equal(row->rare->seldom, -7);
    packed(&split, &split_bytes);
    assert_int_equal(flat_bytes.length, split_bytes.length);
    assert_memory_equal(flat_bytes.text, split_bytes.text, flat_bytes.length);
    shape_copy(&split_shape, &copy, row);
    assert_ptr_not_equal(copy.rare, row->rare);
    assert_ptr_not_equal(copy.rare->name, row->rare->name);
    assert_string_equal(copy.rare->name, "two");
    shape_release(&split_shape, &copy);
    table_release(&flat);
    table_release(&split);
    str_release(&flat_bytes);
    str_release(&split_bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_the_same),
        cmocka_unit_test(another_program_takes_what_it_knows),
        cmocka_unit_test(damage_is_survived),
        cmocka_unit_test(a_rare_part_does_not_show),
    };

    return cmocka_run_group_tests_name("base_pack", tests, NULL, NULL);
}
