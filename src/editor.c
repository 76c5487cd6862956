#include "editor.h"

#include "base/disk.h"
#include "base/utf8.h"
#include "build.h"
#include "report.h"

#include <stdio.h>

static const Str ledger_path = STR_INIT("content/_versions.tsv");

/* Opens the archive and its history; prints what is wrong. The exit status, 0 when there is a history to work on. */
static int open_history(Archive *a, const Options *o)
{
	Diags all = {0};
	bool open = archive_open(a, o);
	a->report.quiet = true;
	if (open && !archive_history(a))
		diag_add(&a->diags, (Diag){.level = DIAG_WORLD, .message = S("there is no history to read"), .hint = S("git add . && git commit saves a first state")});
	diags_move(&all, &a->diags);
	report_diags(&all, DIAG_WARNING);
	int status = diags_status(&all, false);
	diags_release(&all);
	return open ? status : status ? status : 3;
}

/* ---- gen seal ---- */

static size_t count_versions(const History *h, bool final)
{
	size_t n = 0;
	for (size_t i = 0; i < h->briefs_n; i++)
		for (uint32_t j = 0; j < h->briefs[i].versions_n; j++)
			n += !final || h->briefs[i].versions[j].from_ledger;
	return n;
}

static size_t count_briefs(const History *h)
{
	size_t n = 0;
	for (size_t i = 0; i < h->briefs_n; i++)
		n += h->briefs[i].versions_n != 0;
	return n;
}

static int write_ledger(const Archive *a)
{
	Buf text = {0};
	size_t briefs = count_briefs(a->history);
	size_t all = count_versions(a->history, false), before = count_versions(a->history, true);
	ledger_write(a->history, &text);
	int error = disk_replace(source_folder(a->source), ledger_path, buf_str(&text));
	buf_release(&text);
	if (error) {
		fprintf(stderr, "gen: error: %.*s cannot be written: %s\n", STR_ARG(ledger_path), disk_why(error));
		return 3;
	}
	printf("%.*s: %zu version%s of %zu brief%s final, %zu of them new\n\nWhat comes next:\n\n  git add %.*s && git commit -m \"Seal versions\"\n",
	       STR_ARG(ledger_path), all, all == 1 ? "" : "s", briefs, briefs == 1 ? "" : "s", all - before, STR_ARG(ledger_path));
	return 0;
}

int editor_seal(const Options *o)
{
	Archive a;
	int status = open_history(&a, o);
	if (!status && (source_folder(a.source) < 0 || a.history->incomplete)) {
		fprintf(stderr, "gen: error: %s cannot be sealed\n  = %s\n", a.history->incomplete ? "an incomplete history" : "a repository without a working folder",
		        a.history->incomplete ? "git fetch --unshallow" : "git clone it, and seal there");
		status = 3;
	}
	if (!status)
		status = write_ledger(&a);
	archive_close(&a);
	return status;
}

/* ---- gen log ---- */

/* The file's name, or the bundle's, with or without the day before it: the slug where a permalink has other words. */
static bool is_file_named(Str path, Str name)
{
	if (!text_ending(path))
		return false;
	Str stem = str_ends(path, S("/index.md")) ? str_upto(path, path.n - 9) : str_upto(path, path.n - text_ending(path));
	stem = str_from(stem, str_rfind_char(stem, '/') + 1);
	bool dated = stem.n == name.n + 11 && stem.p[4] == '-' && stem.p[7] == '-' && stem.p[10] == '-';
	return str_eq(stem, name) || (name.n && dated && str_ends(stem, name));
}

static bool is_named(const BriefHistory *b, Str name)
{
	Str slug = b->address;
	if (str_ends(slug, S("/")))
		slug.n--;
	return b->versions_n && (str_eq(name, b->address) || str_eq(name, b->path) || (b->id.n && str_eq(name, b->id)) ||
	                         str_eq(name, str_from(slug, str_rfind_char(slug, '/') + 1)) || is_file_named(b->path, name));
}

static const BriefHistory *find_brief(const History *h, Str name)
{
	const BriefHistory *b = table_get(&h->by_address, name);
	for (size_t i = 0; !b && i < h->briefs_n; i++)
		if (is_named(&h->briefs[i], name))
			b = &h->briefs[i];
	return b;
}

static void put_version(Buf *out, const Version *v)
{
	Buf date = {0};
	if (v->date.known)
		buf_put_date(&date, v->date);
	buf_printf(out, "v%u  %-10.*s  %.*s", v->number, (int)(date.n < 10 ? date.n : 10), date.n ? date.p : "no date", STR_ARG(version_type(v)));
	if (v->suppressed)
		buf_lit(out, "  (suppressed)");
	if (v->note.n)
		buf_lit(out, "  ");
	buf_put_visible(out, v->note);
	buf_lit(out, "\n    ");
	if (oid_is_zero(&v->commit))
		buf_lit(out, "only in the ledger");
	else
		buf_put_oid(out, &v->commit);
	buf_lit(out, "  ");
	buf_put_visible(out, v->path);
	buf_putc(out, '\n');
	buf_release(&date);
}

int editor_log(const Options *o)
{
	Archive a;
	if (o->words_n != 1) {
		fprintf(stderr, "gen: log needs one brief: its path, slug or address\n  = gen list shows the slugs\n");
		return 2;
	}
	int status = open_history(&a, o);
	const BriefHistory *b = a.history ? find_brief(a.history, o->words[0]) : NULL;
	Buf out = {0};
	for (uint32_t i = b ? b->versions_n : 0; i > 0; i--)
		put_version(&out, &b->versions[i - 1]);
	status = report_print(&out, status);
	if (a.history && !b) {
		fprintf(stderr, "gen: no brief of the history is named '%.*s'\n  = gen list shows the slugs\n", STR_ARG(o->words[0]));
		status = status ? status : 2;
	}
	archive_close(&a);
	return status;
}
