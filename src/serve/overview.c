#include "serve/overview.h"

#include "graph/graph.h"
#include "render/render.h"

/* ---- how a brief stands ---- */

static bool waits(const Site *s, const Record *r) { return r->date.known && r->date.seconds > s->now.seconds; }

/* In the words of the layout; empty: as it is public. */
static Str state_of(const Site *s, const Brief *b)
{
	const Document *d = b->page.document;
	if (d->stale || d->failed)
		return S("broken");
	if (d->record.draft)
		return S("draft");
	if (waits(s, &d->record))
		return S("embargoed");
	if (!b->history || !b->history->versions_n)
		return S("new");
	return b->working_copy && b->page.site->history ? S("changed") : (Str){0};
}

static Value missing_of(const Record *r, Arena *a)
{
	const struct { const char *name; bool there; } fields[] = {
		{"title", r->title.n > 0}, {"author", r->author_n > 0}, {"date", r->date.known}, {"abstract", r->abstract.n > 0}, {"topic", r->topic.n > 0},
	};
	ListMaker list = {.arena = a};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (!fields[i].there)
			list_add(&list, value_str(str_of(fields[i].name)));
	return list_seal(&list);
}

static Value warnings_of(const Diags *faults, Str path, Arena *a)
{
	ListMaker list = {.arena = a};
	for (size_t i = 0; faults && i < faults->n; i++) {
		if (!str_eq(faults->list[i].file, path) || faults->list[i].level < DIAG_WARNING)
			continue;
		Diags one = {0};
		Buf text = {0};
		diag_add(&one, faults->list[i]);
		diags_print(&one, &text, false, DIAG_WARNING);
		list_add(&list, value_str(str_dup(a, str_trim_end(buf_str(&text)))));
		buf_release(&text);
		diags_release(&one);
	}
	return list_seal(&list);
}

static MapMaker start_brief(const Site *s, const Brief *b, const Diags *faults, Arena *a)
{
	const Document *d = b->page.document;
	MapMaker m = {.arena = a};
	map_put(&m, S("title"), value_str(b->page.title.n ? b->page.title : d->slug));
	map_put(&m, S("url"), value_str(b->page.url));
	map_put(&m, S("view"), value_str(str_printf(a, "%.*s/_preview%.*s", STR_ARG(s->base), STR_ARG(d->address))));
	map_put(&m, S("source"), value_str(d->path));
	map_put(&m, S("state"), value_text(state_of(s, b)));
	map_put(&m, S("words"), value_int((int64_t)d->words));
	map_put(&m, S("missing"), missing_of(&d->record, a));
	map_put(&m, S("until"), waits(s, &d->record) ? value_date(d->record.date) : NIL);
	map_put(&m, S("public"), value_bool(b->history && b->history->versions_n));
	map_put(&m, S("committed"), value_bool(!b->working_copy && s->history));
	map_put(&m, S("warnings"), warnings_of(faults, d->path, a));
	return m;
}

Value overview_brief(Archive *archive, const Site *s, const Brief *b, const Diags *faults, Arena *a)
{
	MapMaker m = start_brief(s, b, faults, a);
	Str html;
	if (render_changes_now(archive->renderer, s, b, a, &html))
		map_put(&m, S("changes"), value_safe(html));
	return map_seal(&m);
}

/* ---- the archive ---- */

/* What gen check would say; kept out of the generation's own messages. */
static Diags check(Follow *f)
{
	Diags own = f->site->diags, all = {0};
	f->site->diags = (Diags){0};
	graph_check(f->site);
	build_gather(f->archive, f->site, &all);
	diags_release(&f->site->diags);
	f->site->diags = own;
	follow_faults(f, &all);
	diags_sort(&all);
	return all;
}

static void add_briefs(const Site *s, const Diags *faults, ListMaker *list, size_t *clean)
{
	Table named = {0};
	for (size_t i = 0; i < faults->n; i++)
		if (faults->list[i].file.n && faults->list[i].level >= DIAG_WARNING)
			table_put(&named, faults->list[i].file, &faults->list[i]);
	for (size_t i = 0; i < s->briefs_n; i++) {
		const Brief *b = s->briefs[i];
		Str path = b->page.document->path;
		if (!state_of(s, b).n && !table_get(&named, path)) {
			++*clean;
			continue;
		}
		MapMaker m = start_brief(s, b, table_get(&named, path) ? faults : NULL, list->arena);
		list_add(list, map_seal(&m));
	}
	table_release(&named);
}

/* Public, and its file is gone: the next commit makes it a tombstone, or a redirect where the file was renamed. */
static void add_removed(const Site *s, ListMaker *list)
{
	for (size_t i = 0; s->history && i < s->history->briefs_n; i++) {
		const BriefHistory *h = &s->history->briefs[i];
		if (h->state == BRIEF_REMOVED || h->suppressed || !h->versions_n || !h->path.n || table_get(&s->by_path, h->path))
			continue;
		MapMaker m = {.arena = list->arena};
		map_put(&m, S("title"), value_str(h->versions[h->versions_n - 1].title));
		map_put(&m, S("source"), value_str(h->path));
		map_put(&m, S("address"), value_str(h->address));
		list_add(list, map_seal(&m));
	}
}

static Value overview_archive(Follow *f, const Diags *faults, Arena *a)
{
	const Site *s = f->site;
	ListMaker briefs = {.arena = a}, removed = {.arena = a};
	MapMaker m = {.arena = a};
	size_t clean = 0;
	add_briefs(s, faults, &briefs, &clean);
	add_removed(s, &removed);
	map_put(&m, S("briefs"), list_seal(&briefs));
	map_put(&m, S("removed"), list_seal(&removed));
	map_put(&m, S("clean"), value_int((int64_t)clean));
	map_put(&m, S("history"), value_bool(s->history != NULL));
	return map_seal(&m);
}

bool overview_page(Follow *f, Str below, Buf *out)
{
	Arena a = {0};
	const Leaf *leaf = below.n ? graph_page(f->site, str_join(&a, S("/"), below)) : NULL;
	const Target *t = leaf && leaf->page && leaf->page->document ? table_get(&f->site->by_path, leaf->page->document->path) : NULL;
	bool done = !below.n || (t && t->brief);
	if (done) {
		Diags faults = check(f);
		RenderView v = {.layout = S("preview"), .path = str_join(&a, S("_preview/"), below), .title = S("What the next commit publishes")};
		if (below.n) {
			MapMaker m = {.arena = &a};
			map_put(&m, S("brief"), overview_brief(f->archive, f->site, t->brief, &faults, &a));
			v.preview = map_seal(&m);
			v.title = t->brief->page.title;
		} else {
			v.preview = overview_archive(f, &faults, &a);
		}
		done = render_view(f->archive->renderer, f->site, &v, out);
		diags_release(&faults);
	}
	arena_release(&a);
	return done;
}
