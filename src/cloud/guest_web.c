/*
 * cloud/guest_web.c - the web servers in guests: a request comes in, what is in the files goes out.
 *
 * Which server answers follows from the unit that listens on the port; what a web server serves
 * lies in the volume's blocks (and in what was written since), under the document root that the
 * package has in its distribution. True to how Apache, nginx and IIS answer for plain files.  Left
 * out: virtual hosts, ranges, compression; access logs stay empty, and no header that a balancer
 * adds (X-Forwarded-For, -Proto, -Port) shows in a page: a line for each request would make every
 * request write to a disk.
 */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/guest_inside.h"
#include "sim/clock.h"

#define WORK_KIB_NS (2 * MICROSECOND_NS)

enum server { SERVER_APACHE, SERVER_NGINX, SERVER_IIS, SERVER_OTHER };

struct web {
    struct guests *guests;
    const struct guest_request *request;
    struct files files;
    struct arena *arena;
    struct guest_answer *answer;
    enum server server;
    const char *root;
    const char *name; /* of the Server header */
    const char *path; /* decoded, without the query */
};

static enum server server_of(const char *unit)
{
    if (strcmp(unit, "httpd") == 0 || strcmp(unit, "apache2") == 0)
        return SERVER_APACHE;
    if (strcmp(unit, "nginx") == 0)
        return SERVER_NGINX;
    return strcmp(unit, "W3SVC") == 0 ? SERVER_IIS : SERVER_OTHER;
}

static const char *server_name(enum server server, const char *label)
{
    bool amazon = strcmp(label, "al2023") == 0;

    switch (server) {
    case SERVER_APACHE:
        return amazon                          ? "Apache/2.4.65 (Amazon Linux)"
               : str_starts(label, "ubuntu22") ? "Apache/2.4.52 (Ubuntu)"
               : str_starts(label, "ubuntu24") ? "Apache/2.4.58 (Ubuntu)"
                                               : "Apache/2.4.65 (Debian)";
    case SERVER_NGINX:
        return amazon                          ? "nginx/1.28.0"
               : str_starts(label, "ubuntu22") ? "nginx/1.18.0 (Ubuntu)"
               : str_starts(label, "ubuntu24") ? "nginx/1.24.0 (Ubuntu)"
                                               : "nginx/1.22.1";
    case SERVER_IIS:
        return "Microsoft-IIS/10.0";
    case SERVER_OTHER:
        break;
    }
    return "";
}

const char *guest_reason(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 301:
        return "Moved Permanently";
    case 304:
        return "Not Modified";
    case 400:
        return "Bad Request";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 429:
        return "Too Many Requests";
    case 503:
        return "Service Unavailable";
    default:
        return status < 300   ? "OK"
               : status < 400 ? "Redirect"
               : status < 500 ? "Client Error"
                              : "Internal Server Error";
    }
}

static const char *type_of(const char *name)
{
    static const char *const types[][2] = {
        {".html", "text/html"},
        {".htm", "text/html"},
        {".css", "text/css"},
        {".js", "text/javascript"},
        {".txt", "text/plain"},
        {".json", "application/json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".xml", "text/xml"},
        {".ico", "image/vnd.microsoft.icon"},
    };

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (str_ends(name, types[i][0]))
            return types[i][1];
    }
    return NULL;
}

static void add_header(struct web *web, const char *key, const char *value)
{
    *LIST_PUSH_IN(web->arena, &web->answer->headers) = (struct pair){.key = key, .value = value};
}

/* Date and Server, then what the answer is of. */
static void begin(struct web *web, int status)
{
    char text[CLOCK_TEXT_SIZE];

    web->answer->status = status;
    web->answer->reason = guest_reason(status);
    add_header(web, "Date",
               arena_strdup(web->arena, clock_format(web->files.now, CLOCK_HTTP, text)));
    add_header(web, "Server", web->name);
}

static void set_body(struct web *web, const char *type, struct blob body)
{
    add_header(web, "Content-Length", arena_printf(web->arena, "%zu", body.size));
    if (type != NULL)
        add_header(web, "Content-Type", type);
    if (!str_equal(web->request->method, "HEAD"))
        web->answer->body = body;
}

