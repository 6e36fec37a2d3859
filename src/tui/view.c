/*
 * tui/view.c - what a view is: opened, refreshed from answers, written as rows.
 */
#include "tui/view.h"

#include <string.h>

void view_open(struct view *view, const struct view_ops *ops, const char *argument)
{
    *view = (struct view){.ops = ops};
    if (argument != NULL)
        str_add(&view->argument, argument);
    view->scene = ops->open(argument);
}

void view_close(struct view *view)
{
    if (view->ops == NULL)
        return;
    view->ops->close(view->scene);
    sheet_release(&view->sheet);
    str_release(&view->filter);
    str_release(&view->argument);
    *view = (struct view){0};
}

void view_refresh(struct view *view, const struct view_source *source)
{
    view->ops->refresh(view->scene, source);
    view->written = (struct view_frame){0};
}

void view_write(struct view *view, const struct view_frame *frame)
{
    struct view_frame asked = *frame;

    asked.filter = view->ops->lists ? str_text(&view->filter) : "";
    if (memcmp(&asked, &view->written, sizeof(asked)) == 0)
        return;
    sheet_begin(&view->sheet);
    view->ops->rows(view->scene, &asked, &view->sheet);
    sheet_end(&view->sheet);
    view->written = asked;
}

const struct view_ops *view_find(const char *name)
{
    for (size_t i = 0; views[i] != NULL; i++) {
        if (strcmp(views[i]->name, name) == 0)
            return views[i];
    }
    return NULL;
}

json_t *view_ask(const struct view_source *source, const char *service, const char *op,
                 const char *region)
{
    const struct view_question question = {.service = service, .op = op, .region = region};

    return source->ask(source->context, &question);
}

void view_count(struct sheet *sheet, enum theme_role role, size_t count, const char *noun)
{
    sheet_addf(sheet, role, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

const char *view_keep(struct arena *arena, const char *text)
{
    return text == NULL || text[0] == '\0' ? "" : arena_strdup(arena, text);
}
