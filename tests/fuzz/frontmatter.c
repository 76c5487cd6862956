/* Any bytes as a brief, a page and a term's record, and as site.yaml: no crash; slugs and addresses stay inside the
 * site; a record without an error is the same when read as an old version. */
#include "record/permalink.h"

#include <stdlib.h>

static const char site[] = "url: https://example.org/p\nlanguages: [en, ko]\ntimezone: Asia/Seoul\n"
	"collections:\n  briefs:\n    fields: {created: date, requires: {to: related, split: ',', prefix: eip-}, category: keep, writer: {to: author, split: ','}}\n"
	"    dates_from_names: true\n    permalink: /:lang/:year/:path/:number/:slug/\n    defaults: {notes: {kind: Note}, '': {lang: ko, draft: true}}\n"
	"taxonomies: {sectors: {field: sector}}\n";

static void check_address(Str s)
{
	if (!s.n || s.p[0] != '/' || str_starts(s, S("//")) || str_find(s, S("/../")) != SIZE_MAX || str_find(s, S("/./")) != SIZE_MAX || str_ends(s, S("/..")))
		abort();
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == '\\' || s.p[i] == '%')
			abort();
}

static void check_record(const Record *r, RecordKind kind, Str text, Arena *a)
{
	const char *why;
	Str out;
	if (!segment_ok(r->slug, &why) || r->body > text.n)
		abort();
	for (size_t i = 0; i < r->aliases.n; i++)
		if (kind != RECORD_TERM || *r->aliases.at[i].text.p == '/') /* else another name of the term */
			check_address(r->aliases.at[i].text);
	for (size_t i = 0; i < r->author_n; i++)
		if (!r->author[i].name.n)
			abort();
	if (permalink_expand(S("/:lang/:year/:path/:series/:kind/:number/:slug/"), r, S("a b/../c/x.md"), S("en"), a, &out, &why))
		check_address(out);
	record_terms(r, S("author"), a);
	record_terms(r, S("sector"), a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena a = {0};
	Diags d = {0};
	Settings s, hostile;
	Record r, old;
	Str text = str_n((const char *)data, size);
	settings_parse(S("site.yaml"), str_of(site), &a, &d, &s);
	if (d.count[DIAG_USAGE])
		abort();
	for (int kind = RECORD_BRIEF; kind <= RECORD_TERM; kind++) {
		RecordRules rules = {.settings = &s, .collection = kind == RECORD_BRIEF ? s.collections : NULL, .kind = (RecordKind)kind};
		bool ok = record_parse(S("content/briefs/notes/2024-01-02-x.md"), text, &rules, &a, &d, &r);
		check_record(&r, (RecordKind)kind, text, &a);
		rules.old = true;
		record_parse(S("content/briefs/notes/2024-01-02-x.md"), text, &rules, &a, NULL, &old);
		if ((ok && !old.ok) || !str_eq(r.title, old.title) || r.related_n != old.related_n || r.date.seconds != old.date.seconds)
			abort();
	}
	settings_parse(S("site.yaml"), text, &a, &d, &hostile);
	for (size_t i = 0; i < hostile.collections_n; i++)
		check_address(hostile.collections[i].address);
	diags_release(&d);
	arena_release(&a);
	return 0;
}
