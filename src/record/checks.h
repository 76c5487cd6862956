/* checks: every check that `checks:` in site.yaml can move, one row each. Who knows it: every stage that finds
 * faults in an archive. What it knows: diag.
 *
 * To add one: add a row to checks.def (name, level, help) in the order of the names. Its constant is the name
 * in capitals: CHECK_LINK_BROKEN. Every fault of an archive goes through check_add. */
#ifndef GEN_RECORD_CHECKS_H
#define GEN_RECORD_CHECKS_H

#include "base/diag.h"

typedef enum Check {
#define CHECK(id, name, level, help) CHECK_##id,
#include "record/checks.def"
#undef CHECK
	CHECK_N
} Check;

enum { CHECK_OFF = -1 }; /* a level: the check says nothing */

typedef struct CheckRow {
	const char *name; /* "link-broken": what messages show and site.yaml uses */
	DiagLevel level;  /* unless moved */
	const char *help; /* one sentence for the manual: what is found */
} CheckRow;
extern const CheckRow check_rows[CHECK_N];

typedef struct CheckLevels {
	int16_t level[CHECK_N]; /* DiagLevel or CHECK_OFF */
} CheckLevels;

CheckLevels check_defaults(void);
int check_find(Str name); /* its Check, or -1 */
/* Adds the diag unless the check is off: sets its check name and its level. draft: an error becomes a warning. */
void check_add(const CheckLevels *levels, Check check, bool draft, Diags *d, Diag diag);
/* Levels for what rooms said that know no settings (doc, source): the diags of d from number `from` on, by their
 * check's name. */
void check_apply(const CheckLevels *levels, bool draft, Diags *d, size_t from);

#endif
