/*
 * cloud/guest_image.c - what a fresh public image has on its disk.
 *
 * Uses    cloud/guest_files, base/asset (the sites).
 * True to the distributions' own layout of /etc and of services.  The sites in /opt/sites are ours.
 */
#include "cloud/guest_image.h"

#include <string.h>

#include "base/asset.h"
#include "base/bug.h"
#include "base/mem.h"
#include "base/str.h"
#include "cloud/guest_files.h"

/* A program or library of which only the size matters. */
struct image_filler {
    const char *path;
    uint64_t size_kib;
};

static const struct image_filler linux_fillers[] = {
    {"/boot/vmlinuz", 12000},        {"/boot/initramfs.img", 22000},
    {"/usr/bin/bash", 1400},         {"/usr/bin/python3", 6200},
    {"/usr/bin/systemctl", 1100},    {"/usr/lib/modules.img", 96000},
    {"/usr/lib/libc.so.6", 2300},    {"/usr/lib/locale/locale-archive", 218000},
    {"/usr/lib/python3.img", 41000}, {"/usr/lib/system.img", 1150000},
};

static const struct image_filler windows_fillers[] = {
    {"/Windows/System32/ntoskrnl.exe", 11000},
    {"/Windows/System32/drivers.img", 640000},
    {"/Windows/WinSxS.img", 9800000},
    {"/pagefile.sys", 1900000},
};

struct image_text {
    const char *path;
    const char *text;
};

static const struct image_text linux_texts[] = {
    {"/etc/hosts", "127.0.0.1   localhost localhost.localdomain\n::1         localhost\n"},
    {"/etc/fstab", "LABEL=/     /           xfs    defaults,noatime  1   1\n"},
    {"/etc/resolv.conf", "nameserver 172.31.0.2\n"},
    {"/usr/lib/systemd/system/sshd.service",
     "[Unit]\nDescription=OpenSSH server daemon\n\n[Service]\nExecStart=/usr/sbin/sshd -D\n\n"
     "[Install]\nWantedBy=multi-user.target\n"},
    {"/usr/lib/systemd/system/chronyd.service",
     "[Unit]\nDescription=NTP client/server\n\n[Service]\nExecStart=/usr/sbin/chronyd\n\n"
     "[Install]\nWantedBy=multi-user.target\n"},
};

static const char *const linux_folders[] = {
    "/boot",
    "/dev",
    "/etc/systemd/system/multi-user.target.wants",
    "/home",
    "/media",
    "/mnt",
    "/opt/sites",
    "/proc",
    "/root",
    "/run",
    "/srv",
    "/sys",
    "/tmp",
    "/usr/bin",
    "/usr/lib/locale",
    "/usr/lib/systemd/system",
    "/usr/sbin",
    "/usr/share",
    "/var/cache",
    "/var/lib/cloud/instances",
    "/var/log",
    "/var/tmp",
    NULL,
};

static const char *const windows_folders[] = {
    "/Program Files",
    "/Users/Administrator",
    "/Windows/System32",
    "/Windows/Temp",
    "/opt/sites",
    "/ProgramData/Amazon/EC2Launch/log",
    "/ProgramData/Amazon/EC2Launch/state",
    NULL,
};

struct image_release {
    const char *distribution;
    const char *text;
};

static const struct image_release image_releases[] = {
    {"al2023", "NAME=\"Amazon "
               "Linux\"\nVERSION=\"2023\"\nID=\"amzn\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"2023\"\n"
               "PRETTY_NAME=\"Amazon Linux 2023\"\n"},
    {"ubuntu22",
     "PRETTY_NAME=\"Ubuntu 22.04.5 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"22.04\"\nID=ubuntu\n"
     "VERSION_CODENAME=jammy\n"},
    {"ubuntu24",
     "PRETTY_NAME=\"Ubuntu 24.04.3 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\nID=ubuntu\n"
     "VERSION_CODENAME=noble\n"},
    {"debian12", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\n"
                 "VERSION_ID=\"12\"\nID=debian\nVERSION_CODENAME=bookworm\n"},
};

static void must(enum files_error error, const char *path)
{
    if (error != FILES_OK)
        BUG("a public image: %s: %s", path, files_error_text(error));
}

static void put_text(struct files *files, const char *path, const char *text)
{
    must(files_write(files, path,
                     (struct blob){.bytes = (char *)(uintptr_t)text, .size = strlen(text)}, false),
         path);
}

static void put_fillers(struct files *files, const struct image_filler *fillers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        must(files_fill(files, fillers[i].path, fillers[i].size_kib * 1024), fillers[i].path);
}

