/*
 * bench/jmespath.c - JMESPath beside Debian's jp and python3-jmespath.
 *
 * $CASES/jmespath/benchmarks.json says which expressions, and whether only reading them counts or
 * searching too.  Against Python: inside each process, reading and searching alone, in turn.
 * Against jp, which is a program: the whole process of each, in turn.  All in CPU time; a program
 * in C beside one in Python is no comparison of engines.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/jmespath.h"
#include "base/mem.h"
#include "base/str.h"

#include "meter.h"

enum {
    ROUNDS = 5,
    LOOPS_OURS = 20000,
    LOOPS_PYTHON = 500,
};

static const char python_script[] =
    "import sys, json, time\n"
    "from jmespath.parser import Parser\n"
    "given, loops = json.load(open(sys.argv[1])), int(sys.argv[3])\n"
    "expression, full = sys.argv[2], sys.argv[4] == 'full'\n"
    "begin = time.process_time_ns()\n"
    "for _ in range(loops):\n"
    "    Parser._CACHE.clear()\n"
    "    parsed = Parser().parse(expression)\n"
    "    if full:\n"
    "        parsed.search(given)\n"
    "print((time.process_time_ns() - begin) // loops)\n";

/* One expression, and the sums over all. */
struct one {
    const char *expression;
    bool full;
    json_t *given;
    const char *file; /* that holds given */
};

struct bench {
    char *python; /* NULL: not installed */
    char *jp;
    size_t count;
    struct meter ours; /* whole processes */
    struct meter theirs;
    int64_t sum_ours;
    int64_t sum_python;
};

static int knows_jmespath(const char *python)
{
    const char *const words[] = {python, "-c", "import jmespath", NULL};

    return meter_run(words) >= 0;
}

static int64_t ours_ns(const struct one *one)
{
    int64_t begin = meter_cpu_ns();

    for (int i = 0; i < LOOPS_OURS; i++) {
        struct jmespath *path = jmespath_compile(one->expression, NULL);

        if (path == NULL)
            abort();
        if (one->full)
            json_decref(jmespath_search(path, one->given, NULL));
        jmespath_free(path);
    }
    return (meter_cpu_ns() - begin) / LOOPS_OURS;
}

static int64_t python_ns(const struct bench *bench, const struct one *one)
{
    char loops[16];
    int ends[2];
    char answer[32] = "";
    pid_t child;

    snprintf(loops, sizeof(loops), "%d", LOOPS_PYTHON);
    if (pipe(ends) != 0)
        abort();
    child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl(bench->python, bench->python, "-c", python_script, one->file, one->expression, loops,
              one->full ? "full" : "parse", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    if (read(ends[0], answer, sizeof(answer) - 1) <= 0)
        answer[0] = '\0';
    close(ends[0]);
    return strtoll(answer, NULL, 10);
}

static void run_inside(struct bench *bench, const struct one *one)
{
    struct meter ours = {0};
    struct meter python = {0};
    int64_t a;
    int64_t b;

    for (int i = 0; i < ROUNDS; i++) {
        meter_add(&ours, ours_ns(one));
        if (bench->python != NULL)
            meter_add(&python, python_ns(bench, one));
    }
    a = meter_percent(&ours, 50);
    b = meter_percent(&python, 50);
    printf("  %-36.36s %-5s %9lld ns", one->expression, one->full ? "full" : "parse",
           (long long)a);
    if (b > 0)
        printf("   python %9lld ns   %6.0f times as fast", (long long)b, (double)b / (double)a);
    printf("\n");
    bench->sum_ours += a;
    bench->sum_python += b;
    bench->count++;
    meter_release(&ours);
    meter_release(&python);
}

static void run_processes(struct bench *bench, const struct one *one)
{
    const char *const ours[] = {getenv("NEPHOSCOPE"), "jp", one->expression, one->file, NULL};
    const char *const theirs[] = {bench->jp, "-f", one->file, one->expression, NULL};

    for (int i = 0; i < ROUNDS && bench->jp != NULL; i++) {
        int64_t a = meter_run(ours);
        int64_t b = meter_run(theirs);

        if (a < 0 || b < 0)
            return; /* one of them finds this no expression */
        meter_add(&bench->ours, a);
        meter_add(&bench->theirs, b);
    }
}

static void run_suite(struct bench *bench, const json_t *suite)
{
    char file[] = "/tmp/neph-bench-XXXXXX";
    json_t *given = json_object_get(suite, "given");
    size_t i;
    json_t *one;

    close(mkstemp(file));
    json_dump_file(given, file, JSON_ENCODE_ANY);
    json_array_foreach(json_object_get(suite, "cases"), i, one)
    {
        struct one what = {
            .expression = json_string_value(json_object_get(one, "expression")),
            .full = str_equal(json_string_value(json_object_get(one, "bench")), "full"),
            .given = given,
            .file = file,
        };

        run_inside(bench, &what);
        run_processes(bench, &what);
    }
    unlink(file);
}

int main(void)
{
    const char *cases = getenv("CASES");
    char *path = xasprintf("%s/jmespath/benchmarks.json", cases == NULL ? "." : cases);
    json_t *suites = json_load_file(path, 0, NULL);
    struct bench bench = {
        .python = meter_find("python3", knows_jmespath),
        .jp = meter_find("jp", NULL),
    };
    size_t i;
    json_t *suite;

    printf("JMESPath\n");
    if (suites == NULL)
        printf("  skipped, there is no %s\n", path);
    json_array_foreach(suites, i, suite)
        run_suite(&bench, suite);
    if (bench.python == NULL)
        printf("  python3-jmespath: skipped, not installed\n");
    else if (bench.sum_ours > 0)
        printf("  all %zu: %.0f times as fast as python3-jmespath, inside the process\n",
               bench.count, (double)bench.sum_python / (double)bench.sum_ours);
    if (bench.jp == NULL)
        printf("  jp: skipped, not installed\n");
    else if (bench.ours.times.count > 0)
        printf("  whole process: nephoscope jp %.2f ms, jp %.2f ms CPU: %.2f times as fast\n",
               (double)meter_percent(&bench.ours, 50) / 1e6,
               (double)meter_percent(&bench.theirs, 50) / 1e6,
               (double)meter_percent(&bench.theirs, 50) / (double)meter_percent(&bench.ours, 50));
    json_decref(suites);
    meter_release(&bench.ours);
    meter_release(&bench.theirs);
    free(bench.python);
    free(bench.jp);
    free(path);
    return 0;
}
