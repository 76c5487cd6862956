#include "check/check.h"

#include "build.h"
#include "doc/redline.h"
#include "graph/graph.h"
#include "render/versions.h"

#include <stdio.h>

/* ---- gen check ---- */

static void put_size(Buf *b, const Redline *r)
{
	buf_printf(b, "+%u -%u words", r->added, r->removed);
	if (r->moved)
		buf_printf(b, ", %u moved", r->moved);
}

static bool holds(const Record *r, const Change *c)
{
	for (size_t i = 0; r && i < r->changes_n; i++) {
		const Change *x = &r->changes[i];
		if (x->type == c->type && x->version == c->version && x->date.seconds == c->date.seconds && str_eq(x->note, c->note))
			return true;
	}
	return false;
}

/* The entry of `changes` in the working copy that gives a version's reason, once it is committed. The version that
 * comes next has what names it, or names none and stands in no version yet. */
static const Change *reason_noted(Desk *d, Versions *v, const Brief *brief, uint32_t number)
{
	const BriefHistory *h = brief->history;
	const Record *now = &brief->page.document->record, *last = NULL;
	bool next = number > h->versions_n;
	if (!brief->working_copy)
		return NULL;
	if (next && now->changes_n)
		last = version_record(v, d->site, h, h->versions_n - 1, &d->archive.arena);
	for (size_t i = 0; i < now->changes_n; i++)
		if (now->changes[i].version == number || (next && !now->changes[i].version && !holds(last, &now->changes[i])))
			return &now->changes[i];
	return NULL;
}

static bool put_unmarked_version(Desk *d, Versions *v, const Brief *brief, uint32_t k, Buf *b)
{
	const BriefHistory *h = brief->history;
	const Version *version = &h->versions[k];
	if (version->type != CHANGE_UNMARKED || version->suppressed || h->versions[k - 1].suppressed || reason_noted(d, v, brief, version->number))
		return false;
	const Redline *r = version_redline(v, d->site, brief, k - 1, k);
	if (r && r->same)
		return false;
	buf_printf(b, "%.*s: version %u of ", STR_ARG(brief->page.document->path), version->number);
	buf_put_strftime(b, version->date, S("%Y-%m-%d"));
	buf_lit(b, " says no reason");
	if (r) {
		buf_lit(b, " (");
		put_size(b, r);
		buf_putc(b, ')');
	}
	buf_printf(b, "\n  = gen revise %.*s --version %u --type correction --note \"...\"\n", STR_ARG(brief->page.document->slug), version->number);
	return true;
}

static bool put_unsaved(Desk *d, Versions *v, const Brief *brief, Buf *b)
{
	Str path = brief->page.document->path;
	const Change *noted = reason_noted(d, v, brief, brief->history->versions_n + 1);
	buf_printf(b, "%.*s: changed and not committed (saved in git)", STR_ARG(path));
	if (noted)
		buf_printf(b, "; its reason is noted: %s\n  = git add \"%.*s\" && git commit\n", change_type_name(noted->type), STR_ARG(path));
	else
		buf_printf(b, "\n  = gen revise %.*s --type correction --note \"...\", then git commit\n", STR_ARG(brief->page.document->slug));
	return !noted;
}

/* Each change that the public sees, or will see, without a reason. */
static size_t put_unmarked(Desk *d, Versions *v, Buf *b)
{
	size_t n = 0;
	for (size_t i = 0; i < d->site->briefs_n; i++) {
		const Brief *brief = d->site->briefs[i];
		const BriefHistory *h = brief->history;
		for (uint32_t k = 1; h && k < h->versions_n; k++)
			n += put_unmarked_version(d, v, brief, k, b);
		if (brief->working_copy && h && h->versions_n)
			n += put_unsaved(d, v, brief, b);
	}
	return n;
}

int check_run(const Options *o)
{
	Desk d;
	Buf b = {0};
	Diags all = {0};
	int status = desk_open(&d, o);
	if (status)
		return status;
	d.archive.options = o; /* drafts were wanted for the list only */
	graph_check(d.site);
	build_gather(&d.archive, d.site, &all);
	report_diags(&all, DIAG_WARNING);
	status = diags_status(&all, o->strict);
	Versions *v = versions_new(d.archive.icu);
	size_t n = put_unmarked(&d, v, &b);
	versions_free(v);
	if (n)
		buf_printf(&b, "%zu change%s without a reason; readers see \"edited\"\n", n, n == 1 ? "" : "s");
	else if (!status && !b.n)
		buf_lit(&b, "nothing to say\n");
	diags_release(&all);
	desk_close(&d);
	return report_print(&b, status ? status : n && o->strict ? 1 : 0);
}

/* ---- gen diff ---- */

/* "v3" or "3" -> index 2; false after a message. */
static bool version_named(const BriefHistory *h, Str word, uint32_t *index)
{
	int64_t n;
	if (str_int(str_starts(word, S("v")) ? str_from(word, 1) : word, &n))
		for (uint32_t i = 0; i < h->versions_n; i++)
			if (h->versions[i].number == n) {
				*index = i;
				return true;
			}
	report_unknown("version", word, NULL, 0, "gen log lists them");
	return false;
}

/* No version: the newest against the working copy, or the last step where nothing is unsaved. One: that against what
 * is on the disk. Two: between them. */
static int diff(Desk *d, const Brief *brief, const Options *o, Buf *b)
{
	const BriefHistory *h = brief->history;
	Versions *v = versions_new(d->archive.icu);
	uint32_t from = h->versions_n - 1, to = UINT32_MAX;
	bool ok = true;
	if (o->words_n > 1)
		ok = version_named(h, o->words[1], &from);
	if (ok && o->words_n > 2)
		ok = version_named(h, o->words[2], &to);
	else if (o->words_n == 1 && !brief->working_copy && from > 0)
		to = from--;
	const Redline *r = !ok ? NULL : to == UINT32_MAX ? version_redline_now(v, d->site, brief, from) : version_redline(v, d->site, brief, from, to);
	if (ok && !r)
		fprintf(stderr, "gen: one of the two texts is withheld or cannot be read\n");
	if (r && r->same)
		buf_lit(b, "the same words\n");
	else if (r)
		redline_terminal(r, report_colour(1), b);
	versions_free(v);
	return r ? 0 : 2;
}

int check_diff(const Options *o)
{
	Desk d;
	Buf b = {0};
	if (o->words_n < 1 || o->words_n > 3) {
		fprintf(stderr, "gen: diff takes a brief and at most two versions\n  = gen diff water-prices 1 3\n");
		return 2;
	}
	int status = desk_open(&d, o);
	if (status)
		return status;
	const Brief *brief = desk_brief(&d, o->words[0]);
	status = 2;
	if (brief && brief->history)
		status = diff(&d, brief, o, &b);
	else if (brief)
		fprintf(stderr, "gen: %.*s has no published version yet\n", STR_ARG(o->words[0]));
	desk_close(&d);
	return report_print(&b, status);
}
