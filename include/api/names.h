/*
 * api/names.h - from AWS's names to the words of the command line.
 */
#ifndef API_NAMES_H
#define API_NAMES_H

#include "base/mem.h"
#include "base/shape.h"

/*
 * "RunInstances" -> "run-instances", "DescribeDBInstances" -> "describe-db-instances", as
 * botocore's xform_name with '-' does, its list of special cases included.  In the arena.
 */
const char *name_cli(struct arena *arena, const char *aws_name);
/* The option of a member, without the dashes: its .cli, or the derived name. */
const char *name_option(struct arena *arena, const struct field *field);
/* "InstanceType" -> "instance_type": SQL columns. */
const char *name_column(struct arena *arena, const char *aws_name);

#endif
