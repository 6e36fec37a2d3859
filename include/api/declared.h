/*
 * api/declared.h - AWS's own shapes of the operations in assets/catalog/shapes, modelled here or
 * not.
 *
 * A line is read and checked by what AWS takes, all of it; what of it we model is the operation's
 * own shape.  Here the two are joined: a member that the operation's shape has keeps everything
 * that is said there; one that it lacks gets AWS's type and FIELD_UNMODELLED.
 * No struct lies behind those, so what is made here reads and checks JSON only.
 *
 * All that is given lives in the arena that was handed in.
 */
#ifndef API_DECLARED_H
#define API_DECLARED_H

#include "api/service.h"

/*
 * The operation of that name ("ModifyVolume") as the catalogue declares it, without behaviour
 * (run is NULL); NULL when it declares none.
 */
const struct op *declared_op(struct arena *arena, const struct service *service, const char *name);
/* The same by its words on the command line: "modify-volume". */
const struct op *declared_op_by_word(struct arena *arena, const struct service *service,
                                     const char *word);
/*
 * What the operation takes, or gives, at AWS.  Of an operation that the catalogue does not declare
 * (all of lab's): its own shape.
 */
const struct shape *declared_input(struct arena *arena, const struct service *service,
                                   const struct op *op);
const struct shape *declared_output(struct arena *arena, const struct service *service,
                                    const struct op *op);

/* Visits the names of all operations that the catalogue declares of a service, sorted. */
typedef void declared_visit(void *context, const char *name);
void declared_each(const struct service *service, declared_visit *visit, void *context);

#endif
