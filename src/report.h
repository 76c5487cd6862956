/* report: how a command speaks on the terminal: stages as they pass, messages, one line at the end.
 * Who knows it: build, and the commands' files. What it knows: options, diag, site. */
#ifndef GEN_REPORT_H
#define GEN_REPORT_H

#include "options.h"
#include "site.h"
#include "write/write.h"

typedef struct Report {
	bool quiet, strict, verbose, terminal;
	bool unfinished;      /* the disk failed while the new site was brought in */
	double started, last; /* seconds of the monotonic clock */
	char line[256];       /* the last line of a build that went well */
} Report;

Report report_start(const Options *o);
/* A stage has passed: on a terminal its line is shown and overwritten; with --verbose it stays, with time and memory. */
void report_stage(Report *r, const char *stage, size_t count);
void report_result(Report *r, const Site *s, const WriteResult *w);
/* All messages, then the last line. */
void report_end(Report *r, Diags *all);
void report_diags(Diags *all, DiagLevel least);
/* What a command prints, to standard output, and released: its exit status, or 3 when it could not be written. */
int report_print(Buf *b, int status);
/* A word of the command line that names nothing, with the name that was meant where one is near; 2. */
int report_unknown(const char *what, Str word, const Str *names, size_t n, const char *hint);
double report_clock(void);
bool report_colour(int file); /* a terminal, and NO_COLOR is not set */

#endif
