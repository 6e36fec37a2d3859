/*
 * cloud/catalog.h - what AWS offers: Regions, instance types and their hosts, public images,
 * packages, prices.
 *
 * Read once from assets/catalog (one row a line, source and date in each file's head) and never
 * changed. Positions are saved in session files: the files are append-only.
 */
#ifndef CLOUD_CATALOG_H
#define CLOUD_CATALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"

enum { ZONES_PER_REGION = 3, CATALOG_REGIONS_MAX = 8 };

struct catalog_zone {
    const char *name;  /* "us-east-1a" */
    const char *id;    /* "use1-az1" */
    const char *group; /* network border group: "us-east-1" */
};

struct catalog_region {
    const char *name;  /* "us-east-1" */
    const char *place; /* "US East (N. Virginia)" */
    const char *opt_in; /* "opt-in-not-required" */
    const char *geography;
    const char *usage_prefix; /* of its usage types in bills: "USW2-", "" in us-east-1 */
    struct catalog_zone zones[ZONES_PER_REGION];
};

enum architecture { ARCH_X86_64 = 1, ARCH_ARM64 = 2, ARCH_I386 = 4 };

struct catalog_type {
    const char *name;   /* "t3.micro" */
    const char *family; /* "t3" */
    uint32_t vcpus;
    uint32_t cores;
    uint32_t threads; /* of each core */
    uint32_t memory_mib;
    uint32_t architectures; /* bits of enum architecture */
    const char *maker;      /* of the processor: "Intel" */
    uint32_t clock_mhz;
    const char *network; /* "Up to 5 Gigabit" */
    uint32_t network_mbps; /* baseline */
    uint32_t network_peak_mbps;
    uint32_t interfaces;
    uint32_t interface_addresses; /* IPv4, of each */
    uint32_t disks;               /* local NVMe disks */
    uint32_t disk_gb;             /* of each */
    const char *disk_type;        /* "ssd", "hdd" or "" */
    const char *accelerator;      /* "NVIDIA A10G", or "" */
    uint32_t accelerators;
    uint32_t accelerator_memory_mib; /* of each */
    uint32_t credits_milli_hour; /* CPU credits earned an hour * 1000; 0: not burstable */
    uint32_t baseline_milli_percent; /* of each vCPU */
    bool burstable;
    bool bare_metal;
    bool current;           /* current generation */
    bool free_tier;
    const char *hypervisor; /* "nitro", "xen", "" for metal */
    bool ebs_optimized; /* the next four say how fast; else all are 0 */
    uint32_t ebs_mbps; /* baseline */
    uint32_t ebs_peak_mbps;
    uint32_t ebs_iops;
    uint32_t ebs_peak_iops;
    const char *boot_modes; /* "legacy-bios,uefi" */
    int64_t price_nano_usd_hour; /* on demand, Linux, us-east-1 */
    /* how fast its parts are at best: performance.txt says from where */
    uint32_t memory_mbs;      /* memory bandwidth of one vCPU, MB/s */
    uint32_t flop_per_cycle;  /* FP32 operations of one vCPU in a clock cycle */
    uint32_t disk_read_iops;  /* 4 KiB, of all local disks together; 0: none, or not SSD */
    uint32_t disk_write_iops;
    uint32_t accelerator_gflops; /* FP32, of each accelerator */
};

/* What the hosts of a family are made of. */
struct catalog_host {
    const char *family;
    uint32_t sockets;
    uint32_t cores;   /* of all sockets */
    uint32_t threads; /* of all cores */
    uint32_t memory_mib;
    uint32_t disks;
    uint32_t disk_gb; /* of each */
    const char *disk_type; /* "ssd", or "" */
    uint32_t nics;
    uint32_t nic_mbps; /* of each */
    bool dedicated;    /* can be had as a Dedicated Host */
};