/* "sites/highway/index.html" becomes /opt/sites/highway/index.html. */
static void put_sites(struct files *files)
{
    struct arena arena = ARENA_INIT;

    for (const struct asset *asset = asset_next(NULL, "sites/"); asset != NULL;
         asset = asset_next(asset, "sites/")) {
        const char *path = arena_printf(&arena, "/opt/%s", asset->path);
        const char *folder = arena_strndup(&arena, path, (size_t)(strrchr(path, '/') - path));

        must(files_make_folder(files, folder, true), folder);
        must(files_write(
                 files, path,
                 (struct blob){.bytes = (char *)(uintptr_t)asset->bytes, .size = asset->size},
                 false),
             path);
    }
    arena_release(&arena);
}

static void put_linux(struct files *files, const struct catalog_image *image)
{
    struct arena arena = ARENA_INIT;
    const char *home = arena_printf(&arena, "/home/%s", image->user);

    for (size_t i = 0; linux_folders[i] != NULL; i++)
        must(files_make_folder(files, linux_folders[i], true), linux_folders[i]);
    must(files_make_link(files, "/bin", "usr/bin"), "/bin");
    must(files_make_link(files, "/sbin", "usr/sbin"), "/sbin");
    must(files_make_link(files, "/lib", "usr/lib"), "/lib");
    must(files_set_mode(files, "/root", 0700), "/root");
    must(files_set_mode(files, "/tmp", 0777), "/tmp");
    must(files_set_mode(files, "/var/tmp", 0777), "/var/tmp");
    must(files_make_folder(files, home, false), home);
    must(files_set_mode(files, home, 0700), home);
    must(files_set_owner(files, home, 1000), home);
    for (size_t i = 0; i < sizeof(linux_texts) / sizeof(linux_texts[0]); i++)
        put_text(files, linux_texts[i].path, linux_texts[i].text);
    put_text(files, "/etc/passwd",
             arena_printf(
                 &arena,
                 "root:x:0:0:root:/root:/bin/bash\n%s:x:1000:1000:EC2 Default User:%s:/bin/bash\n",
                 image->user, home));
    for (size_t i = 0; i < sizeof(image_releases) / sizeof(image_releases[0]); i++) {
        if (str_equal(image_releases[i].distribution, image->distribution))
            put_text(files, "/etc/os-release", image_releases[i].text);
    }
    must(files_make_link(files, "/etc/systemd/system/multi-user.target.wants/sshd.service",
                         "/usr/lib/systemd/system/sshd.service"),
         "sshd");
    must(files_make_link(files, "/etc/systemd/system/multi-user.target.wants/chronyd.service",
                         "/usr/lib/systemd/system/chronyd.service"),
         "chronyd");
    put_fillers(files, linux_fillers, sizeof(linux_fillers) / sizeof(linux_fillers[0]));
    arena_release(&arena);
}

static void put_windows(struct files *files)
{
    for (size_t i = 0; windows_folders[i] != NULL; i++)
        must(files_make_folder(files, windows_folders[i], true), windows_folders[i]);
    put_fillers(files, windows_fillers, sizeof(windows_fillers) / sizeof(windows_fillers[0]));
}

uint64_t guest_image_make(struct blocks *blocks, const struct catalog_image *image)
{
    uint64_t map = blocks_map_new(blocks);
    struct files_cache *cache = files_cache_new();
    struct files_pages pages = {0};
    struct files files = {
        .blocks = blocks,
        .cache = cache,
        .pages = &pages,
        .map = &map,
        .disk_pages = (uint64_t)image->size_gib * BLOCKS_PER_GIB * (BLOCK_BYTES / FILE_PAGE),
        .now = image->created,
    };

    files_format(blocks, &map, image->distribution, image->created);
    if (!files_mount(&files))
        BUG("a fresh file system cannot be mounted");
    if (str_equal(image->platform, "Windows"))
        put_windows(&files);
    else
        put_linux(&files, image);
    put_sites(&files);
    files_seal(&files);
    files_cache_free(cache);
    return map;
}

uint32_t guest_image_on_disk(struct blocks *blocks, const struct catalog *catalog, uint64_t map,
                             uint32_t size_gib, uint32_t architecture)
{
    struct files_cache *cache = files_cache_new();
    struct files_pages pages = {0};
    struct files files = {
        .blocks = blocks,
        .cache = cache,
        .pages = &pages,
        .map = &map,
        .disk_pages = (uint64_t)size_gib * BLOCKS_PER_GIB * (BLOCK_BYTES / FILE_PAGE),
    };
    const char *label = files_mount(&files) ? files_label(&files) : "";
    uint32_t found = 0;

    for (uint32_t i = catalog->image_count; i-- > 0;) {
        if (str_equal(catalog->images[i].distribution, label) &&
            catalog->images[i].architecture == architecture)
            found = i + 1;
    }
    files_cache_free(cache);
    return found;
}
