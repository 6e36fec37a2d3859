/*
 * shell/variables.c - the variables of the prompt and the files of a branch.
 */
#include "shell/variables.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static const struct field variable_fields[] = {
    F_INT(struct variable, key, "Key", "Its number."),
    F_STRING(struct variable, name, "Name", "Its name, without the dollar sign."),
    F_STRING(struct variable, value, "Value", "What it holds."),
};

static const struct shape variable_shape = SHAPE("Variable", struct variable, variable_fields);

static const struct field file_fields[] = {
    F_INT(struct branch_file, key, "Key", "Its number."),
    F_STRING(struct branch_file, name, "Name", "Its name."),
    F_BLOB(struct branch_file, bytes, "Bytes", "What it holds."),
};

static const struct shape file_shape = SHAPE("File", struct branch_file, file_fields);

void variables_init(struct variables *variables)
{
    table_init(&variables->variables, &variable_shape);
    table_init(&variables->files, &file_shape);
}

void variables_release(struct variables *variables)
{
    table_release(&variables->variables);
    table_release(&variables->files);
}

/* One past the greatest key: keys are given in order and rows keep that order. */
static uint64_t next_key(const struct table *table)
{
    uint32_t count = table_count(table);
    uint64_t last = 0;

    if (count > 0)
        memcpy(&last, table_at(table, count - 1), sizeof(last));
    return last + 1;
}

static struct variable *find(const struct variables *variables, const char *name)
{
    for (uint32_t i = 0; i < table_count(&variables->variables); i++) {
        struct variable *variable = table_at(&variables->variables, i);

        if (strcmp(variable->name, name) == 0)
            return variable;
    }
    return NULL;
}

void variables_set(struct variables *variables, const char *name, const char *value)
{
    struct variable *variable = find(variables, name);

    if (value == NULL) {
        if (variable != NULL)
            table_remove(&variables->variables, variable->key);
        return;
    }
    if (variable == NULL) {
        variable = table_add(&variables->variables, next_key(&variables->variables));
        variable->name = xstrdup(name);
    }
    free(variable->value);
    variable->value = xstrdup(value);
}

const char *variables_find(const struct variables *variables, const char *name)
{
    const struct variable *variable = find(variables, name);

    return variable == NULL ? NULL : variable->value;
}

const struct branch_file *variables_file_find(const struct variables *variables, const char *name)
{
    for (uint32_t i = 0; i < table_count(&variables->files); i++) {
        const struct branch_file *file = table_at(&variables->files, i);

        if (strcmp(file->name, name) == 0)
            return file;
    }
    return NULL;
}

void variables_file_set(struct variables *variables, const char *name, const char *bytes,
                        size_t size)
{
    const struct branch_file *old = variables_file_find(variables, name);
    struct branch_file *file;

    if (old != NULL)
        table_remove(&variables->files, old->key);
    if (bytes == NULL)
        return;
    file = table_add(&variables->files, next_key(&variables->files));
    file->name = xstrdup(name);
    file->bytes.bytes = xmalloc(size + 1);
    memcpy(file->bytes.bytes, bytes, size);
    file->bytes.size = size;
}