struct catalog_image {
    const char *name;
    const char *description;
    uint64_t owner;
    const char *owner_alias; /* "amazon", or "" */
    const char *platform;    /* "Linux/UNIX", "Windows" */
    uint32_t architecture;
    const char *distribution; /* "al2023", "ubuntu22", "ubuntu24", "debian12"...: row of packages */
    const char *user;         /* who logs in by ssh: "ec2-user" */
    const char *root_device;  /* "/dev/xvda" */
    uint32_t size_gib;
    const char *volume_type; /* "gp3" */
    const char *boot_mode;   /* "uefi-preferred" */
    const char *imds;        /* ImdsSupport: "v2.0", or "" */
    int64_t created;    /* ns since the epoch */
    int64_t deprecated; /* from then on it is shown only when asked for; 0: never */
};

/* A package that a guest can install. */
struct catalog_package {
    const char *distribution;
    const char *name;    /* "httpd" */
    const char *unit;    /* service it brings, "httpd", or "" */
    const char *root;    /* document root it serves, "/var/www/html", or "" */
    const char *program; /* its main file: "/usr/sbin/httpd" */
    /* what else it writes, commas between, folders end in / or \; "" when none */
    const char *files;
    uint16_t port;       /* where the service listens, 0: it does not */
    uint16_t udp_port;   /* where it takes datagrams, 0: nowhere */
    bool starts;         /* Debian and Ubuntu start a service on installing it */
    uint32_t size_kib;   /* what it writes */
};

/* What something costs, by Region. */
struct catalog_price {
    const char *name; /* "EBS:VolumeUsage.gp3" */
    const char *unit; /* "GB-Mo" */
    int64_t nano_usd[CATALOG_REGIONS_MAX]; /* of a unit */
};

struct catalog {
    struct catalog_region *regions;
    uint32_t region_count;
    struct catalog_type *types;
    uint32_t type_count;
    struct catalog_host *hosts;
    uint32_t host_count;
    struct catalog_image *images;
    uint32_t image_count;
    struct catalog_package *packages;
    uint32_t package_count;
    struct catalog_price *prices;
    uint32_t price_count;
    struct arena memory; /* owns every string above */
};

/* Reads the compiled-in files; BUG when one of them is malformed.  The caller frees it. */
struct catalog *catalog_new(void);
/* Reads such files from texts instead: for tests. */
struct catalog_texts {
    const char *regions, *types, *performance, *hosts, *images, *packages, *prices;
};
struct catalog *catalog_read(const struct catalog_texts *texts);
void catalog_free(struct catalog *catalog);

/* Positions by name; -1 when there is none. */
int catalog_region_find(const struct catalog *catalog, const char *name);
int catalog_type_find(const struct catalog *catalog, const char *name);
int catalog_image_find(const struct catalog *catalog, const char *name);
/* NULL when there are no hosts of that family. */
const struct catalog_host *catalog_host_find(const struct catalog *catalog, const char *family);
/* NULL when the distribution has no such package. */
const struct catalog_package *catalog_package_find(const struct catalog *catalog,
                                                   const char *distribution, const char *name);

/* NULL when there is none of that name. */
const struct catalog_price *catalog_price_find(const struct catalog *catalog, const char *name);
/* An hour of an instance on demand, in nano-dollars. */
int64_t catalog_instance_price(const struct catalog *catalog, uint16_t type, uint8_t region,
                               bool is_windows);

/* The same of a Dedicated Instance; and an hour of a Dedicated Host of a family, 0: there is none.
 */
int64_t catalog_dedicated_price(const struct catalog *catalog, uint16_t type, uint8_t region,
                                bool is_windows);
int64_t catalog_host_price(const struct catalog *catalog, const char *family, uint8_t region);

/* A zone is a number: region position * ZONES_PER_REGION + 0, 1, 2.  BUG when out of range. */
const struct catalog_zone *catalog_zone(const struct catalog *catalog, uint8_t zone);
const char *catalog_zone_name(const struct catalog *catalog, uint8_t zone); /* "us-east-1a" */
/* By name ("us-east-1a") or id ("use1-az1"); -1 when there is none. */
int catalog_zone_find(const struct catalog *catalog, const char *name);

#endif
