/*
 * api/ec2_launch_template.h - what the operations on launch templates and on their versions share.
 */
#ifndef API_EC2_LAUNCH_TEMPLATE_H
#define API_EC2_LAUNCH_TEMPLATE_H

#include "api/ec2_parts.h"
#include "cloud/launch_template.h"

/* The template that a request names by its id or its name; NULL after a fault. */
struct launch_template *template_named(struct call *call, const char *id, const char *name);
/* What operations refuse that name one, and what those refuse that name a version of it too. */
extern const struct fault_kind *const template_faults[], *const template_version_faults[];
/* Who makes templates, as answers say it: the person at the prompt. */
const char *template_maker(struct call *call);
/* What a version is made of must be sound in itself.  0, or -1 after a fault. */
int template_data_check(struct call *call, const struct launch_wish *data);

/* The two ways of naming one. */
#define F_TEMPLATE_NAMED(T)                                                                        \
    F_STRING(T, id, "LaunchTemplateId", "The id of the launch template.",                          \
             .ref = &kind_launch_template),                                                        \
        F_STRING(T, name, "LaunchTemplateName", "Its name, instead of the id.", .min = 3,          \
                 .max = 128)

/* Lines for examples: a launch template named web, of t3.micro. */
#define NEEDS_TEMPLATE \
    EC2_EXAMPLE_IMAGE "\n" \
    "aws ec2 create-launch-template --launch-template-name web --launch-template-data " \
    "\"{\\\"ImageId\\\":\\\"$AMI\\\",\\\"InstanceType\\\":\\\"t3.micro\\\"}\""

#endif
