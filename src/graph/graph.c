#include "graph/graph.h"

#include "graph/parts.h"
#include "lib/json.h"
#include "links.h"

#include <stdlib.h>

/* ---- briefs ---- */

int brief_order(const Brief *a, const Brief *b)
{
	int64_t x = a->page.document->record.date.seconds, y = b->page.document->record.date.seconds;
	return x != y ? (x < y ? 1 : -1) : str_cmp(a->page.document->path, b->page.document->path);
}

static int newest_first(const void *a, const void *b)
{
	return brief_order(*(const Brief *const *)a, *(const Brief *const *)b);
}

/* A brief that is suppressed, or whose text of today is, has no page; its tombstone says so, or nothing does. */
static bool is_suppressed(const Site *s, const Document *d)
{
	const BriefHistory *h = s->history ? table_get(&s->history->by_path, d->path) : NULL;
	return h && (h->suppressed || (h->versions_n && h->versions[h->versions_n - 1].suppressed));
}

static bool is_shown(const Site *s, const Document *d)
{
	Target *t = table_get(&s->by_path, d->path);
	if (t && t->state == TARGET_PUBLIC && is_suppressed(s, d))
		t->state = TARGET_HIDDEN;
	return t && t->state == TARGET_PUBLIC;
}

static bool is_blob(const Document *d, const Oid *blob) { return oid_eq(blob, &d->blob[0]) || oid_eq(blob, &d->blob[1]); }

/* What is committed does not parse, and the brief is shown as it was before (--keep-going). */
static bool is_last_good(const BriefHistory *h, const Document *d)
{
	return h->state == BRIEF_BROKEN && h->versions_n && is_blob(d, &h->versions[h->versions_n - 1].blob);
}

/* The brief's history, unless its whole is suppressed. */
void brief_attach_history(const Site *s, Brief *b)
{
	const Document *d = b->page.document;
	b->updated = d->record.date;
	b->working_copy = s->settings->collections[d->owner].versions;
	if (!s->history || !b->working_copy)
		return;
	const BriefHistory *h = table_get(&s->history->by_path, d->path);
	b->working_copy = !h || (!is_blob(d, &h->blob) && !is_last_good(h, d));
	if (!h || !h->versions_n || (h->suppressed && h->suppressed->silent))
		return;
	b->history = h;
	if (h->updated && h->versions[h->updated].date.seconds > b->updated.seconds)
		b->updated = h->versions[h->updated].date;
}

/* Where the collection says so, a brief without a date has that of its first version. */
void document_date_by_history(const Site *s, Document *d)
{
	const BriefHistory *h = s->history ? table_get(&s->history->by_path, d->path) : NULL;
	if (!d->record.date.known && s->settings->collections[d->owner].dates_from_history && h && h->versions_n)
		d->record.date = h->versions[0].date;
}

static void make_briefs(Site *s)
{
	size_t n = 0;
	s->briefs = NEW_N(&s->arena, Brief *, s->documents_n);
	for (size_t i = 0; i < s->documents_n; i++) {
		Document *d = s->documents[i];
		if (d->kind != DOCUMENT_BRIEF || !is_shown(s, d))
			continue;
		document_date_by_history(s, d);
		Brief *b = s->briefs[n++] = NEW(&s->arena, Brief);
		b->page = (Page){.object = {&brief_type}, .site = s, .kind = PAGE_BRIEF, .document = d, .title = d->record.title,
		                 .url = link_url(s, d->address, &s->arena), .lang = d->record.lang};
	}
	s->briefs_n = n;
	qsort(s->briefs, n, sizeof *s->briefs, newest_first);
	for (size_t i = 0; i < n; i++) {
		Brief *b = s->briefs[i];
		b->number = (uint32_t)i;
		brief_attach_history(s, b);
		if (b->updated.seconds > s->updated.seconds)
			s->updated = b->updated;
		Target *t = table_get(&s->by_path, b->page.document->path);
		t->brief = b;
	}
	Value *values = NEW_N(&s->arena, Value, n);
	for (size_t i = 0; i < n; i++)
		values[i] = value_object(&s->briefs[i]->page.object);
	s->briefs_value = value_list(values, n);
}

