/*
 * tui/lettering.c - text in letters that are three rows high, to be read from the last row of a
 * room.
 *
 * A letter is five points high and up to five wide; two points, one above the other, are one cell.
 */
#include "tui/lettering.h"

#include <stddef.h>
#include <string.h>

enum { POINT_ROWS = 5 };

struct letter {
    char of;
    const char *rows[POINT_ROWS]; /* # is a point */
};

enum { LETTERS = 52 }; /* the last ends them */
static const struct letter letters[LETTERS];

static const struct letter *letter_of(char of)
{
    if (of >= 'a' && of <= 'z')
        of = (char)(of - 'a' + 'A');
    for (const struct letter *letter = letters; letter->of != '\0'; letter++) {
        if (letter->of == of)
            return letter;
    }
    return NULL;
}

int lettering_columns(const char *text)
{
    int columns = 0;

    for (; *text != '\0'; text++) {
        const struct letter *letter = letter_of(*text);

        if (letter == NULL)
            return 0;
        columns += (int)strlen(letter->rows[0]) + 1;
    }
    return columns;
}

static bool point(const struct letter *letter, int row, int col)
{
    return row < POINT_ROWS && letter->rows[row][col] == '#';
}

void lettering_draw(const struct canvas_area *area, struct canvas_at at, struct canvas_style style,
                    const char *text)
{
    /* none, the upper, the lower, both */
    static const char *const cells[] = {" ", "\xe2\x96\x80", "\xe2\x96\x84", "\xe2\x96\x88"};

    for (; *text != '\0'; text++) {
        const struct letter *letter = letter_of(*text);
        int width = letter == NULL ? 0 : (int)strlen(letter->rows[0]);

        for (int col = 0; col < width; col++) {
            for (int row = 0; row < LETTERING_ROWS; row++) {
                int cell = point(letter, 2 * row, col) + 2 * point(letter, 2 * row + 1, col);

                canvas_text(area, (struct canvas_at){.row = at.row + row, .col = at.col + col},
                            style, cells[cell]);
            }
        }
        at.col += width + 1;
    }
}

static const struct letter letters[LETTERS] = {
    {'A', {".##.", "#..#", "####", "#..#", "#..#"}},
    {'B', {"###.", "#..#", "###.", "#..#", "###."}},
    {'C', {".###", "#...", "#...", "#...", ".###"}},
    {'D', {"###.", "#..#", "#..#", "#..#", "###."}},
    {'E', {"####", "#...", "###.", "#...", "####"}},
    {'F', {"####", "#...", "###.", "#...", "#..."}},
    {'G', {".###", "#...", "#.##", "#..#", ".###"}},
    {'H', {"#..#", "#..#", "####", "#..#", "#..#"}},
    {'I', {"###", ".#.", ".#.", ".#.", "###"}},
    {'J', {"..##", "...#", "...#", "#..#", ".##."}},
    {'K', {"#..#", "#.#.", "##..", "#.#.", "#..#"}},
    {'L', {"#...", "#...", "#...", "#...", "####"}},
    {'M', {"#...#", "##.##", "#.#.#", "#...#", "#...#"}},
    {'N', {"#...#", "##..#", "#.#.#", "#..##", "#...#"}},
    {'O', {".##.", "#..#", "#..#", "#..#", ".##."}},
    {'P', {"###.", "#..#", "###.", "#...", "#..."}},
    {'Q', {".##.", "#..#", "#..#", "#.#.", ".#.#"}},
    {'R', {"###.", "#..#", "###.", "#.#.", "#..#"}},
    {'S', {".###", "#...", ".##.", "...#", "###."}},
    {'T', {"#####", "..#..", "..#..", "..#..", "..#.."}},
    {'U', {"#..#", "#..#", "#..#", "#..#", ".##."}},
    {'V', {"#...#", "#...#", ".#.#.", ".#.#.", "..#.."}},
    {'W', {"#...#", "#...#", "#.#.#", "##.##", "#...#"}},
    {'X', {"#...#", ".#.#.", "..#..", ".#.#.", "#...#"}},
    {'Y', {"#...#", ".#.#.", "..#..", "..#..", "..#.."}},
    {'Z', {"####", "...#", ".##.", "#...", "####"}},
    {'0', {".##.", "#..#", "#..#", "#..#", ".##."}},
    {'1', {".#.", "##.", ".#.", ".#.", "###"}},
    {'2', {"###.", "...#", ".##.", "#...", "####"}},
    {'3', {"###.", "...#", ".##.", "...#", "###."}},
    {'4', {"#..#", "#..#", "####", "...#", "...#"}},
    {'5', {"####", "#...", "###.", "...#", "###."}},
    {'6', {".###", "#...", "###.", "#..#", ".##."}},
    {'7', {"####", "...#", "..#.", ".#..", ".#.."}},
    {'8', {".##.", "#..#", ".##.", "#..#", ".##."}},
    {'9', {".##.", "#..#", ".###", "...#", "###."}},
    {' ', {"..", "..", "..", "..", ".."}},
    {'.', {".", ".", ".", ".", "#"}},
    {',', {"..", "..", "..", ".#", "#."}},
    {':', {".", "#", ".", "#", "."}},
    {';', {"..", ".#", "..", ".#", "#."}},
    {'-', {"...", "...", "###", "...", "..."}},
    {'!', {"#", "#", "#", ".", "#"}},
    {'?', {"###.", "...#", ".##.", "....", ".#.."}},
    {'\'', {"#", "#", ".", ".", "."}},
    {'/', {"..#", "..#", ".#.", "#..", "#.."}},
    {'(', {".#", "#.", "#.", "#.", ".#"}},
    {')', {"#.", ".#", ".#", ".#", "#."}},
    {'+', {"...", ".#.", "###", ".#.", "..."}},
    {'=', {"...", "###", "...", "###", "..."}},
    {'%', {"#..#", "..#.", ".#..", "#...", "#..#"}},
    {.of = '\0'},
};
