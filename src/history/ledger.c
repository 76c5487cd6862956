/* content/_versions.tsv: tab-separated, a row a version, as `gen seal` writes it and anybody can read it:
 *   brief	version	blob	date
 *   /briefs/water/	1	8baef1b4abc478178b004d62031cf7fe6db6f903	2024-03-05T09:00:00Z */
#include "history/tracks.h"

#include <stdlib.h>

void ledger_write(const History *h, Buf *b)
{
	buf_lit(b, "brief\tversion\tblob\tdate\n");
	for (size_t i = 0; i < h->briefs_n; i++)
		for (uint32_t j = 0; j < h->briefs[i].versions_n; j++) {
			const Version *v = &h->briefs[i].versions[j];
			buf_puts(b, h->briefs[i].address);
			buf_printf(b, "\t%u\t", v->number);
			buf_put_oid(b, &v->blob);
			buf_putc(b, '\t');
			if (v->date.known)
				buf_put_datetime(b, v->date);
			buf_putc(b, '\n');
		}
}

static int cmp_row(const void *x, const void *y)
{
	const LedgerRow *a = x, *b = y;
	int c = str_cmp(a->brief, b->brief);
	return c ? c : a->number < b->number ? -1 : a->number > b->number;
}

static void complain(Diags *d, DiagLevel level, Str file, uint32_t line, Str message)
{
	diag_add(d, (Diag){.level = level, .file = file, .line = line, .message = message, .hint = S("restore the file from git, or make it anew with `gen seal`")});
}

static const char *read_row(Str line, LedgerRow *row)
{
	const char *why;
	int64_t number;
	Str brief = str_cut(&line, '\t'), version = str_cut(&line, '\t'), blob = str_cut(&line, '\t'), date = str_trim(line);
	row->brief = brief;
	if (!str_starts(brief, S("/")))
		return "the first column is no address";
	if (!str_int(version, &number) || number < 1 || number > 1000000)
		return "the second column is no version number";
	row->number = (uint32_t)number;
	if (!oid_parse(blob, &row->blob))
		return "the third column is no blob id of 40 digits";
	if (date.n && !date_parse(date, 0, &row->date, &why))
		return "the fourth column is no date";
	return NULL;
}

static bool numbers_follow(const LedgerRow *rows, size_t i)
{
	bool first = !i || !str_eq(rows[i - 1].brief, rows[i].brief);
	return rows[i].number == (first ? 1 : rows[i - 1].number + 1);
}

LedgerRow *ledger_read(Str file, Str text, DiagLevel level, Arena *a, size_t *n, Diags *d)
{
	size_t lines = 1;
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	LedgerRow *rows = NEW_N(a, LedgerRow, lines);
	Str line;
	*n = 0;
	for (uint32_t number = 1; str_line(&text, &line); number++) {
		LedgerRow row = {.line = number};
		if (!str_trim(line).n || *line.p == '#' || str_starts(line, S("brief\t")))
			continue;
		const char *fault = read_row(line, &row);
		if (fault)
			complain(d, level, file, number, str_printf(a, "%s; the line does not count", fault));
		else
			rows[(*n)++] = row;
	}
	if (*n)
		qsort(rows, *n, sizeof *rows, cmp_row);
	for (size_t i = 0; i < *n; i++)
		if (!numbers_follow(rows, i)) {
			complain(d, level, file, rows[i].line, str_printf(a, "version %u of %.*s stands twice or follows a gap", rows[i].number, STR_ARG(rows[i].brief)));
			while (i + 1 < *n && str_eq(rows[i + 1].brief, rows[i].brief))
				i++;
		}
	return rows;
}

static Str hex_of(const Oid *id, Arena *a)
{
	Buf b = {0};
	buf_put_oid(&b, id);
	Str s = str_dup(a, str_upto(buf_str(&b), 10));
	buf_release(&b);
	return s;
}

/* What is wrong with one published number today; empty: nothing. */
static Str row_fault(const History *h, const LedgerRow *row, Arena *a)
{
	const BriefHistory *b = table_get(&h->by_address, row->brief);
	if (!b || !b->versions_n)
		return S("no brief has, or ever had, that address");
	if (row->number <= b->versions_n && oid_eq(&b->versions[row->number - 1].blob, &row->blob))
		return (Str){0};
	for (uint32_t i = 0; i < b->versions_n; i++)
		if (oid_eq(&b->versions[i].blob, &row->blob))
			return str_printf(a, "its text would be version %u", b->versions[i].number);
	return str_printf(a, "its text %s is no version any more", hex_of(&row->blob, a).p);
}

bool ledger_check(const History *h, Str file, Str text, DiagLevel level, Diags *d)
{
	Arena a = {0};
	size_t n, faults = 0;
	LedgerRow *rows = ledger_read(file, text, level, &a, &n, d);
	for (size_t i = 0; i < n; i++) {
		Str fault = row_fault(h, &rows[i], &a);
		if (!fault.n)
			continue;
		faults++;
		diag_add(d, (Diag){.level = level, .file = file, .line = rows[i].line,
			.message = str_printf(&a, "version %u of %.*s was published, but %.*s", rows[i].number, STR_ARG(rows[i].brief), STR_ARG(fault)),
			.hint = S("build from the history that was published; `gen seal` makes numbers final before a history is rewritten")});
	}
	arena_release(&a);
	return !faults;
}