static void make_shelves(Site *s)
{
	const Settings *set = s->settings;
	s->shelves_n = set->collections_n;
	s->shelves = NEW_N(&s->arena, Shelf, set->collections_n);
	for (size_t c = 0; c < set->collections_n; c++) {
		Shelf *shelf = &s->shelves[c];
		shelf->settings = &set->collections[c];
		shelf->page = (Page){.site = s, .kind = PAGE_BRIEFS, .title = shelf->settings->title,
		                     .url = link_url(s, shelf->settings->address, &s->arena), .lang = set->language};
	}
	for (size_t i = 0; i < s->briefs_n; i++)
		s->shelves[s->briefs[i]->page.document->owner].briefs_n++;
	for (size_t c = 0; c < s->shelves_n; c++) {
		s->shelves[c].briefs = NEW_N(&s->arena, const Brief *, s->shelves[c].briefs_n);
		s->shelves[c].briefs_n = 0;
	}
	for (size_t i = 0; i < s->briefs_n; i++) {
		Brief *b = s->briefs[i];
		Shelf *shelf = &s->shelves[b->page.document->owner];
		if (shelf->briefs_n) {
			Brief *newer = (Brief *)shelf->briefs[shelf->briefs_n - 1];
			b->newer = newer;
			newer->older = b;
		}
		shelf->briefs[shelf->briefs_n++] = b;
	}
	for (size_t c = 0; c < s->shelves_n; c++) {
		Shelf *shelf = &s->shelves[c];
		Value *values = NEW_N(&s->arena, Value, shelf->briefs_n);
		for (uint32_t i = 0; i < shelf->briefs_n; i++)
			values[i] = value_object(&shelf->briefs[i]->page.object);
		shelf->list = value_list(values, shelf->briefs_n);
	}
}

/* ---- links between briefs ---- */

/* Slugs, titles and addresses of briefs, made when somebody first names one that way. The first in the order of
 * the site keeps a name that two share; related_missing says so where it matters. */
static void name_briefs(Site *s)
{
	if (s->by_address.n || !s->briefs_n)
		return;
	s->by_address.arena = s->asked.arena = s->shared.arena = &s->arena;
	table_reserve(&s->by_address, s->briefs_n * 3); /* few have an id too */
	Target *targets = NEW_N(&s->arena, Target, s->briefs_n);
	for (size_t i = 0; i < s->briefs_n; i++) {
		const Brief *b = s->briefs[i];
		const Document *d = b->page.document;
		targets[i] = (Target){TARGET_PUBLIC, d->address, d, NULL, b};
		const Str names[] = {d->address, d->slug, d->record.id, d->record.title};
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			brief_name(s, names[k], &targets[i]);
	}
}

void brief_name(Site *s, Str name, Target *t)
{
	const Target *other = name.n ? table_get(&s->by_address, name) : NULL;
	if (!other && name.n)
		table_put(&s->by_address, name, t);
	else if (other && other != t)
		table_put(&s->shared, name, t);
}

/* What has that name. Who asked is not remembered, but that somebody did is: when a brief takes or leaves the name,
 * whoever named it is looked at again. */
static const Target *ask(Site *s, Str name)
{
	name_briefs(s);
	if (s->by_address.n && !table_get(&s->asked, name))
		table_put(&s->asked, str_dup(&s->arena, name), s);
	return table_get(&s->by_address, name);
}

const Target *graph_named(Site *s, const Document *from, Str name)
{
	char space[1024];
	Arena a = ARENA_ON(space);
	const Target *t = NULL;
	if (text_ending(name)) {
		t = table_get(&s->by_path, str_join(&a, S("content/"), name));
		if (!t)
			t = table_get(&s->by_path, name);
		if (!t)
			t = table_get(&s->by_path, link_path(from->path, name, &a));
	}
	if (!t)
		t = ask(s, name);
	if (!t && str_find_char(name, '/') != SIZE_MAX) { /* a path or address, less exactly written */
		t = table_get(&s->by_path, str_printf(&a, "content/%.*s.md", STR_ARG(name)));
		if (!t && s->base.n && str_starts(name, s->base))
			t = ask(s, str_from(name, s->base.n));
		if (!t)
			t = ask(s, str_printf(&a, "%s%.*s%s", *name.p == '/' ? "" : "/", STR_ARG(name), str_ends(name, S("/")) ? "" : "/"));
	}
	arena_release(&a);
	return t;
}

/* What names what is not published. Its own names lead back to it when the rest of the archive is public. */
static void name_hidden(Site *s)
{
	s->hides = s->history && s->history->hidden.n;
	s->hidden_names.arena = &s->arena;
	for (size_t i = 0; i < s->documents_n; i++) {
		const Document *d = s->documents[i];
		const Target *t = table_get(&s->by_path, d->path);
		if (t->state != TARGET_HIDDEN)
			continue;
		s->hides = true;
		if (d->kind != DOCUMENT_BRIEF)
			continue;
		const Str names[] = {d->address, d->slug, d->record.id, d->record.title};
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			if (names[k].n)
				table_put(&s->hidden_names, names[k], (void *)d);
	}
}

