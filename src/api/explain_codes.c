/*
 * api/explain_codes.c - AWS's error codes in plain words: what, why, and what to try; A to M.
 *
 * Sorted by code.  tests/unit/api_explain_test.c holds it against the faults that operations give.
 */
#include "api/explain_rows.h"

const struct explanation explain_codes[] = {
    {
        .code = "AccountLimitExceeded",
        .what = "This world has as many accounts as it can have.",
        .why = "Each account brings VPCs of its own, so their number is bounded.",
        .tries = "Act as one of those that there are; `lab describe-accounts` lists them.",
    },
    {
        .code = "AddressLimitExceeded",
        .what = "You have as many Elastic IP addresses as you may have.",
        .why = "IPv4 addresses are scarce, so AWS gives each account five in a Region.",
        .tries = "Release one that nobody needs; here `lab set-quota` changes the limit.",
    },
    {
        .code = "AlreadyExists",
        .what = "You have an Auto Scaling group of that name.",
        .why = "A name stands for one group of the Region; a group that is being deleted keeps "
               "its name until its last instance is gone.",
        .tries = "`aws autoscaling describe-auto-scaling-groups` lists them; "
                 "`update-auto-scaling-group` changes one.",
    },
    {
        .code = "AttachmentLimitExceeded",
        .what = "The instance has as many volumes as its type can carry.",
        .why = "Volumes and network interfaces share a fixed number of places on an instance.",
        .tries = "Detach a volume that it no longer needs, or choose a larger instance type.",
    },
    {
        .code = "AuthFailure",
        .what = "The thing exists, but it is not yours to change.",
        .why = "Public images and shared snapshots can be used by everybody, and changed only "
               "by the account that owns them.",
        .tries = "Work on your own copy, or as the owner: `--profile` chooses the account.",
    },
    {
        .code = "CannotDelete",
        .what = "A VPC's default security group cannot be deleted.",
        .why = "Whatever is launched without naming a group falls back on it, so AWS keeps "
               "one in every VPC.",
        .tries = "Take its rules away if it should let nothing in.",
    },
    {
        .code = "CertificateNotFound",
        .what = "The listener's certificate is not one that AWS knows.",
        .why = "A secure listener shows a certificate to its clients, which Certificate "
               "Manager (or IAM) keeps; the listener only names it by its ARN.",
        .tries = "Give an ARN as arn:aws:acm:REGION:ACCOUNT:certificate/ID; here any ID "
                 "is taken as a name.",
    },
    {
        .code = "Client.InvalidHost.Occupied",
        .what = "The Dedicated Host has instances on it, so it was not released.",
        .why = "A host is paid for as long as it is yours, and what runs there would lose its "
               "machine.",
        .tries = "Stop or terminate the instances that `aws ec2 describe-hosts` shows there, "
                 "then release it.",
    },
    {
        .code = "ConcurrentSnapshotLimitExceeded",
        .what = "Too many snapshots of this volume are being made at the same time.",
        .why = "AWS copies the changed blocks of each snapshot in the background, and bounds "
               "how many do so at once.",
        .tries = "`aws ec2 wait snapshot-completed` waits for those under way.",
    },
    {
        .code = "DependencyViolation",
        .what = "Something else still uses what you wanted to delete.",
        .why = "AWS never pulls a thing away from under another; the user has to go first.",
        .tries = "Find who refers to it (an instance, a balancer, a rule of another group), "
                 "remove that, then try again.",
    },
    {
        .code = "DryRunOperation",
        .what = "Nothing is wrong: the call would have worked.",
        .why = "With --dry-run AWS checks everything and then stops; it says so as an error, "
               "since no answer was made.",
        .tries = "Say it again without --dry-run.",
    },
    {
        .code = "DuplicateListener",
        .what = "The load balancer already listens on that port.",
        .why = "A port belongs to one listener only, since it could not be known which of two "
               "should take a connection.",
        .tries = "`aws elbv2 describe-listeners` shows them: change that one, delete it, or "
                 "use another port.",
    },
    {
        .code = "DuplicateLoadBalancerName",
        .what = "You have a load balancer of that name with other settings.",
        .why = "Creating the same thing twice is answered with the one that is there; with "
               "different settings AWS cannot tell which you meant.",
        .tries = "Choose another name, or delete the old one.",
    },
    {
        .code = "DuplicateTagKeys",
        .what = "One tag key was given twice.",
        .why = "A key has one value on a resource, so AWS would not know which of the "
               "two is meant.",
        .tries = "Give each key once.",
    },
    {
        .code = "DuplicateTargetGroupName",
        .what = "You have a target group of that name with other settings.",
        .why = "Creating the same thing twice is answered with the one that is there; with "
               "different settings AWS cannot tell which you meant.",
        .tries = "Choose another name, or delete the old one.",
    },
    {
        .code = "FaultAlreadyInjected",
        .what = "This is broken already, in just this way.",
        .why = "A fault is kept once, so that clearing it mends the thing for certain.",
        .tries = "`lab describe-faults` lists what is broken, `lab clear-fault` mends it.",
    },
    {
        .code = "FilterLimitExceeded",
        .what = "The filters of the call hold too many values, or one that is too long.",
        .why = "Each item is held against every value, so EC2 takes at most 200 values in a "
               "call, of at most 255 characters each.",
        .tries = "Use a wildcard, `Values=web-*`, a tag that all of them share, or several "
               "calls.",
    },
    {
        .code = "HostLimitExceeded",
        .what = "Your account may not have so many Dedicated Hosts of this family in the Region.",
        .why = "Whole machines are scarce: AWS gives two of a family to a new account, and more "
               "on request.",
        .tries = "Release a host that is empty, or raise the quota: `lab set-quota --quota "
                 "dedicated-hosts`.",
    },
    {
        .code = "IdempotentParameterMismatch",
        .what = "The client token was used before, for a request with other parameters.",
        .why = "A token says \"this is the same request again\", so that a retry launches "
               "nothing twice; then everything has to be the same.",
        .tries = "Use a new token for a new request.",
    },
    {
        .code = "IncompatibleProtocols",
        .what = "The target group's protocol does not go with the listener's.",
        .why = "An Application Load Balancer speaks HTTP with its targets, a Network "
               "Load Balancer only passes connections on.",
        .tries = "Use HTTP or HTTPS groups behind an Application Load Balancer, TCP or "
                 "TLS groups behind a Network Load Balancer.",
    },
    {
        .code = "IncorrectInstanceState",
        .what = "The instance is in a state that does not allow this.",
        .why = "Instances move through pending, running, stopping and stopped, each of which "
               "takes its time, and most operations fit only some of them.",
        .tries = "See where it is with `aws ec2 describe-instances`, and use `aws ec2 wait` "
                 "until it is where you need it.",
    },
    {
        .code = "IncorrectModificationState",
        .what = "The last change of this volume is still under way.",
        .why = "Its data are moved while it is used; the next change begins when the first has "
               "ended.",
        .tries = "`aws ec2 describe-volumes-modifications` shows the progress.",
    },
    {
        .code = "IncorrectState",
        .what = "The resource is in a state that does not allow this.",
        .why = "Most changes at AWS begin at once and end later; until then the thing is "
               "neither the old nor the new.",
        .tries = "Its describe operation shows the state, and `aws ec2 wait` waits for the "
                 "right one.",
    },
    {
        .code = "InstanceCreditSpecification.NotSupported",
        .what = "CPU credits were asked for of an instance type that has none.",
        .why = "Only burstable types (t2, t3, t3a, t4g) earn and use credits; all others have "
               "their vCPUs to themselves.",
        .tries = "Leave the credit specification away, or choose a burstable type.",
    },
    {
        .code = "InstanceLimitExceeded",
        .what = "Your account may not run that many instances of this type.",
        .why = "Quotas keep a mistake in a script from becoming a large bill, and one "
               "customer from taking all.",
        .tries = "Terminate what you do not need, or raise the quota: `lab set-quota`.",
    },
    {
        .code = "InsufficientCapacityOnHost",
        .what = "The Dedicated Host has no room for the instance.",
        .why = "Its cores and its memory are finite, and nobody moves what runs there; a host "
               "that is broken, released or kept for another type takes nothing at all.",
        .tries = "`aws ec2 describe-hosts` shows AvailableCapacity by type; launch the large "
                 "ones first, or get another host.",
    },
    {
        .code = "InsufficientFreeAddressesInSubnet",
        .what = "The subnet has no private addresses left for so many instances.",
        .why = "Every network interface takes one address, and AWS keeps five of each subnet "
               "for itself.",
        .tries = "Launch into another subnet, or terminate instances there.",
    },
    {
        .code = "InsufficientHostCapacity",
        .what = "A host has no room for what is to run there.",
        .why = "Each host has so many vCPUs and so much memory, and memory is never shared.",
        .tries = "Ask for fewer, for smaller ones, or for another host; `lab describe-hosts` shows "
                 "what is free on each.",
    },
    {
        .code = "InsufficientInstanceCapacity",
        .what = "No host in that Availability Zone has room for this type now.",
        .why = "Behind every instance stands a real machine, and each zone has a limited "
               "number of each family; your quota says nothing of that.",
        .tries = "Ask for another zone or another type, fewer at once, or later; `lab "
                 "describe-hosts` shows who is where.",
    },
    {
        .code = "InsufficientVolumeCapacity",
        .what = "The zone has no room for the volume.",
        .why = "A volume lives in one zone; when that is lost or full, none can be made there.",
        .tries = "Make it in another zone: of a snapshot, if it is to have the same data.",
    },
    {
        .code = "InternalError",
        .what = "Something inside AWS failed.",
        .why = "A lost zone takes its volumes along: nothing is read from them until it is back.",
        .tries = "`lab describe-faults` says what is broken; earlier snapshots are still there.",
    },
    {
        .code = "InvalidAMIAttributeItemValue",
        .what = "Nobody is called that, so the image cannot be shared with them.",
        .why = "An image is shared with accounts, by their twelve digits, or with the group `all`:"
               " everybody.",
        .tries = "`lab describe-accounts` lists the accounts that there are.",
    },
    {
        .code = "InvalidAMIID.Malformed",
        .what = "What was given does not look like the id of an image.",
        .why = "AWS checks the form of an id before it looks for it: ami- and 17 hexadecimal "
               "digits.",
        .tries = "Copy the id from `aws ec2 describe-images`; an empty variable is a common cause.",
    },
    {
        .code = "InvalidAMIID.NotFound",
        .what = "There is no image of that id in this Region.",
        .why = "Images belong to one Region, so the same system has another id in each; a "
               "deregistered image is gone as well.",
        .tries = "List those that are here: `aws ec2 describe-images --owners amazon self`, "
                 "and mind --region.",
    },
    {
        .code = "InvalidAMIID.Unavailable",
        .what = "The image exists, but it is not ready for use.",
        .why = "An image is ready when the snapshots behind it are complete, and copying "
               "blocks takes time.",
        .tries = "`aws ec2 wait image-available` waits until it is.",
    },
    {
        .code = "InvalidAMIName.Duplicate",
        .what = "You have an image of that name in this Region.",
        .why = "An image's name is unique within an account and Region, unlike a Name tag.",
        .tries = "Put a date or a version into the name, or deregister the old image.",
    },
    {
        .code = "InvalidAMIName.Malformed",
        .what = "The image's name is too short, too long, or has a sign that is not allowed.",
        .why = "Names stand in URLs and in policies, so AWS takes 3 to 128 letters, digits "
               "and a few signs.",
        .tries = "Choose a plain name; put anything longer into --description.",
    },
    {
        .code = "InvalidAddress.NotFound",
        .what = "That is no Elastic IP address of yours.",
        .why = "Only addresses that you allocated can be named so, not those that AWS lends to "
               "instances.",
        .tries = "`aws ec2 describe-addresses` lists yours.",
    },
    {
        .code = "InvalidAffinity",
        .what = "There is no such affinity.",
        .why = "host binds an instance to its Dedicated Host over a stop and start; default lets "
               "it go where there is room.",
        .tries = "Say Affinity=host or Affinity=default.",
    },
    {
        .code = "InvalidAllocationID.Malformed",
        .what = "What was given does not look like an allocation's id.",
        .why = "AWS checks the form of an id before it looks for it: eipalloc- and 17 "
               "hexadecimal digits.",
        .tries = "`aws ec2 describe-addresses` shows the ids.",
    },
    {
        .code = "InvalidAllocationID.NotFound",
        .what = "There is no Elastic IP address of that allocation in this Region.",
        .why = "Addresses belong to one Region of one account, and are gone once they are "
               "released.",
        .tries = "`aws ec2 describe-addresses` lists yours.",
    },
    {
        .code = "InvalidAssociationID.NotFound",
        .what = "No Elastic IP address has that association.",
        .why = "An association ends when the address moves or the instance is terminated.",
        .tries = "`aws ec2 describe-addresses` shows the associations that there are.",
    },
    {
        .code = "InvalidAttachment.NotFound",
        .what = "That volume is not attached there.",
        .why = "An attachment joins one volume, one instance and one device name, and all "
               "that you name have to fit it.",
        .tries = "`aws ec2 describe-volumes` shows where a volume is attached; its id alone "
                 "is enough to detach it.",
    },
    {
        .code = "InvalidAvailabilityZone",
        .what = "This Region has no such Availability Zone.",
        .why = "A Dedicated Host is a machine, and a machine stands in one zone of one Region.",
        .tries = "`aws ec2 describe-availability-zones` lists the zones; the Region is the one "
                 "that you work in.",
    },
    {
        .code = "InvalidBlockDeviceMapping",
        .what = "The list of disks contradicts itself or the image.",
        .why = "A mapping says what hangs at each device when the instance first boots: each "
               "device once, the root always, and no disk smaller than the snapshot it is "
               "made of.",
        .tries = "`aws ec2 describe-images` shows the image's own mapping; repeat only what "
                 "you want to differ.",
    },
    {
        .code = "InvalidCommandId",
        .what = "No command of that id is known here.",
        .why = "What was run inside a guest is kept only as long as the guest stays up.",
        .tries = "Run it again, and keep the id that `lab run-command` answers with.",
    },
    {
        .code = "InvalidConfigurationRequest",
        .what = "The parts are fine one by one, but not together.",
        .why = "A balancer, its subnets and its target groups have to lie in one VPC, with at "
               "most one subnet of each zone, and some attributes exclude others.",
        .tries = "Describe both parts and compare their VPCs and zones.",
    },
    {
        .code = "InvalidFaultID.NotFound",
        .what = "There is no fault of that id: it was cleared, or never was.",
        .why = "A fault is forgotten when it is mended.",
        .tries = "`lab describe-faults` lists what is broken now.",
    },
    {
        .code = "InvalidFormat",
        .what = "A text that should be JSON is none.",
        .why = "The data of an alarm's state are for programs, which could not read it.",
        .tries = "Leave the option away, or give a JSON document.",
    },
    {
        .code = "InvalidGroup.Duplicate",
        .what = "The VPC has a security group of that name.",
        .why = "Within one VPC a group's name is unique, so that rules may refer to it.",
        .tries = "Use the one that is there (`aws ec2 describe-security-groups`), or choose "
                 "another name.",
    },
    {
        .code = "InvalidGroup.NotFound",
        .what = "There is no such security group where AWS looked.",
        .why = "A group belongs to one VPC of one Region; names are looked up in the default "
               "VPC only, ids in the whole Region.",
        .tries = "List them with `aws ec2 describe-security-groups`, and refer to a group by "
                 "its id.",
    },
    {
        .code = "InvalidGroupId.Malformed",
        .what = "What was given does not look like a security group's id.",
        .why = "AWS checks the form of an id before it looks for it: sg- and 17 hexadecimal "
               "digits; a name is no id.",
        .tries = "Give the GroupId from `aws ec2 describe-security-groups`; an empty variable "
                 "is a common cause.",
    },
    {
        .code = "InvalidHostConfiguration",
        .what = "That type does not run on this Dedicated Host.",
        .why = "A host is a machine of one family, and you may have kept it for one type of it.",
        .tries = "`aws ec2 describe-hosts` shows HostProperties; get a host of the right family "
                 "with allocate-hosts.",
    },
    {
        .code = "InvalidHostID.Malformed",
        .what = "This is not the form of a host's id.",
        .why = "AWS looks at the form before it looks for the host: h-, then 17 digits and "
               "letters from a to f.",
        .tries = "Copy the id from `aws ec2 describe-hosts`, or keep it in a variable.",
    },
    {
        .code = "InvalidHostID.NotFound",
        .what = "You have no Dedicated Host of that id in this Region.",
        .why = "Hosts belong to one account and stand in one Region; another account's are as if "
               "they were not there.",
        .tries = "`aws ec2 describe-hosts` lists yours; `aws ec2 allocate-hosts` gets one.",
    },
    {
        .code = "InvalidHostState",
        .what = "The Dedicated Host cannot be used now.",
        .why = "Only a host that is available takes instances: a released one is not yours any "
               "more, and one under assessment is broken.",
        .tries = "Look at State in `aws ec2 describe-hosts`, and name another host.",
    },
    {
        .code = "InvalidID",
        .what = "That id is of no resource that carries tags.",
        .why = "One operation tags all kinds of resources, and reads the kind from the id's "
               "prefix: i-, vol-, sg- and so on.",
        .tries = "Give a resource's id, not its name.",
    },
    {
        .code = "InvalidIPAddress.InUse",
        .what = "Another network interface has that private address.",
        .why = "An address leads to one interface only, or packets would not know where to go.",
        .tries = "Leave the address out, and AWS chooses a free one.",
    },
    {
        .code = "InvalidInstanceAttributeValue",
        .what = "The instance cannot have that value of that attribute.",
        .why = "There is no such type, or it is of another architecture than the system on the "
               "instance's disk; or nothing is attached where you pointed at.",
        .tries = "`aws ec2 describe-instance-types` lists types with their architecture; "
                 "`aws ec2 describe-instance-attribute --attribute blockDeviceMapping` lists "
                 "devices.",
    },
    {
        .code = "InvalidInstanceFamily",
        .what = "Hosts of that family cannot be had.",
        .why = "Not every family comes as a Dedicated Host: among the burstable ones only t3 "
               "does.",
        .tries = "Ask for another family, or launch with Tenancy=dedicated.",
    },
    {
        .code = "InvalidInstanceID",
        .what = "The instance is not in a state in which this can be done.",
        .why = "An address goes on an instance that runs or is stopped, not on one that comes "
               "or goes.",
        .tries = "`aws ec2 describe-instances` shows its state; `aws ec2 wait instance-running` "
                 "waits for it.",
    },
    {
        .code = "InvalidInstanceID.Malformed",
        .what = "What was given does not look like an instance's id.",
        .why = "AWS checks the form of an id before it looks for it: i- and 17 hexadecimal "
               "digits; a Name tag is no id.",
        .tries = "Copy the id from `aws ec2 describe-instances`; an empty variable is a "
                 "common cause.",
    },
    {
        .code = "InvalidInstanceID.NotFound",
        .what = "There is no instance of that id in this Region.",
        .why = "Instances belong to one Region and account, and a terminated one disappears "
               "after about an hour.",
        .tries = "List yours with `aws ec2 describe-instances`, and mind --region and --profile; "
                 "of one just launched `aws ec2 wait instance-exists` waits for the news.",
    },
    {
        .code = "InvalidInstanceType",
        .what = "AWS has no instance type of that name, or the console does not model it.",
        .why = "A type's name is family, generation and size, as in t3.micro, and not every "
               "combination exists.",
        .tries = "`aws ec2 describe-instance-types` lists those that are here.",
    },
    {
        .code = "InvalidKeyPair.Duplicate",
        .what = "You have a key pair of that name.",
        .why = "AWS keeps only the public half, so a second key of the same name could not be "
               "told from the first.",
        .tries = "Use another name, or delete the old pair if nobody needs its key any more.",
    },
    {
        .code = "InvalidKeyPair.NotFound",
        .what = "There is no key pair of that name in this Region.",
        .why = "Key pairs belong to one Region of one account; a key made elsewhere is not "
               "known here.",
        .tries = "`aws ec2 describe-key-pairs` lists yours, `aws ec2 create-key-pair` makes one.",
    },
    {
        .code = "InvalidKeyPairID.Malformed",
        .what = "What was given does not look like a key pair's id.",
        .why = "AWS checks the form of an id before it looks for it: key- and 17 hexadecimal "
               "digits; a key's name is no id.",
        .tries = "`aws ec2 describe-key-pairs` shows both the name and the id.",
    },
    {
        .code = "InvalidLaunchTemplateId.Malformed",
        .what = "What was given does not look like a launch template's id.",
        .why = "AWS checks the form of an id before it looks for it: lt- and 17 hexadecimal "
               "digits; a name goes with LaunchTemplateName.",
        .tries = "`aws ec2 describe-launch-templates` shows both the name and the id.",
    },
    {
        .code = "InvalidLaunchTemplateId.NotFound",
        .what = "There is no launch template of that id in this Region.",
        .why = "Launch templates belong to one Region of one account, and are gone once they "
               "are deleted.",
        .tries = "`aws ec2 describe-launch-templates` lists yours.",
    },
    {
        .code = "InvalidLaunchTemplateId.VersionNotFound",
        .what = "The launch template is there, but not that version of it.",
        .why = "Versions are numbered from 1; a deleted number is not used again.",
        .tries = "`aws ec2 describe-launch-template-versions` lists them; $Latest and $Default "
                 "always name one.",
    },
    {
        .code = "InvalidLaunchTemplateName.AlreadyExistsException",
        .what = "You have a launch template of that name.",
        .why = "A name stands for one template of the Region, so that a group knows what to "
               "launch.",
        .tries = "Add a version to it with `aws ec2 create-launch-template-version`, or choose "
                 "another name.",
    },
    {
        .code = "InvalidLaunchTemplateName.MalformedException",
        .what = "A launch template cannot have that name.",
        .why = "Names have 3 to 128 characters: letters, numbers and - ( ) . / _.",
        .tries = "Leave blanks and other signs away.",
    },
    {
        .code = "InvalidLaunchTemplateName.NotFoundException",
        .what = "There is no launch template of that name in this Region.",
        .why = "Launch templates belong to one Region of one account, and are gone once they "
               "are deleted.",
        .tries = "`aws ec2 describe-launch-templates` lists yours.",
    },
    {
        .code = "InvalidLoadBalancerAction",
        .what = "The listener was told to do something that it cannot do as it was said.",
        .why = "Each kind of action needs its own details: forward a target group, redirect a "
               "place, fixed-response a status.",
        .tries = "`aws elbv2 create-listener help` shows what each kind takes.",
    },
    {
        .code = "InvalidNetworkInterfaceID.NotFound",
        .what = "There is no network interface of that id in this Region.",
        .why = "An interface goes with its instance.",
        .tries = "`aws ec2 describe-instances` shows the interfaces of instances.",
    },
    {
        .code = "InvalidPaginationToken",
        .what = "That token continues no list.",
        .why = "A token is a bookmark in one answer of one operation; it is good for nothing "
               "else, and not for long.",
        .tries = "Begin without a token, and hand each NextToken on unchanged.",
    },
    {
        .code = "InvalidParameter",
        .what = "A parameter is not what is taken there, or two do not fit together.",
        .why = "SNS says so of every such mistake, and its message names the parameter. EC2 says "
               "so of a security group and a subnet of different VPCs.",
        .tries = "Read the message to its end. In EC2, choose a group of the subnet's own VPC.",
    },
    {
        .code = "InvalidParameterCombination",
        .what = "Two parameters were given that exclude each other.",
        .why = "Both would say the same thing in different ways, or one makes the other "
               "pointless, and AWS does not guess which you meant.",
        .tries = "Keep the one that says it best; the operation's help tells which belong "
                 "together.",
    },
    {
        .code = "InvalidParameterValue",
        .what = "A parameter has the right form, but a value that AWS does not accept.",
        .why = "The CLI checks only the form on your machine; ranges, names and what fits "
               "together are known to the service.",
        .tries = "The message names the value; the operation's help gives the words and ranges.",
    },
    {
        .code = "InvalidPermission.Duplicate",
        .what = "The security group has exactly this rule already.",
        .why = "Rules only ever allow, so a second one of the same kind would change nothing.",
        .tries = "Nothing needs to be done; `aws ec2 describe-security-group-rules` shows it.",
    },
    {
        .code = "InvalidPermission.NotFound",
        .what = "The security group has no rule just like this.",
        .why = "A rule is found by its protocol, ports and source together; a part of a wider "
               "rule cannot be cut out.",
        .tries = "Give it exactly as `aws ec2 describe-security-group-rules` shows it, or "
                 "name the rule by its id.",
    },
    {
        .code = "InvalidPlacementGroup.Duplicate",
        .what = "A placement group of that name is there already.",
        .why = "Names of placement groups are unique in an account and Region.",
        .tries = "Use the one that is there, or choose another name.",
    },
    {
        .code = "InvalidPlacementGroup.InUse",
        .what = "The placement group still has instances.",
        .why = "A group goes only when nothing is in it; stopped instances count.",
        .tries = "Terminate its instances, or move stopped ones out of it.",
    },
    {
        .code = "InvalidPlacementGroup.Unknown",
        .what = "There is no placement group of that name in this Region.",
        .why = "Placement groups belong to one account and Region.",
        .tries = "`aws ec2 describe-placement-groups` lists yours.",
    },
    {
        .code = "InvalidPlacementGroupId.Malformed",
        .what = "What was given does not look like the id of a placement group.",
        .why = "AWS checks the form of an id before it looks for it: pg- and 17 digits.",
        .tries = "Copy the id from `aws ec2 describe-placement-groups`.",
    },
    {
        .code = "InvalidProfile",
        .what = "A profile cannot have that name.",
        .why = "The name is typed after `--profile` and kept in files at AWS, so it has "
               "letters, digits, dots, dashes and underscores, and does not begin with a dash.",
        .tries = "Choose a plain word: `lab create-account --name bob`.",
    },
    {
        .code = "InvalidQuota",
        .what = "There is no quota of that name here.",
        .why = "The console has those quotas that something it models can meet.",
        .tries = "`lab describe-quotas` lists them.",
    },
    {
        .code = "InvalidRequest",
        .what = "AWS could make nothing of the request.",
        .why = "The words were well formed, but what was asked for does not apply to this "
               "resource: an attribute that it has not, or a copy of an image whose snapshots "
               "you may not read.",
        .tries = "Ask for another attribute (`describe-image-attribute help` lists them); or have "
                 "the image's owner share its snapshots too: `modify-snapshot-attribute`.",
    },
    {
        .code = "InvalidRequestID.NotFound",
        .what = "No request of that number is remembered.",
        .why = "The way of a request is kept for a while and then makes room for newer ones.",
        .tries = "`lab list-requests` shows those that there are; or send one with `curl`.",
    },
    {
        .code = "InvalidSecurityGroup",
        .what = "The load balancer cannot use that security group.",
        .why = "A balancer's groups have to exist in its own VPC and Region.",
        .tries = "`aws ec2 describe-security-groups` lists them.",
    },
    {
        .code = "InvalidSecurityGroupRuleId.Malformed",
        .what = "What was given does not look like a rule's id.",
        .why = "AWS checks the form of an id before it looks for it: sgr- and 17 hexadecimal "
               "digits; sg- is a whole group.",
        .tries = "`aws ec2 describe-security-group-rules` shows the ids of rules.",
    },
    {
        .code = "InvalidSecurityGroupRuleId.NotFound",
        .what = "There is no rule of that id.",
        .why = "A rule that is revoked and made again gets a new id.",
        .tries = "`aws ec2 describe-security-group-rules` lists those that there are.",
    },
    {
        .code = "InvalidSnapshot.InUse",
        .what = "An image is made of this snapshot.",
        .why = "Deleting it would leave an image that no instance could boot from.",
        .tries = "Deregister the image first: `aws ec2 deregister-image`.",
    },
    {
        .code = "InvalidSnapshot.NotFound",
        .what = "There is no snapshot of that id in this Region.",
        .why = "Snapshots belong to one Region, and a deleted one is gone at once.",
        .tries = "`aws ec2 describe-snapshots --owner-ids self` lists yours.",
    },
    {
        .code = "InvalidSnapshotID.Malformed",
        .what = "What was given does not look like a snapshot's id.",
        .why = "AWS checks the form of an id before it looks for it: snap- and 17 hexadecimal "
               "digits.",
        .tries = "Copy the id from `aws ec2 describe-snapshots`; an empty variable is a "
                 "common cause.",
    },
    {
        .code = "InvalidStreamID.NotFound",
        .what = "There is no stream of traffic of that id.",
        .why = "A stream is listed while it runs; of those that have ended, the last 32 are kept.",
        .tries = "`lab describe-traffic` lists them.",
    },
    {
        .code = "InvalidSubnet",
        .what = "The subnet is not one that a load balancer can be put into.",
        .why = "A balancer takes addresses in each of its subnets as it grows, and AWS wants "
               "at least eight free ones.",
        .tries = "Choose another subnet of that zone.",
    },
    {
        .code = "InvalidSubnetID.Malformed",
        .what = "What was given does not look like a subnet's id.",
        .why = "AWS checks the form of an id before it looks for it: subnet- and 17 "
               "hexadecimal digits.",
        .tries = "Copy the id from `aws ec2 describe-subnets`; an empty variable is a common "
                 "cause.",
    },
    {
        .code = "InvalidSubnetID.NotFound",
        .what = "There is no subnet of that id in this Region.",
        .why = "Subnets belong to one Availability Zone of one Region and account.",
        .tries = "`aws ec2 describe-subnets` lists those that are here.",
    },
    {
        .code = "InvalidTarget",
        .what = "That instance or address cannot be a target of this group.",
        .why = "A target has to be running, and to lie in the target group's own VPC, so that "
               "the balancer can reach it.",
        .tries = "`aws ec2 wait instance-running` waits for it; compare the VPCs of both.",
    },
    {
        .code = "InvalidTenancy",
        .what = "An instance does not change between shared hardware and its own.",
        .why = "Tenancy is part of what was launched; only dedicated and host may be exchanged, "
               "while it is stopped.",
        .tries = "Make an image of it and launch another instance with the tenancy that you "
                 "want.",
    },
    {
        .code = "InvalidUrl",
        .what = "That is not an address that a request could be sent to.",
        .why = "A request needs http:// or https://, a host, and perhaps a port and a path.",
        .tries = "Write it like http://HOST:PORT/PATH.",
    },
    {
        .code = "InvalidUserID.Malformed",
        .what = "What was given is no account.",
        .why = "An account is 12 digits, or one of the words that the operation knows, such "
               "as self and amazon.",
        .tries = "`aws sts get-caller-identity` shows your own.",
    },
    {
        .code = "InvalidVariant",
        .what = "A world to compare with could not be made.",
        .why = "Each variant is a copy of this cloud in which its commands are run first; one of "
               "them was refused there, as it would be here.",
        .tries = "Try that command at the prompt (`undo` takes it back), then put it into "
                 "Commands=['...'] in double quotes, so that $NAMES are filled in.",
    },
    {
        .code = "InvalidVolume.NotFound",
        .what = "There is no volume of that id in this Region.",
        .why = "A deleted volume is gone, and a root volume is usually deleted with its instance.",
        .tries = "`aws ec2 describe-volumes` lists those that there are.",
    },
    {
        .code = "InvalidVolume.ZoneMismatch",
        .what = "The volume and the instance are in different Availability Zones.",
        .why = "A volume is kept on machines of one zone, and only instances of that zone "
               "reach it.",
        .tries = "Make a snapshot, and from it a volume in the instance's zone.",
    },
    {
        .code = "InvalidVolumeID.Malformed",
        .what = "What was given does not look like a volume's id.",
        .why = "AWS checks the form of an id before it looks for it: vol- and 17 hexadecimal "
               "digits.",
        .tries = "Copy the id from `aws ec2 describe-volumes`; an empty variable is a common "
                 "cause.",
    },
    {
        .code = "InvalidVolumeModification.NotFound",
        .what = "This volume was never changed.",
        .why = "Only the latest change of each volume is kept, and there is none of this one.",
        .tries = "`aws ec2 describe-volumes` shows its size, type and speed.",
    },
    {
        .code = "InvalidVpcID.Malformed",
        .what = "What was given does not look like a VPC's id.",
        .why = "AWS checks the form of an id before it looks for it: vpc- and 17 hexadecimal "
               "digits.",
        .tries = "Copy the id from `aws ec2 describe-vpcs`; an empty variable is a common cause.",
    },
    {
        .code = "InvalidVpcID.NotFound",
        .what = "There is no VPC of that id in this Region.",
        .why = "A VPC is a network of your own within one Region.",
        .tries = "`aws ec2 describe-vpcs` lists those that are here, and mind --region.",
    },
    {
        .code = "InvalidWorkloadID.NotFound",
        .what = "There is no workload of that id here.",
        .why = "Those that run are kept, and the last two hundred that have ended.",
        .tries = "`lab describe-workloads` lists them; `lab run-workload` begins one.",
    },
    {
        .code = "InvalidZone.NotFound",
        .what = "This Region has no Availability Zone of that name.",
        .why = "A zone's name is its Region's with a letter, so us-east-1a is not to be found "
               "in us-west-2.",
        .tries = "`aws ec2 describe-availability-zones` lists them.",
    },
    {
        .code = "KeyPairLimitExceeded",
        .what = "You have as many key pairs as the quota allows.",
        .why = "Quotas keep what an account holds within bounds.",
        .tries = "Delete pairs that nobody uses, or raise the quota: `lab set-quota`.",
    },
    {
        .code = "LimitExceeded",
        .what = "There are as many of these as AWS allows.",
        .why = "AWS bounds the number of groups, of hooks, of target groups of a group, of alarms "
               "and of tags, so that no account can use up the service.",
        .tries = "Delete some that nobody needs.",
    },
    {
        .code = "ListenerNotFound",
        .what = "There is no such listener.",
        .why = "A listener goes with its load balancer, and its ARN is never used again.",
        .tries = "`aws elbv2 describe-listeners --load-balancer-arn` lists those of a balancer.",
    },
    {
        .code = "LoadBalancerNotFound",
        .what = "There is no such load balancer in this Region.",
        .why = "Balancers belong to one Region and account, and an ARN ends in a number that "
               "is never used again.",
        .tries = "`aws elbv2 describe-load-balancers` lists those that there are.",
    },
    {
        .code = "MissingParameter",
        .what = "The request lacks something that AWS needs.",
        .why = "Which parameters are needed often depends on the others, so the service "
               "notices it and not the CLI.",
        .tries = "The message names it; the operation's help shows the option.",
    },
    {.code = NULL},
};
