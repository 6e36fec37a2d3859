/*
 * cloud/guest_package_files.c - what stands in the files that packages bring.
 *
 * Which files a package brings is the catalogue's business (its column `files`); here is their
 * text.  A file that is not listed here is empty, as a log is; a unit file is written from the
 * package itself.
 */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/guest_inside.h"

enum { PICTURE_BYTES = 96 * 1024 };

struct package_file {
    const char *path;
    const char *distribution; /* that it begins with; NULL: any */
    const char *text;
};

/* ---- the texts ---- */

static const struct package_file package_files[] = {
    {"/etc/httpd/conf/httpd.conf", NULL,
     "ServerRoot \"/etc/httpd\"\nListen 80\nUser apache\nGroup apache\n"
     "DocumentRoot \"/var/www/html\"\nDirectoryIndex index.html\n"
     "ErrorLog \"logs/error_log\"\nCustomLog \"logs/access_log\" combined\n"},
    {"/etc/apache2/apache2.conf", NULL,
     "ErrorLog ${APACHE_LOG_DIR}/error.log\nIncludeOptional sites-enabled/*.conf\n"},
    {"/etc/apache2/sites-available/000-default.conf", NULL,
     "<VirtualHost *:80>\n\tDocumentRoot /var/www/html\n"
     "\tCustomLog ${APACHE_LOG_DIR}/access.log combined\n</VirtualHost>\n"},
    {"/etc/nginx/nginx.conf", "al2023",
     "user nginx;\nhttp {\n    server {\n        listen 80;\n"
     "        root /usr/share/nginx/html;\n    }\n}\n"},
    {"/etc/nginx/nginx.conf", NULL,
     "user www-data;\nhttp {\n    include /etc/nginx/sites-enabled/*;\n}\n"},
    {"/etc/nginx/sites-available/default", NULL,
     "server {\n    listen 80 default_server;\n    root /var/www/html;\n"
     "    index index.html index.htm index.nginx-debian.html;\n}\n"},
    {"/etc/php.ini", NULL, "[PHP]\nengine = On\n"},
    {"/etc/my.cnf.d/mariadb-server.cnf", NULL, "[mysqld]\ndatadir=/var/lib/mysql\n"},
    {"/etc/mysql/mariadb.conf.d/50-server.cnf", NULL,
     "[mariadbd]\nbind-address = 127.0.0.1\ndatadir = /var/lib/mysql\n"},
    {"/etc/named.conf", NULL,
     "options {\n\tlisten-on port 53 { 127.0.0.1; };\n\tdirectory \"/var/named\";\n"
     "\tallow-query { localhost; };\n};\n"},
    {"/etc/bind/named.conf.options", NULL,
     "options {\n\tdirectory \"/var/cache/bind\";\n\tlisten-on-v6 { any; };\n};\n"},
    {"/etc/snmp/snmpd.conf", NULL,
     "com2sec notConfigUser  default       public\n"
     "group   notConfigGroup v1            notConfigUser\n"
     "access  notConfigGroup \"\" any noauth exact systemview none none\n"},
    {"/etc/sns-endpoint.conf", NULL,
     "# sns-endpoint hears what SNS posts here on port 80, and keeps it in\n"
     "# /var/log/sns-endpoint.log.  It is this console's own program: AWS has none such.\n"
     "# Read again for each POST.\n\n"
     "# Fetch the SubscribeURL of a SubscriptionConfirmation: yes or no.\n"
     "confirm = yes\n\n"
     "# The status of each answer: 200 took it; 500 or 503: SNS tries again; 404: SNS gives up.\n"
     "answer = 200\n"},
    {"/var/www/html/index.html", NULL,
     "<!DOCTYPE html>\n<html><head><title>Apache2 Default Page: It works</title></head>\n"
     "<body><h1>It works!</h1>\n<p>This is the page of a web server that has just been "
     "installed. Replace this file (/var/www/html/index.html) with your own.</p></body></html>\n"},
    {"/usr/share/nginx/html/index.html", NULL,
     "<!DOCTYPE html>\n<html><head><title>Welcome to nginx!</title></head>\n"
     "<body><h1>Welcome to nginx!</h1>\n<p>The web server nginx is installed and working. It "
     "has no pages of yours yet.</p></body></html>\n"},
    {"/var/www/html/index.nginx-debian.html", NULL,
     "<!DOCTYPE html>\n<html><head><title>Welcome to nginx!</title></head>\n"
     "<body><h1>Welcome to nginx!</h1>\n<p>The web server nginx is installed and working. It "
     "has no pages of yours yet.</p></body></html>\n"},
    {"C:\\inetpub\\wwwroot\\iisstart.htm", NULL,
     "<!DOCTYPE html>\r\n<html><head><title>IIS Windows Server</title></head>\r\n"
     "<body><h1>Internet Information Services</h1></body></html>\r\n"},
    {"/etc/coffee-shop.conf", NULL,
     "# What a cashier and a barista are told.  The package is this console's own.\n"
     "# They read it when they start.  A line is NAME = VALUE; what is not said is as below.\n"
     "#shop = shop              which shop this is: all that say the same are one\n"
     "#coupling = direct        direct, queue, topic or bus: how an order gets to a barista\n"
     "#baristas =               direct: ADDRESS:8080 of each, whom the cashier asks in turn\n"
     "#patience = 5             direct: seconds that the cashier waits for an answer\n"
     "#queue =                  the board: URL or name, of this account and Region\n"
     "#topic =                  topic: its ARN, on which the cashier shouts\n"
     "#subscribe = no           topic: yes: the barista subscribes itself when it starts\n"
     "#bus =                    bus: its name, which the cashier tells\n"
     "#seconds-per-drink = 2    barista: CPU time of a drink, on a vCPU of 2.5 GHz\n"
     "#drinks-at-once = 1       barista\n"
     "#line = 1                 barista, asked directly: orders that may wait\n"},
    {NULL, NULL, NULL},
};