bool graph_names_hidden(Site *s, const Document *from, Str name)
{
	if (!s->hides || !name.n || doc_url_external(name))
		return false;
	const Target *t = graph_named(s, from, name);
	return t ? t->state == TARGET_HIDDEN : link_is_hidden(s, from, name);
}

/* A link in a text that leads to what is not published. */
bool graph_links_hidden(Site *s, const Document *from, const DocLink *link)
{
	bool is_file;
	if (!s->hides || link->external)
		return false;
	const Target *t = link_target(s, from, link->target, &is_file);
	return t ? t->state == TARGET_HIDDEN : link_is_hidden(s, from, link->target);
}

bool document_names_hidden(Site *s, const Document *d)
{
	const Record *r = &d->record;
	bool hidden = graph_names_hidden(s, d, r->superseded_by) || graph_names_hidden(s, d, r->translation_of);
	for (size_t i = 0; i < r->related_n && !hidden; i++)
		hidden = graph_names_hidden(s, d, r->related[i].target);
	for (size_t i = 0; i < d->links_n && !hidden; i++)
		hidden = graph_links_hidden(s, d, &d->links[i]);
	return hidden;
}

static void find_all_hidden(Site *s)
{
	name_hidden(s);
	s->finds_hidden = s->hides && s->settings->output[OUT_SOURCES];
	for (size_t i = 0; i < s->briefs_n && s->finds_hidden; i++)
		s->briefs[i]->names_hidden = document_names_hidden(s, s->briefs[i]->page.document);
}

static const Brief *brief_named(Site *s, const Brief *from, Str name)
{
	const Target *t = name.n ? graph_named(s, from->page.document, name) : NULL;
	return t && t->brief != from ? t->brief : NULL;
}

void brief_relate(Site *s, Brief *b)
{
	const Record *r = &b->page.document->record;
	uint32_t n = 0, from = 0;
	while (from < b->related_n && !b->related[from].incoming)
		from++;
	RelatedBrief *list = r->related_n + b->related_n - from ? NEW_N(&s->arena, RelatedBrief, r->related_n + b->related_n - from) : NULL;
	for (size_t i = 0; i < r->related_n; i++) {
		const RelatedItem *item = &r->related[i];
		RelatedBrief *to = &list[n];
		*to = (RelatedBrief){.relation = item->relation, .title = item->title, .url = item->target};
		if (item->never)
			continue;
		if (!doc_url_external(item->target)) {
			const Target *t = graph_named(s, b->page.document, item->target);
			if (!t || !t->brief || t->brief == b)
				continue; /* graph_check names it */
			to->brief = t->brief;
		}
		n++;
	}
	while (from < b->related_n) /* what others say of it */
		list[n++] = b->related[from++];
	b->superseded_by = brief_named(s, b, r->superseded_by);
	b->related = list;
	b->related_n = n;
}

/* Says more of the other than that it is related. */
static bool speaks_of(const Brief *b, const Brief *other)
{
	for (uint32_t i = 0; i < b->related_n; i++)
		if (b->related[i].brief == other && b->related[i].relation != RELATION_RELATED)
			return true;
	return false;
}

/* What b says of another brief is said there too, unless that one has a word of its own. */
static bool speaks_back(const Brief *b, const RelatedBrief *r)
{
	return r->brief && !r->incoming && r->relation != RELATION_RELATED && !speaks_of(r->brief, b);
}

