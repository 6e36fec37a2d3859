/*
 * tests/shots/svg.h - a screen as a picture: an SVG of its cells.
 */
#ifndef SHOTS_SVG_H
#define SHOTS_SVG_H

struct pty;
struct str;

struct svg_picture {
    int rows;
    int cols;
    const char *title; /* what somebody who cannot see the picture is told */
};

/* Adds the picture: text in the terminal's sixteen colours, readable on a light page and a dark one
 * (the picture asks the viewer which it is), frames and bars as shapes, so that they meet. */
void svg_add(struct str *out, struct pty *pty, const struct svg_picture *picture);

#endif
