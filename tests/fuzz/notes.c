/* Any bytes as a commit's message and as a ledger of versions. What must hold: a note is one line of clean text; the rows
 * of a ledger without complaint are numbered from 1 on for each brief. */
#include "history/line.h"
#include "history/tracks.h"

#include "base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_clean(Str s)
{
	must(utf8_invalid(s) == SIZE_MAX);
	for (size_t i = 0; i < s.n; i++)
		must((unsigned char)s.p[i] >= 0x20 && s.p[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena a = {0};
	Diags d = {0};
	LineNote note = {0};
	Str text = str_n((const char *)data, size);
	if (note_read(text, &a, &note)) {
		check_clean(note.note);
		must(note.type < CHANGE_N);
	}
	check_clean(note_line(text, &a));
	size_t n = 0;
	LedgerRow *rows = ledger_read(S("content/_versions.tsv"), text, DIAG_ERROR, &a, &n, &d);
	for (size_t i = 0; i < n && !d.n; i++)
		must(str_starts(rows[i].brief, S("/")) && rows[i].number == (i && str_eq(rows[i - 1].brief, rows[i].brief) ? rows[i - 1].number + 1 : 1));
	diags_release(&d);
	arena_release(&a);
	return 0;
}
