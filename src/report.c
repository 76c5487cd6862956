#include "report.h"

#include "base/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

double report_clock(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

bool report_colour(int file)
{
	const char *no = getenv("NO_COLOR");
	return isatty(file) && !(no && *no);
}

static double peak_mib(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_maxrss / 1024;
}

Report report_start(const Options *o)
{
	Report r = {.quiet = o->quiet, .strict = o->strict, .verbose = o->verbose, .terminal = isatty(2) && !o->quiet};
	r.started = r.last = report_clock();
	return r;
}

void report_stage(Report *r, const char *stage, size_t count)
{
	double now = report_clock(), took = now - r->last;
	r->last = now;
	if (r->quiet)
		return;
	if (r->verbose)
		fprintf(stderr, "%-8s %8zu  %8.3f s  %6.0f MiB\n", stage, count, took, peak_mib());
	else if (r->terminal)
		fprintf(stderr, "\r\033[K%s: %zu, %.0f a second", stage, count, took > 0 ? (double)count / took : 0.0);
}

void report_result(Report *r, const Site *s, const WriteResult *w)
{
	snprintf(r->line, sizeof r->line, "%zu brief%s: %zu page%s written, %zu unchanged, %zu removed (%s%s%s); %.2f s, %.0f MiB", s->briefs_n,
	         s->briefs_n == 1 ? "" : "s", w->written, w->written == 1 ? "" : "s", w->unchanged, w->removed, w->way, *w->why ? ": " : "", w->why, report_clock() - r->started, peak_mib());
}

void report_diags(Diags *all, DiagLevel least)
{
	Buf b = {0};
	diags_sort(all);
	diags_print(all, &b, report_colour(2), least);
	if (b.n)
		fwrite(b.p, 1, b.n, stderr);
	buf_release(&b);
}

int report_print(Buf *b, int status)
{
	bool whole = !b->n || fwrite(b->p, 1, b->n, stdout) == b->n;
	buf_release(b);
	return whole ? status : 3;
}

int report_unknown(const char *what, Str word, const Str *names, size_t n, const char *hint)
{
	Str near = nearest_name(word, names, n);
	fprintf(stderr, "gen: there is no %s %.*s", what, STR_ARG(word));
	if (near.n)
		fprintf(stderr, "; did you mean %.*s?", STR_ARG(near));
	fprintf(stderr, "\n  = %s\n", hint);
	return 2;
}

static void counts(const Report *r, const Diags *d, bool published)
{
	size_t errors = d->count[DIAG_ERROR] + d->count[DIAG_USAGE] + d->count[DIAG_WORLD], warnings = d->count[DIAG_WARNING];
	if (errors)
		fprintf(stderr, "gen: %zu error%s, %zu warning%s; %s\n", errors, errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s",
		        r->unfinished ? "the new site is partly in place, and the next gen build finishes it"
		        : published ? "what is broken was left out or shown as it was" : "nothing was published, the site is as it was");
	else if (warnings)
		fprintf(stderr, "gen: %zu warning%s\n", warnings, warnings == 1 ? "" : "s");
}

void report_end(Report *r, Diags *all)
{
	if (r->terminal && !r->verbose)
		fputs("\r\033[K", stderr);
	report_diags(all, !r->quiet ? DIAG_NOTICE : r->strict ? DIAG_WARNING : DIAG_ERROR);
	if (!r->quiet)
		counts(r, all, *r->line);
	if (!r->quiet && *r->line)
		printf("%s\n", r->line);
}