/* ---- writing them ---- */

static const char *text_of(const char *path, const char *distribution)
{
    for (const struct package_file *file = package_files; file->path != NULL; file++) {
        if (strcmp(file->path, path) == 0 &&
            (file->distribution == NULL || str_starts(distribution, file->distribution)))
            return file->text;
    }
    return "";
}

static enum files_error put_file(struct guest_command *command,
                                 const struct catalog_package *package, const char *name)
{
    const char *path = command_path(command, name);
    const char *text = text_of(name, package->distribution);
    const char *slash = strrchr(path, '/');

    files_make_folder(&command->files,
                      arena_strndup(command->arena, path, (size_t)(slash - path)), true);
    if (files_find(&command->files, path, NULL) != NULL)
        return FILES_OK; /* somebody's own, as a package manager leaves it */
    if (str_ends(path, ".png"))
        return files_fill(&command->files, path, PICTURE_BYTES);
    if (str_ends(path, ".service"))
        text = arena_printf(command->arena,
                            "[Unit]\nDescription=%s\n\n[Service]\nExecStart=%s\n\n"
                            "[Install]\nWantedBy=multi-user.target\n",
                            package->name, package->program);
    return files_write(&command->files, path,
                       (struct blob){.bytes = (char *)(uintptr_t)text, .size = strlen(text)},
                       false);
}

enum files_error package_put_files(struct guest_command *command,
                                   const struct catalog_package *package)
{
    const char *at = package->files;
    enum files_error error = FILES_OK;

    while (*at != '\0' && error == FILES_OK) {
        size_t length = strcspn(at, ",");
        const char *name = arena_strndup(command->arena, at, length);

        if (name[length - 1] == '/' || name[length - 1] == '\\')
            error = files_make_folder(&command->files, command_path(command, name), true);
        else
            error = put_file(command, package, name);
        at += length + (at[length] == ',');
    }
    /* Windows keeps services in its registry, which is not modelled: this file stands for it. */
    if (error == FILES_OK && str_starts(package->distribution, "windows"))
        error = put_file(command, package,
                         arena_printf(command->arena, "/usr/lib/systemd/system/%s.service",
                                      package->unit));
    if (error == FILES_OK && package->root[0] != '\0')
        error = files_make_folder(&command->files, command_path(command, package->root), true);
    return error;
}
