/*
 * tui/editor.h - a text in the person's own editor: $VISUAL, $EDITOR, or vi.
 */
#ifndef TUI_EDITOR_H
#define TUI_EDITOR_H

struct str;

/* The terminal is given to the editor, and taken back. */
struct editor_terminal {
    void *context;
    void (*leave)(void *context); /* NULL, as the next: nothing is to be done */
    void (*back)(void *context);
};

/*
 * Opens the text in the editor, as a file whose name ends in `suffix`, and waits for its end; then
 * `text` is what was saved.  0, or -1 with a sentence: no editor, it failed, or what it left is no
 * text.
 */
int editor_edit(const struct editor_terminal *terminal, const char *suffix, struct str *text,
                struct str *why);

/* Adds the commands of one script that are not in the other, or at another place in it, in their
 * order, a line each. */
void editor_changed(const char *before, const char *after, struct str *changed);

#endif
