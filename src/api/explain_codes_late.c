/*
 * api/explain_codes_late.c - AWS's error codes in plain words, N to Z; but those of AWS WAF.
 *
 * Sorted by code.
 */
#include "api/explain_rows.h"

const struct explanation explain_codes_late[] = {
    {
        .code = "NoComparison",
        .what = "There is no comparison to look at.",
        .why = "The last one is kept while the program runs; no session file holds it.",
        .tries = "`lab compare help` shows how to make one; the same one again gives the same.",
    },
    {
        .code = "NoSuchMessage",
        .what = "No queue of yours in this Region holds that message.",
        .why = "It was deleted, grew too old, or its queue is in another Region or account.",
        .tries = "`lab describe-queues` lists the messages that there are; `lab explain-message` "
                 "tells what became of one.",
    },
    {
        .code = "NoSuchShop",
        .what = "You have no coffee shop of that name in this Region.",
        .why = "Nothing made it, no program says that it belongs to it, or it is in another "
               "Region.",
        .tries = "`lab describe-shops` lists those that there are; `lab create-shop` makes one.",
    },
    {
        .code = "NotModelled",
        .what = "AWS has this, and this console does not: the code is ours.",
        .why = "An answer that left it out would look right and be wrong, so it is refused "
               "by name.",
        .tries = "`help` after the operation lists what is here.",
    },
    {
        .code = "OperationNotPermitted",
        .what = "AWS refuses to do this to that resource as it is.",
        .why = "It is protected on purpose (against stopping, termination or deletion), or "
               "needed, like the root volume of a running instance.",
        .tries = "Lift the protection first, if you are sure, or stop the instance.",
    },
    {
        .code = "PlacementGroupLimitExceeded",
        .what = "There are as many placement groups as a Region may have.",
        .why = "Quotas keep a mistake in a script from taking all.",
        .tries = "Delete those that are not used.",
    },
    {
        .code = "PriorityInUse",
        .what = "Another rule of this listener has that priority already.",
        .why = "Rules are asked one after the other, the lowest number first, so no two "
               "may have the same.",
        .tries = "`aws elbv2 describe-rules` shows the numbers; `aws elbv2 "
                 "set-rule-priorities` moves several at once.",
    },
    {
        .code = "ProfileAlreadyExists",
        .what = "There is an account under that profile already.",
        .why = "A profile names one account, or nobody could tell in which a command acts.",
        .tries = "Choose another name; `aws configure list-profiles` lists those that are taken.",
    },
    {
        .code = "Resource.AlreadyAssociated",
        .what = "The address, or the interface, has another partner already.",
        .why = "AWS does not move an address by accident: another instance would lose it.",
        .tries = "Disassociate it first, or say --allow-reassociation.",
    },
    {
        .code = "ResourceInUse",
        .what = "A listener or a rule still sends requests to this target group.",
        .why = "Deleting it would leave the listener with nowhere to send them.",
        .tries = "Change the listener's default action or delete the listener, then try again.",
    },
    {
        .code = "ResourceLimitExceeded",
        .what = "As many copies as may be are on their way into that Region already.",
        .why = "AWS bounds how many run at once into each Region: 20 of snapshots, 100 of images.",
        .tries = "`aws ec2 wait snapshot-completed` or `image-available` waits for those under "
                 "way.",
    },
    {
        .code = "ResourceNotFound",
        .what = "There is no alarm of that name, or no topic of that ARN, in this Region.",
        .why = "Both belong to one account and Region; their names are case-sensitive.",
        .tries = "`aws cloudwatch describe-alarms` or `aws sns list-topics` lists those that "
                 "there are.",
    },
    {
        .code = "RuleNotFound",
        .what = "There is no such rule.",
        .why = "A rule goes with its listener, and its ARN is never used again.",
        .tries = "`aws elbv2 describe-rules --listener-arn` lists those of a listener.",
    },
    {
        .code = "RulesPerSecurityGroupLimitExceeded",
        .what = "The security group is full of rules.",
        .why = "Every packet is held against these rules, so AWS bounds how many there are.",
        .tries = "Join ranges, refer to another group as the source, or raise the quota: `lab "
                 "set-quota`.",
    },
    {
        .code = "SSLPolicyNotFound",
        .what = "There is no TLS policy of that name.",
        .why = "A policy says which versions and ciphers of TLS a secure listener "
               "speaks; AWS gives the list.",
        .tries = "Leave --ssl-policy away, or name ELBSecurityPolicy-TLS13-1-2-2021-06.",
    },
    {
        .code = "ScalingActivityInProgress",
        .what = "The group is busy, and this request asked not to disturb it.",
        .why = "While instances come or go, and in the cooldown after that, the group does not "
               "yet show what the last change brought.",
        .tries = "`aws autoscaling describe-scaling-activities` shows what is under way; wait "
                 "for it, or leave --honor-cooldown away.",
    },
    {
        .code = "SecurityGroupLimitExceeded",
        .what = "There are as many security groups as the quota allows.",
        .why = "Quotas keep what an account holds within bounds.",
        .tries = "Delete groups that nothing uses, or raise the quota: `lab set-quota`.",
    },
    {
        .code = "SecurityGroupsPerInterfaceLimitExceeded",
        .what = "Too many security groups were named for one network interface.",
        .why = "The rules of all its groups are joined for every packet, so AWS bounds how "
               "many there are.",
        .tries = "Name fewer groups, or put their rules into one.",
    },
    {
        .code = "ShopAlreadyExists",
        .what = "There is a coffee shop of that name in this Region already.",
        .why = "create-shop made it, and delete-shop has not ended it.",
        .tries = "Choose another --name, or end the one that is there with `lab delete-shop`.",
    },
    {
        .code = "ShopStepFailed",
        .what = "One of the commands that make a coffee shop was refused: the message has its "
                "words.",
        .why = "create-shop runs the same commands as a person, and they meet the same limits, "
               "names and rules.",
        .tries = "Mend what the message says and run create-shop again: what it had made is gone.",
    },
    {
        .code = "SubnetNotFound",
        .what = "There is no subnet of that id in this Region.",
        .why = "A load balancer lives in subnets of one VPC, and each has to be there before it.",
        .tries = "`aws ec2 describe-subnets` lists them.",
    },
    {
        .code = "TagLimitExceeded",
        .what = "The resource would have more than 50 tags.",
        .why = "Tags are for finding and billing; AWS bounds how many each resource carries.",
        .tries = "Delete tags that nobody reads: `aws ec2 delete-tags`.",
    },
    {
        .code = "TargetGroupAssociationLimit",
        .what = "The target group already belongs to another load balancer.",
        .why = "AWS lets a target group take requests from one balancer only.",
        .tries = "Make a second target group with the same targets.",
    },
    {
        .code = "TargetGroupNotFound",
        .what = "There is no such target group in this Region.",
        .why = "Target groups belong to one Region and account, and an ARN ends in a number "
               "that is never used again.",
        .tries = "`aws elbv2 describe-target-groups` lists those that there are.",
    },
    {
        .code = "TooManyActions",
        .what = "A listener was given more than one default action.",
        .why = "For each request exactly one thing is done last; weights between target "
               "groups belong inside one forward action.",
        .tries = "Give one action.",
    },
    {
        .code = "TooManyCertificates",
        .what = "A listener takes one certificate when it is made.",
        .why = "The first is its default; others are chosen by the name that a client "
               "asks for, and are added afterwards.",
        .tries = "Give one certificate.",
    },
    {
        .code = "TooManyListeners",
        .what = "The load balancer has as many listeners as the quota allows.",
        .why = "Quotas keep what an account holds within bounds.",
        .tries = "Delete one, or raise the quota: `lab set-quota`.",
    },
    {
        .code = "TooManyLoadBalancers",
        .what = "You have as many load balancers as the quota allows.",
        .why = "Each balancer is several machines at work, and costs by the hour.",
        .tries = "Delete those that nobody needs, or raise the quota: `lab set-quota`.",
    },
    {
        .code = "TooManyRules",
        .what = "The load balancer has as many rules as the quota allows.",
        .why = "Each request is held against the rules in their order, so AWS bounds "
               "their number.",
        .tries = "Join rules by giving one of them several values, or raise the quota "
                 "with `lab set-quota`.",
    },
    {
        .code = "TooManyTags",
        .what = "The resource would have more than 50 tags.",
        .why = "AWS allows 50 tags a resource.",
        .tries = "Remove tags that nobody reads.",
    },
    {
        .code = "TooManyTargetGroups",
        .what = "You have as many target groups as the quota allows.",
        .why = "Quotas keep what an account holds within bounds.",
        .tries = "Delete those that no listener uses, or raise the quota: `lab set-quota`.",
    },
    {
        .code = "TooManyTargets",
        .what = "The target group has as many targets as the quota allows.",
        .why = "A balancer checks the health of each target all the time, so AWS bounds how "
               "many there are.",
        .tries = "Deregister some, or use a second target group.",
    },
    {
        .code = "TooManyUniqueTargetGroupsPerLoadBalancer",
        .what = "The load balancer would send requests to more target groups than the "
                "quota allows.",
        .why = "It checks the health of all their targets, so AWS bounds the number of "
               "groups.",
        .tries = "Let rules share groups, or raise the quota with `lab set-quota`.",
    },
    {
        .code = "Unavailable",
        .what = "The service there does not answer.",
        .why = "A lost Region takes all that lies in it along, its snapshots too.",
        .tries = "Work in another Region, with the copies that were made there before.",
    },
    {
        .code = "Unsupported",
        .what = "What was asked for is not to be had in this form.",
        .why = "Not every type goes with every setting at AWS; and where AWS has it but this "
               "console does not model it, it is refused and not ignored.",
        .tries = "The operation's help says what it takes.",
    },
    {
        .code = "UnsupportedOperation",
        .what = "This resource does not take that operation.",
        .why = "Some operations exist only for some instance types.",
        .tries = "Leave the option out that asks for it, or choose another type.",
    },
    {
        .code = "VPCIdNotSpecified",
        .what = "No network was named, and there is no default one to fall back on.",
        .why = "Every Region has a default VPC until somebody deletes it; without it AWS does "
               "not guess.",
        .tries = "Name a subnet with --subnet-id, or a VPC with --vpc-id.",
    },
    {
        .code = "ValidationError",
        .what = "A value does not fit what the operation says of it.",
        .why = "Words, lengths and ranges are looked at before anything else.",
        .tries = "The message names the value; the operation's help says what it may be.",
    },
    {
        .code = "ValidationException",
        .what = "A name has characters that names of AWS WAF may not have.",
        .why = "Names are parts of ARNs: letters, digits, hyphens and underscores.",
        .tries = "Write my-door instead of \"my door\".",
    },
    {
        .code = "VcpuLimitExceeded",
        .what = "Your account may not use so many vCPUs of this family at once.",
        .why = "AWS counts the vCPUs of all that runs, not the instances, and bounds them for "
               "each group of families.",
        .tries = "Stop or terminate instances, take a smaller type, or raise the quota: `lab "
                 "set-quota`.",
    },
    {
        .code = "VolumeInUse",
        .what = "The volume is attached to an instance.",
        .why = "A volume hangs on one instance at a time, and is not deleted while someone "
               "may write to it.",
        .tries = "`aws ec2 detach-volume`, then `aws ec2 wait volume-available`.",
    },
    {
        .code = "VolumeModificationRateExceeded",
        .what = "The volume was changed less than six hours ago.",
        .why = "Each change may move all its data, so AWS makes you wait between two.",
        .tries = "Wait (`lab advance --seconds 21600`), or make the volume you want of a snapshot.",
    },
    {
        .code = "WorkloadInProgress",
        .what = "A workload already runs in that instance.",
        .why = "Two at once would slow each other down, and neither would show what the "
               "instance can do.",
        .tries = "Wait for it (`lab describe-workloads`), or stop it (`lab stop-workload`).",
    },
    {.code = NULL},
};