/* A brief that is replaced, followed, answered or corrected shows by which: behind its own, newest first. */
void graph_relate_back(Site *s)
{
	for (size_t i = 0; i < s->briefs_n; i++) /* in a patched generation it has been done before */
		while (s->briefs[i]->related_n && s->briefs[i]->related[s->briefs[i]->related_n - 1].incoming)
			s->briefs[i]->related_n--;
	Arena scratch = {0};
	uint32_t *more = NEW_N(&scratch, uint32_t, s->briefs_n);
	RelatedBrief **lists = NEW_N(&scratch, RelatedBrief *, s->briefs_n);
	for (size_t i = 0; i < s->briefs_n; i++)
		for (uint32_t k = 0; k < s->briefs[i]->related_n; k++)
			if (speaks_back(s->briefs[i], &s->briefs[i]->related[k]))
				more[s->briefs[i]->related[k].brief->number]++;
	for (size_t i = 0; i < s->briefs_n; i++) {
		Brief *b = s->briefs[i];
		if (more[i])
			b->related = lists[i] = arena_grow(&s->arena, (void *)b->related, b->related_n, b->related_n + more[i], sizeof *lists[i]);
	}
	for (size_t i = 0; i < s->briefs_n; i++)
		for (uint32_t k = 0; k < s->briefs[i]->related_n; k++) {
			const RelatedBrief *r = &s->briefs[i]->related[k];
			if (!speaks_back(s->briefs[i], r))
				continue;
			Brief *other = s->briefs[r->brief->number];
			lists[other->number][other->related_n++] = (RelatedBrief){.brief = s->briefs[i], .relation = r->relation, .incoming = true};
		}
	arena_release(&scratch);
}

/* Lists under construction while their lengths are not known: pairs (owner, item), then sorted out by counting. */
typedef struct Edge {
	uint32_t from, to; /* numbers of briefs */
} Edge;

typedef struct Edges {
	Edge *at;
	size_t n, cap;
} Edges;

static void edge_add(Edges *e, Arena *a, uint32_t from, uint32_t to)
{
	ARENA_ROOM(a, e->at, e->n, e->cap);
	e->at[e->n++] = (Edge){from, to};
}

/* Backlinks in the order of the linking briefs, each once. Edges come ordered by `from`, so a list's last entry
 * tells whether this one has been there. */
static void give_backlinks(Site *s, const Edges *e)
{
	for (size_t i = 0; i < e->n; i++)
		s->briefs[e->at[i].to]->backlinks_n++;
	for (size_t i = 0; i < s->briefs_n; i++) {
		Brief *b = s->briefs[i];
		if (b->backlinks_n)
			b->backlinks = NEW_N(&s->arena, const Brief *, list_room(b->backlinks_n));
		b->backlinks_n = 0;
	}
	for (size_t i = 0; i < e->n; i++) {
		Brief *to = s->briefs[e->at[i].to];
		const Brief *from = s->briefs[e->at[i].from];
		if (!to->backlinks_n || to->backlinks[to->backlinks_n - 1] != from)
			to->backlinks[to->backlinks_n++] = from;
	}
}

const Brief *brief_linked(Site *s, const Document *d, const DocLink *link)
{
	bool is_file;
	if (link->kind == DOC_LINK_IMAGE)
		return NULL;
	const Target *t = link_target(s, d, link->target, &is_file);
	if (!t && link->target.n && *link->target.p == '/')
		t = graph_named(s, d, link_parts(link->target).path);
	return t ? t->brief : NULL;
}

static void link_bodies(Site *s)
{
	Arena scratch = {0};
	Edges e = {0};
	for (size_t i = 0; i < s->briefs_n; i++) {
		const Document *d = s->briefs[i]->page.document;
		for (size_t k = 0; k < d->links_n; k++) {
			const Brief *to = brief_linked(s, d, &d->links[k]);
			if (to && to->number != i)
				edge_add(&e, &scratch, (uint32_t)i, to->number);
		}
	}
	give_backlinks(s, &e);
	arena_release(&scratch);
}

/* Translations: a brief that names its original, the original, and the others that name it. */
static void link_translations(Site *s)
{
	Arena scratch = {0};
	Edges e = {0};
	for (size_t i = 0; i < s->briefs_n; i++) {
		const Brief *original = brief_named(s, s->briefs[i], s->briefs[i]->page.document->record.translation_of);
		if (original)
			edge_add(&e, &scratch, (uint32_t)i, original->number);
	}
	for (size_t i = 0; i < e.n; i++) {
		Brief *b = s->briefs[e.at[i].from], *original = s->briefs[e.at[i].to];
		for (size_t k = 0; k < e.n; k++) { /* few briefs are translations */
			if (e.at[k].to != e.at[i].to)
				continue;
			Brief *other = s->briefs[e.at[k].from];
			if (k == i) {
				brief_add(&s->arena, &original->translations, &original->translations_n, b);
				brief_add(&s->arena, &b->translations, &b->translations_n, original);
			} else {
				brief_add(&s->arena, &b->translations, &b->translations_n, other);
			}
		}
	}
	arena_release(&scratch);
}

size_t list_room(size_t n)
{
	size_t room = 1;
	while (room < n)
		room *= 2;
	return room;
}

