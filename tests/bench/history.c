/* history FOLDER [now=SECONDS] [threads=N] [rev=REV] [index=FOLDER] [settings=FILE] [ledger=FILE] [quiet] [allow]: runs history alone on a
 * repository, with the default settings or a site.yaml; dump to stdout, messages to stderr, figures last.
 * history FOLDER walk [settings=FILE]: only the walk over commits and trees, on one thread, and its figures. */
#include "base/disk.h"
#include "history/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

typedef struct Clocks {
	double wall, cpu;
} Clocks;

static double seconds(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static Clocks clocks(void) { return (Clocks){seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID)}; }

static void print_figures(Clocks from, Clocks to)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	fprintf(stderr, " wall %.3f cpu %.3f MiB %ld\n", to.wall - from.wall, to.cpu - from.cpu, u.ru_maxrss >> 10);
}

static const char *option(char **v, const char *name)
{
	for (; *v; v++)
		if (!strncmp(*v, name, strlen(name)))
			return *v + strlen(name);
	return NULL;
}

static Str read_file(const char *path, Arena *a)
{
	int folder;
	Str text = {0};
	if (path && !disk_open_folder(".", &folder)) {
		Buf b = {0};
		FILE *f = fopen(path, "r");
		for (int c; f && (c = getc(f)) != EOF;)
			buf_putc(&b, (char)c);
		if (f)
			fclose(f);
		text = str_dup(a, buf_str(&b));
		buf_release(&b);
		close(folder);
	}
	return text;
}

static int walk(const HistoryInput *in, Diags *d)
{
	Clocks start = clocks();
	Arena a = {0};
	Line line = {.arena = &a};
	line_read(&line, in, d);
	fprintf(stderr, "commits %zu changes %zu paths %zu", line.commits_n, line.events_n, line.paths_n);
	print_figures(start, clocks());
	line_release(&line);
	arena_release(&a);
	return diags_status(d, false);
}

int main(int c, char **v)
{
	Arena a = {0};
	Diags d = {0};
	Settings s;
	Repo *repo;
	if (c < 2)
		return 2;
	settings_parse(S("site.yaml"), read_file(option(v + 2, "settings="), &a), &a, &d, &s);
	s.history.allow_incomplete |= option(v + 2, "allow") != NULL;
	Clocks start = clocks();
	RepoWhy why = repo_open(v[1], &a, &repo);
	HistoryInput in = {.repo = repo, .settings = &s, .now = option(v + 2, "now=") ? atoll(option(v + 2, "now=")) : 1767225600};
	if (!why.fault)
		why = repo_resolve(repo, str_of(option(v + 2, "rev=")), &a, &in.commit);
	if (why.fault) {
		fprintf(stderr, "%.*s\n%.*s\n", STR_ARG(why.message), STR_ARG(why.hint));
		return 3;
	}
	if (option(v + 2, "walk"))
		return walk(&in, &d);
	in.pool = option(v + 2, "threads=") ? pool_new(atoi(option(v + 2, "threads="))) : NULL;
	in.index = option(v + 2, "index=");
	in.ledger = read_file(option(v + 2, "ledger="), &a);
	in.ledger_file = S("content/_versions.tsv");
	History *h = history_run(&in, &d);
	Clocks end = clocks();
	Buf b = {0};
	if (option(v + 2, "seal"))
		ledger_write(h, &b);
	else if (!option(v + 2, "quiet"))
		history_dump(h, &b);
	fwrite(b.p, 1, b.n, stdout);
	buf_clear(&b);
	diags_sort(&d);
	diags_print(&d, &b, false, DIAG_NOTICE);
	fwrite(b.p, 1, b.n, stderr);
	size_t versions = 0;
	for (size_t i = 0; i < h->briefs_n; i++)
		versions += h->briefs[i].versions_n;
	if (option(v + 2, "time")) {
		fprintf(stderr, "commits %zu read %zu briefs %zu versions %zu waiting %zu", h->commits, h->commits_read, h->briefs_n, versions, h->waiting);
		print_figures(start, end);
	}
	int status = diags_status(&d, false);
	buf_release(&b);
	history_free(h);
	pool_free(in.pool);
	repo_free(repo);
	diags_release(&d);
	arena_release(&a);
	return status;
}