/* The page that each server makes up itself. */
static void refuse(struct web *web, int status)
{
    const char *reason = guest_reason(status);
    const char *text;

    begin(web, status);
    if (web->server == SERVER_APACHE)
        text = arena_printf(web->arena,
                            "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n"
                            "<title>%d %s</title>\n</head><body>\n<h1>%s</h1>\n</body></html>\n",
                            status, reason, reason);
    else if (web->server == SERVER_NGINX)
        text =
            arena_printf(web->arena,
                         "<html>\r\n<head><title>%d %s</title></head>\r\n<body>\r\n"
                         "<center><h1>%d %s</h1></center>\r\n<hr><center>%.*s</center>\r\n"
                         "</body>\r\n</html>\r\n",
                         status, reason, status, reason, (int)strcspn(web->name, " "), web->name);
    else
        text = arena_printf(web->arena,
                            "<!DOCTYPE html>\r\n<html><head><title>%d - %s</title></head>\r\n"
                            "<body><h2>%d - %s</h2></body></html>\r\n",
                            status, reason, status, reason);
    set_body(web, web->server == SERVER_APACHE ? "text/html; charset=iso-8859-1" : "text/html",
             (struct blob){.bytes = (char *)(uintptr_t)text, .size = strlen(text)});
}

/* Amazon Linux's Apache shows its test page, with status 403, while the document root is empty. */
static void test_page(struct web *web)
{
    const char *text =
        "<!doctype html>\n<html>\n<head><title>HTTP Server Test Page</title></head>\n<body>\n"
        "<h1>It works!</h1>\n<p>This page is shown while there is no site in /var/www/html. "
        "Put an index.html there.</p>\n</body>\n</html>\n";

    begin(web, 403);
    set_body(web, "text/html; charset=UTF-8",
             (struct blob){.bytes = (char *)(uintptr_t)text, .size = strlen(text)});
}

static int hex(char c)
{
    return c >= '0' && c <= '9'                 ? c - '0'
           : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                : -1;
}

/* The path without its query, %XX decoded; NULL when it is malformed. */
static const char *decode(struct arena *arena, const char *path)
{
    size_t length = strcspn(path, "?#");
    char *out = arena_alloc(arena, length + 1);
    char *to = out;

    for (size_t i = 0; i < length; i++) {
        if (path[i] != '%') {
            *to++ = path[i];
            continue;
        }
        if (i + 2 >= length || hex(path[i + 1]) < 0 || hex(path[i + 2]) < 0)
            return NULL;
        *to = (char)(hex(path[i + 1]) * 16 + hex(path[i + 2]));
        if (*to++ == '\0')
            return NULL;
        i += 2;
    }
    return *out == '/' ? out : NULL;
}

static const char *etag_of(struct web *web, const struct file_node *node)
{
    int64_t seconds = node->time / SECOND_NS;

    if (web->server == SERVER_NGINX)
        return arena_printf(web->arena, "\"%" PRIx64 "-%" PRIx64 "\"", (uint64_t)seconds,
                            node->size);
    return arena_printf(web->arena, "\"%" PRIx64 "-%" PRIx64 "\"", node->size,
                        (uint64_t)(node->time / 1000));
}

static void serve_file(struct web *web, const struct file_node *node)
{
    struct guest_answer *answer = web->answer;
    char time[CLOCK_TEXT_SIZE];
    const char *etag = etag_of(web, node);
    const char *type = type_of(node->name);
    bool same;

    clock_format(node->time, CLOCK_HTTP, time);
    same = web->request->if_none_match != NULL ? str_equal(web->request->if_none_match, etag)
                                               : str_equal(web->request->if_modified_since, time);
    begin(web, same ? 304 : 200);
    add_header(web, "Last-Modified", arena_strdup(web->arena, time));
    add_header(web, "ETag", etag);
    if (same)
        return;
    add_header(web, "Accept-Ranges", "bytes");
    if (web->server == SERVER_APACHE && type != NULL && strcmp(type, "text/html") == 0)
        type = "text/html; charset=UTF-8";
    if (web->server == SERVER_NGINX && type == NULL)
        type = "application/octet-stream";
    set_body(web, type, files_read(&web->files, node, web->arena));
    answer->work_ns += (int64_t)(node->size / 1024) * WORK_KIB_NS;
}