void brief_add(Arena *a, const Brief ***list, uint32_t *n, const Brief *b)
{
	if ((*n & (*n - 1)) == 0) /* at each power of two */
		*list = arena_grow(a, *list, *n, *n ? (size_t)*n * 2 : 1, sizeof **list);
	(*list)[(*n)++] = b;
}

static void give_attachments(Site *s)
{
	for (size_t i = 0; i < s->attachments_n;) { /* by path, so a bundle's files are neighbours */
		Str path = s->attachments[i].path, folder = str_upto(path, str_rfind_char(path, '/') + 1);
		size_t from = i;
		while (i < s->attachments_n && str_starts(s->attachments[i].path, folder))
			i++;
		Arena a = {0};
		Target *t = table_get(&s->by_path, str_join(&a, folder, S("index.md")));
		arena_release(&a);
		if (!t || !t->brief)
			continue;
		Brief *b = (Brief *)t->brief;
		b->attachments = &s->attachments[from];
		b->attachments_n = (uint32_t)(i - from);
	}
}

enum { ATTACHMENT_COMPARED = 1 << 20 }; /* a larger one is taken for what is committed while its size is the same */

static bool is_other_file(const Site *s, const VersionFile *f)
{
	Arena a = {0};
	Str bytes;
	uint64_t size = 0;
	const Target *t = table_get(&s->by_path, f->path);
	bool other = !t || !t->attachment || repo_size(s->repo, &f->blob, &size) != REPO_FINE || size != t->attachment->size;
	if (t && t->attachment && t->attachment->size <= ATTACHMENT_COMPARED && !source_read((Source *)s->source, f->path, ATTACHMENT_COMPARED, &a, &bytes))
		other = !file_is_blob(bytes, &f->blob);
	arena_release(&a);
	return other;
}

void brief_compare_files(const Site *s, Brief *b)
{
	const BriefHistory *h = b->history;
	const Version *v = h && h->state == BRIEF_PUBLISHED ? &h->versions[h->versions_n - 1] : NULL;
	if (!v || b->working_copy || !s->repo || source_folder(s->source) < 0)
		return;
	Str path = b->page.document->path, folder = str_upto(path, str_rfind_char(path, '/') + 1);
	uint32_t beside = 0;
	for (uint32_t i = 0; i < v->files_n && !b->working_copy; i++) {
		beside += b->page.document->bundle && str_starts(v->files[i].path, folder) && str_find_char(str_from(v->files[i].path, folder.n), '/') == SIZE_MAX;
		b->working_copy = is_other_file(s, &v->files[i]);
	}
	b->working_copy |= beside < b->attachments_n;
}

void graph_run(Site *s, const GraphRules *rules)
{
	make_briefs(s);
	make_shelves(s);
	graph_terms(s, rules->icu);
	for (size_t i = 0; i < s->briefs_n; i++)
		brief_relate(s, s->briefs[i]);
	graph_relate_back(s);
	link_bodies(s);
	link_translations(s);
	find_all_hidden(s);
	give_attachments(s);
	for (size_t i = 0; i < s->briefs_n; i++)
		brief_compare_files(s, s->briefs[i]);
	graph_versions(s);
	graph_leaves(s, rules);
}

/* ---- dump ---- */

static void dump_edge(Buf *b, Str from, Str to, const char *relation, const char *reason)
{
	buf_lit(b, "{\"from\":");
	buf_put_json(b, from);
	buf_printf(b, ",\"reason\":\"%s\",\"relation\":\"%s\",\"to\":", reason, relation);
	buf_put_json(b, to);
	buf_lit(b, "}\n");
}

void graph_dump(const Site *s, Buf *out)
{
	for (size_t i = 0; i < s->briefs_n; i++) {
		const Brief *b = s->briefs[i];
		Str from = b->page.document->address;
		for (uint32_t k = 0; k < b->related_n && !b->related[k].incoming; k++)
			dump_edge(out, from, b->related[k].brief ? b->related[k].brief->page.document->address : b->related[k].url,
			          relation_name(b->related[k].relation), "front matter");
		for (uint32_t k = 0; k < b->backlinks_n; k++)
			dump_edge(out, b->backlinks[k]->page.document->address, from, "links", "text");
		for (uint32_t k = 0; k < b->translations_n; k++)
			dump_edge(out, from, b->translations[k]->page.document->address, "translation", "front matter");
		for (uint32_t k = 0; k < b->terms_n; k++)
			dump_edge(out, from, b->terms[k]->page.url, "term", "front matter");
	}
}
