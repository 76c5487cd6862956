/* diag: what gen says about an archive. One Diag is one message with a place; a Diags is a list of them that
 * belongs to whoever made it (a source file, a generation of the site, a worker) and is not shared between
 * threads: lists are gathered into one at the end, sorted, and printed together, so every fault is
 * reported in one run and in the same order whatever the threads did.
 * Who knows it: everybody. What it knows: buf, utf8. */
#ifndef GEN_BASE_DIAG_H
#define GEN_BASE_DIAG_H

#include "base/buf.h"

typedef enum DiagLevel { /* also the order of gravity */
	DIAG_NOTICE,  /* said, changes nothing */
	DIAG_WARNING, /* exit 0, or 1 under --strict */
	DIAG_ERROR,   /* the editor's mistake: exit 1, the build goes on checking, nothing is published */
	DIAG_USAGE,   /* a wrong option or site.yaml: exit 2 */
	DIAG_WORLD    /* the disk, the repository, a limit: exit 3 */
} DiagLevel;

/* Where something stands in a file: what a stage keeps of a link or a field so that it can complain later. */
typedef struct Place {
	uint32_t line, column, span; /* as in Diag; line 0: nowhere */
} Place;

typedef struct Diag {
	DiagLevel level;
	const char *check; /* the name that `checks:` in site.yaml uses, a static string: "link-broken"; may be NULL */
	Str file;          /* path from the archive's root; empty: no place */
	uint32_t line;     /* from 1; 0: the whole file */
	uint32_t column;   /* from 1, in code points; 0: the whole line */
	uint32_t span;     /* code points under the caret, at least 1 */
	Str source;        /* the line's text, without its end, a long one's from skipped on; empty: not shown */
	uint32_t skipped;  /* code points of the line that stand before source */
	Str message;       /* one sentence without a full stop, saying what was done instead */
	Str hint;          /* what would mend it; may be empty */
} Diag;

typedef struct Diags {
	Arena arena;
	Diag *list;
	size_t n, cap;
	size_t count[DIAG_WORLD + 1];
} Diags; /* all zero is empty */

void diag_add(Diags *d, Diag diag); /* copies every text */
/* The line and column (code points) of a byte offset in a text, and the line itself. */
void diag_locate(Str text, size_t offset, uint32_t *line, uint32_t *column, Str *source);
/* A diag at a place in a text that the caller holds. */
Diag diag_at(DiagLevel level, const char *check, Str file, Str text, size_t offset, size_t bytes, Str message, Str hint);
/* A diag at a place kept earlier; text may be empty when it is no longer at hand (then no line is shown). */
Diag diag_in(DiagLevel level, const char *check, Str file, Str text, Place place, Str message, Str hint);
void diags_move(Diags *to, const Diags *from);     /* appends copies */
void diags_sort(Diags *d);                          /* by file, line, column, level, message; drops equal ones */
void diags_print(const Diags *d, Buf *out, bool colour, DiagLevel least);
DiagLevel diags_worst(const Diags *d);
int diags_status(const Diags *d, bool strict);      /* the exit status: 0, 1, 2 or 3; the worst wins */
void diags_clear(Diags *d);
void diags_release(Diags *d);

#endif