static void redirect(struct web *web)
{
    const char *host = web->request->host == NULL ? "localhost" : web->request->host;
    const char *where = arena_printf(web->arena, "http://%s%s/", host, web->path);

    refuse(web, 301);
    add_header(web, "Location", where);
}

/* The index of a folder; NULL when it has none. */
static const struct file_node *index_of(struct web *web, const char *folder)
{
    static const char *const names[4][4] = {
        [SERVER_APACHE] = {"index.html"},
        [SERVER_NGINX] = {"index.html", "index.htm", "index.nginx-debian.html"},
        [SERVER_IIS] = {"Default.htm", "index.htm", "index.html", "iisstart.htm"},
    };

    for (size_t i = 0; i < 4 && names[web->server][i] != NULL; i++) {
        const struct file_node *node = files_find(
            &web->files, arena_printf(web->arena, "%s/%s", folder, names[web->server][i]), NULL);

        if (node != NULL && node->kind != FILE_FOLDER)
            return node;
    }
    return NULL;
}

static void serve_path(struct web *web)
{
    const char *path =
        arena_printf(web->arena, "%s%s", web->root, files_path(web->arena, "/", web->path));
    enum files_error error;
    const struct file_node *node = files_find(&web->files, path, &error);
    const struct file_node *index;

    if (node == NULL) {
        refuse(web, error == FILES_DENIED ? 403 : 404);
        return;
    }
    if (node->kind == FILE_FOLDER) {
        if (!str_ends(web->path, "/")) {
            redirect(web);
            return;
        }
        index = index_of(web, path);
        if (index == NULL && web->server == SERVER_APACHE && strcmp(web->path, "/") == 0 &&
            strcmp(files_label(&web->files), "al2023") == 0) {
            test_page(web);
            return;
        }
        if (index == NULL) {
            refuse(web, 403);
            return;
        }
        node = index;
    }
    if (files_may(&web->files, node, 4))
        serve_file(web, node);
    else
        refuse(web, 403);
}

/* A good answer bears the cookies that the settings say. */
static void add_cookies(struct web *web, const struct guest *guest, const char *unit)
{
    struct web_cookies ask = {
        .files = &web->files,
        .since = unit_since(guest, unit),
        .nginx = web->server == SERVER_NGINX,
    };
    struct web_cookie_list cookies = {0};

    if (web->answer->status < 400 && (ask.nginx || strcmp(unit, "httpd") == 0))
        web_cookies(&ask, web->arena, &cookies);
    for (uint32_t i = 0; i < cookies.count; i++)
        add_header(web, "Set-Cookie", cookies.items[i]);
}

void guest_serve(struct guests *guests, const struct guest_request *request, struct arena *arena,
                 struct guest_answer *answer)
{
    struct guest *guest = table_find(&guests->table, request->instance);
    struct web web = {.guests = guests, .request = request, .arena = arena, .answer = answer};
    const struct catalog_package *package;
    const char *root;

    *answer = (struct guest_answer){.refused = true};
    if (guest == NULL || guest->state != GUEST_UP || !guest_look(guests, guest, 48, &web.files))
        return;
    package = unit_at_port(guests, guest, files_label(&web.files), request->port);
    if (package != NULL && strcmp(package->unit, GUEST_ENDPOINT_UNIT) == 0) {
        guest_endpoint_serve(guests, guest, request, arena, answer);
        return;
    }
    if (package == NULL || package->root[0] == '\0')
        return;
    *answer = (struct guest_answer){.work_ns = WORK_REQUEST_NS};
    web.server = server_of(package->unit);
    web.name = server_name(web.server, files_label(&web.files));
    root = package->root[1] == ':' ? package->root + 2 : package->root;
    if (strchr(root, '\\') != NULL) {
        char *slashed = arena_strdup(arena, root);

        for (char *at = slashed; *at != '\0'; at++)
            *at = *at == '\\' ? '/' : *at;
        root = slashed;
    }
    web.root = root;
    web.path = decode(arena, request->path);
    if (web.path == NULL)
        refuse(&web, 400);
    else if (!str_equal(request->method, "GET") && !str_equal(request->method, "HEAD"))
        refuse(&web, 405);
    else
        serve_path(&web);
    add_cookies(&web, guest, package->unit);
}
