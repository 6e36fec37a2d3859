/*
 * cloud/catalog.h - what AWS offers: Regions, instance types, public images, packages.
 *
 * Read once from assets/catalog (one row a line, source and date in each file's head) and never changed.
 * Positions are saved in session files: the files are append-only.
 */
#ifndef CLOUD_CATALOG_H
#define CLOUD_CATALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"

enum { ZONES_PER_REGION = 3, CATALOG_REGIONS_MAX = 8 };

struct catalog_region {
    const char *name;    /* "us-east-1" */
    const char *place;   /* "US East (N. Virginia)" */
    const char *zone_id; /* "use1": zone ids are use1-az1 ... */
};

enum architecture { ARCH_X86_64 = 1, ARCH_ARM64 = 2, ARCH_I386 = 4 };

struct catalog_type {
    const char *name;   /* "t3.micro" */
    const char *family; /* "t3" */
    uint32_t vcpus;
    uint32_t cores;
    uint32_t memory_mib;
    uint32_t architectures; /* bits of enum architecture */
    uint32_t clock_mhz;
    const char *network;   /* "Up to 5 Gigabit" */
    uint32_t disks;        /* local NVMe disks */
    uint32_t disk_gb;      /* of each */
    const char *disk_type; /* "ssd", "hdd" or "" */
    const char *accelerator; /* "NVIDIA A10G", or "" */
    uint32_t accelerators;
    uint32_t accelerator_memory_mib; /* of each */
    bool burstable;
    bool bare_metal;
    bool current;           /* current generation */
    const char *hypervisor; /* "nitro", "xen", "" for metal */
    int64_t price_nano_usd_hour; /* on demand, Linux, us-east-1 */
};

struct catalog_image {
    const char *name;
    const char *description;
    uint64_t owner;
    const char *owner_alias; /* "amazon", or "" */
    const char *platform;    /* "Linux/UNIX", "Windows" */
    uint32_t architecture;
    const char *distribution; /* "al2023", "ubuntu22", "ubuntu24", "debian12", "windows2022": row of packages */
    const char *user;         /* who logs in by ssh: "ec2-user" */
    const char *root_device;  /* "/dev/xvda" */
    uint32_t size_gib;
    int64_t created; /* ns since the epoch */
};

/* A package that a guest can install. */
struct catalog_package {
    const char *distribution;
    const char *name;    /* "httpd" */
    const char *unit;    /* service it brings, "httpd", or "" */
    const char *root;    /* document root it serves, "/var/www/html", or "" */
    const char *program; /* its main file: "/usr/sbin/httpd" */
    uint16_t port;       /* where the service listens, 0: it does not */
    bool starts;         /* Debian and Ubuntu start a service on installing it */
    uint32_t size_kib;   /* what it writes */
};

struct catalog {
    struct catalog_region *regions;
    uint32_t region_count;
    struct catalog_type *types;
    uint32_t type_count;
    struct catalog_image *images;
    uint32_t image_count;
    struct catalog_package *packages;
    uint32_t package_count;
    struct arena memory; /* owns every string above */
};

/* Reads the compiled-in files; BUG when one of them is malformed.  The caller frees it. */
struct catalog *catalog_new(void);
void catalog_free(struct catalog *catalog);

/* Positions by name; -1 when there is none. */
int catalog_region_find(const struct catalog *catalog, const char *name);
int catalog_type_find(const struct catalog *catalog, const char *name);
/* NULL when the distribution has no such package. */
const struct catalog_package *catalog_package_find(const struct catalog *catalog, const char *distribution,
                                                   const char *name);

/* A zone is a number: region position * ZONES_PER_REGION + 0, 1, 2.  Its name: "us-east-1a". */
const char *catalog_zone_name(const struct catalog *catalog, uint8_t zone, char buffer[32]);
/* -1 when there is none of that name. */
int catalog_zone_find(const struct catalog *catalog, const char *name);

#endif
