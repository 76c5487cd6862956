/* A changed file in the generation that is there: what followed from its old text goes, what follows from the new one
 * comes, and nothing else is looked at, so the time does not grow with the archive but for a walk over lists of pointers.
 * First everything is asked that could reach further (another address, a name that somebody uses, a term's title, an
 * address that is taken); then, with nothing left to fail, the generation is changed. tests/preview compares what comes
 * of it with fresh builds. */
#include "graph/parts.h"
#include "links.h"

typedef struct Patch {
	Site *s;
	const GraphRules *rules;
	Target *target;
	Brief *b;        /* NULL: the file is no brief's, or one that is not shown */
	const Document *old;
	Document *fresh;
	bool moves;      /* another place in lists by date, or in or out of feeds */
	bool reterms, relinks;
	TermSet before, after; /* on whose pages it was listed, and is; the latter but for new terms, until they are made */
	Arena arena;
} Patch;

enum { TERMS_MOST = 64 }; /* of one brief, to be patched */

/* ---- whether nothing else follows ---- */

static bool same_items(Items a, Items b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (!str_eq(a.at[i].text, b.at[i].text))
			return false;
	return true;
}

static bool same_links(const Document *a, const Document *b)
{
	if (a->links_n != b->links_n)
		return false;
	for (size_t i = 0; i < a->links_n; i++)
		if (a->links[i].kind != b->links[i].kind || !str_eq(a->links[i].target, b->links[i].target))
			return false;
	return true;
}

/* What decides where a page is and how it is made. */
static bool stays(const Document *a, const Document *b)
{
	const Record *x = &a->record, *y = &b->record;
	return str_eq(a->address, b->address) && str_eq(a->slug, b->slug) && str_eq(x->lang, y->lang) && str_eq(x->layout, y->layout) &&
	       same_items(x->aliases, y->aliases) && str_eq(x->translation_of, y->translation_of) && str_eq(x->image.path, y->image.path);
}

/* A brief that is not published: names that lead to it are known, so that nobody hears of it. */
static bool is_named_the_same(const Record *a, const Record *b) { return str_eq(a->id, b->id) && str_eq(a->title, b->title); }

/* Of a term's record: what briefs may call it, and where it stands. */
static bool is_called_the_same(const Record *a, const Record *b)
{
	return str_eq(a->name, b->name) && str_eq(a->title, b->title) && str_eq(a->parent, b->parent) && same_items(a->former, b->former) && a->draft == b->draft;
}

/* Files that are published because a text links to them. */
static bool has_loose_file(Patch *p, const Document *d)
{
	bool is_file, has = false;
	for (size_t k = 0; k < d->links_n && !has; k++)
		has = !link_target(p->s, d, d->links[k].target, &is_file) && link_loose_file(p->s, d, d->links[k].target, &p->arena).n;
	return has;
}

/* Names by which others mean this brief: none may be taken or left that somebody has asked for. */
static bool names_stay(const Patch *p)
{
	const Site *s = p->s;
	const Record *x = &p->old->record, *y = &p->fresh->record;
	const Str all[] = {p->old->address, p->old->slug, x->id, x->title}, changed[] = {x->id, y->id, x->title, y->title};
	if (!s->by_address.n)
		return true;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) /* the first in the order has a name that two share */
		if (p->moves && table_get(&s->shared, all[i]))
			return false;
	for (size_t i = 0; i < sizeof changed / sizeof *changed; i += 2) {
		if (str_eq(changed[i], changed[i + 1]))
			continue;
		if (table_get(&s->asked, changed[i]) || table_get(&s->asked, changed[i + 1]) || table_get(&s->shared, changed[i]) ||
		    table_get(&s->by_address, changed[i + 1]))
			return false;
	}
	return true;
}

static Items terms_in(Patch *p, const Document *d, const Vocabulary *v) { return record_terms(&d->record, v->settings->field, &p->arena); }

/* How the record's document calls the term; empty: it does not have it. */
static Str called(Patch *p, const Document *d, const Term *t)
{
	Items items = terms_in(p, d, t->vocabulary);
	Str slug;
	for (size_t k = 0; k < items.n; k++)
		if (link_term(t->vocabulary, items.at[k].text, &slug, &p->arena) == t)
			return items.at[k].text;
	return (Str){0};
}

/* The first brief of a term without a record gives it its title. */
static bool keeps_title(Patch *p, const Term *t)
{
	Str title = called(p, p->fresh, t);
	const Brief *rest = NULL;
	for (uint32_t i = 0; i < t->briefs_n && !rest; i++)
		rest = t->briefs[i] == p->b ? NULL : t->briefs[i];
	Brief self = {.page = {.document = p->fresh}};
	if (t->page.document || (!rest && !title.n)) /* or goes away altogether */
		return true;
	if (rest && (!title.n || brief_order(rest, &self) < 0))
		title = called(p, rest->page.document, t);
	return str_eq(title, t->page.title);
}

static bool has_term(const TermSet *set, const Term *t)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->at[i] == t)
			return true;
	return false;
}

/* The sheets and feeds that a list gains or loses. */
static bool list_fits(Patch *p, const List *list, uint32_t before, uint32_t after)
{
	uint32_t each, had = before ? list_sheets(p->rules, list, before, &each) : 0, gets = after ? list_sheets(p->rules, list, after, &each) : 0;
	bool fits = true;
	for (uint32_t i = had; i < gets; i++)
		fits &= leaf_may_come(p->s, list_sheet_path(&p->arena, list, i + 1));
	for (uint32_t i = gets; i < had; i++)
		fits &= leaf_may_go(p->s, list_sheet_path(&p->arena, list, i + 1));
	Str feed = str_from(str_join(&p->arena, list->address, S("feed.xml")), 1);
	if (list->feed && !had)
		fits &= leaf_may_come(p->s, feed);
	if (list->feed && !gets)
		fits &= leaf_may_go(p->s, feed);
	return fits;
}

static bool term_fits(Patch *p, const Term *t)
{
	List list = list_of_term(p->s, t);
	bool had = has_term(&p->before, t), has = has_term(&p->after, t);
	uint32_t n = t->briefs_n - had + has, least = t->page.document ? 1 : 0; /* a record has a page, whoever names it */
	return keeps_title(p, t) && list_fits(p, &list, t->briefs_n < least ? least : t->briefs_n, n < least ? least : n);
}

/* A term that nobody had. */
static bool new_term_fits(Patch *p, const Vocabulary *v, Str slug)
{
	Term t = {.vocabulary = v, .slug = slug};
	List list = list_of_term(p->s, &t);
	list.address = str_printf(&p->arena, "%.*s%.*s/", STR_ARG(v->settings->address), STR_ARG(slug));
	return list_fits(p, &list, 0, 1);
}

/* Fills before and after. */
static bool terms_fit(Patch *p)
{
	TermSet own = {0};
	bool fits = true;
	for (size_t i = 0; i < p->s->vocabularies_n; i++) {
		const Vocabulary *v = &p->s->vocabularies[i];
		Items items = terms_in(p, p->fresh, v);
		p->reterms |= !same_items(terms_in(p, p->old, v), items);
		for (size_t k = 0; k < items.n && fits; k++) {
			Str slug = {0};
			const Term *t = link_term(v, items.at[k].text, &slug, &p->arena);
			if (t)
				term_set_add(&own, t);
			else
				fits = new_term_fits(p, v, slug);
		}
	}
	if (p->reterms || p->moves) {
		term_set_reach(&p->before, p->b);
		term_set_reach(&p->after, &(Brief){.terms = own.at, .terms_n = (uint32_t)own.n});
		fits &= own.n < TERMS_MOST && p->before.n < TERMS_MOST;
		for (size_t i = 0; i < p->before.n && fits; i++)
			fits = term_fits(p, p->before.at[i]);
		for (size_t i = 0; i < p->after.n && fits; i++)
			fits = has_term(&p->before, p->after.at[i]) || term_fits(p, p->after.at[i]);
	}
	arena_release(&own.arena);
	return fits;
}

/* A sitemap is cut into files by the number of its pages. */
static bool sitemap_stays(const Site *s)
{
	size_t least = s->in_sitemap > 2 * TERMS_MOST ? s->in_sitemap - 2 * TERMS_MOST : 1, most = s->in_sitemap + 2 * TERMS_MOST;
	return (least - 1) / SITEMAP_LENGTH == (most - 1) / SITEMAP_LENGTH;
}

/* Pages of the brief that have its title of their own: tombstones of versions whose text is withheld. */
static bool has_withheld(const BriefHistory *h)
{
	for (uint32_t i = 0; h && i < h->versions_n; i++)
		if (h->versions[i].suppressed)
			return true;
	return false;
}

static bool brief_fits(Patch *p)
{
	document_date_by_history(p->s, p->fresh);
	const Record *x = &p->old->record, *y = &p->fresh->record;
	if (p->old->not_utf8 != p->fresh->not_utf8 || (!str_eq(x->title, y->title) && has_withheld(p->b->history)) ||
	    (p->s->finds_hidden && document_names_hidden(p->s, p->fresh) != p->b->names_hidden))
		return false;
	p->moves = x->date.seconds != y->date.seconds || brief_is_public(p->s, p->old) != brief_is_public(p->s, p->fresh);
	return !(p->moves && p->b->translations_n) && names_stay(p) && terms_fit(p) && (!p->reterms || sitemap_stays(p->s));
}

/* ---- what follows ---- */

/* Where the brief stands, or would, in a list of others by their order. */
static uint32_t place_in(const Brief *const *list, uint32_t n, const Brief *b)
{
	uint32_t from = 0, to = n;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		if (brief_order(list[middle], b) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* False: it is not in the list. */
static bool take_out(const Brief **list, uint32_t *n, const Brief *b)
{
	uint32_t at = 0;
	while (at < *n && list[at] != b)
		at++;
	if (at == *n)
		return false;
	memmove(&list[at], &list[at + 1], (--*n - at) * sizeof *list);
	return true;
}

static void put_in(const Brief **list, uint32_t *n, const Brief *b)
{
	uint32_t at = place_in(list, *n, b);
	memmove(&list[at + 1], &list[at], ((*n)++ - at) * sizeof *list);
	list[at] = b;
}

/* With its document in place, so that the order is the new one. */
static void move(const Brief **list, uint32_t n, const Brief *b)
{
	if (take_out(list, &n, b))
		put_in(list, &n, b);
}

static void join(Patch *p, const Brief ***list, uint32_t *n, const Brief *b)
{
	brief_add(&p->s->arena, list, n, b); /* makes room */
	move(*list, *n, b);
}

static void move_values(Value list, const Brief *const *briefs)
{
	Value *values = (Value *)list.list;
	for (uint32_t i = 0; i < list.n; i++)
		values[i] = value_object(&briefs[i]->page.object);
}

static void link_neighbours(const Shelf *shelf, uint32_t at)
{
	Brief *b = (Brief *)shelf->briefs[at];
	b->newer = at ? shelf->briefs[at - 1] : NULL;
	b->older = at + 1 < shelf->briefs_n ? shelf->briefs[at + 1] : NULL;
}

static void move_on_shelf(Patch *p, Shelf *shelf)
{
	Brief *newer = (Brief *)p->b->newer, *older = (Brief *)p->b->older;
	move(shelf->briefs, shelf->briefs_n, p->b);
	uint32_t at = place_in(shelf->briefs, shelf->briefs_n, p->b);
	if (newer)
		newer->older = older;
	if (older)
		older->newer = newer;
	link_neighbours(shelf, at);
	if (at)
		link_neighbours(shelf, at - 1);
	if (at + 1 < shelf->briefs_n)
		link_neighbours(shelf, at + 1);
	move_values(shelf->list, shelf->briefs);
}

static void feed_again(Patch *p, List list)
{
	if (p->s->drafts && list.page) /* else a feed is the beginning of the list itself */
		list_again(p->s, p->rules, &list, true);
}

/* The lists that it stays in, at another place. */
static void move_in_lists(Patch *p)
{
	Site *s = p->s;
	Shelf *shelf = &s->shelves[p->fresh->owner];
	List language = list_of_language(s, p->b->page.lang);
	move((const Brief **)s->briefs, (uint32_t)s->briefs_n, p->b);
	for (size_t i = 0; i < s->briefs_n; i++)
		if (s->briefs[i]->number != i)
			s->briefs[i]->number = (uint32_t)i;
	move_values(s->briefs_value, (const Brief *const *)s->briefs);
	move_on_shelf(p, shelf);
	if (language.page)
		move(language.briefs, language.n, p->b);
	feed_again(p, list_of_home(s));
	feed_again(p, list_of_shelf(s, shelf));
	feed_again(p, language);
}

static Vocabulary *vocabulary_of(const Term *t) { return (Vocabulary *)t->vocabulary; }

static void leave_term(Patch *p, Term *t)
{
	take_out(t->briefs, &t->briefs_n, p->b);
	List list = list_of_term(p->s, t);
	if (t->briefs_n || t->page.document) {
		list_again(p->s, p->rules, &list, false);
		return;
	}
	list_forget(p->s, &list);
	term_forget(vocabulary_of(t), t);
}

static void join_term(Patch *p, Term *t)
{
	join(p, &t->briefs, &t->briefs_n, p->b);
	List list = list_of_term(p->s, t);
	list_again(p->s, p->rules, &list, false);
}

static void change_terms(Patch *p)
{
	Site *s = p->s;
	uint32_t *known = NEW_N(&p->arena, uint32_t, s->vocabularies_n);
	for (size_t i = 0; i < s->vocabularies_n; i++)
		known[i] = s->vocabularies[i].terms_n;
	if (p->reterms)
		brief_name_terms(s, p->b);
	for (size_t i = 0; i < s->vocabularies_n; i++)
		for (Vocabulary *v = &s->vocabularies[i]; known[i] < v->terms_n; known[i]++) { /* new ones, the first of them first */
			uint32_t all = v->terms_n;
			v->terms_n = known[i] + 1;
			term_place(s, v, p->rules->icu);
			v->terms_n = all;
		}
	term_set_reach(&p->after, p->b);
	for (size_t i = 0; i < p->after.n; i++) {
		Term *t = (Term *)p->after.at[i];
		if (!has_term(&p->before, t)) {
			join_term(p, t);
		} else if (p->moves) {
			move(t->briefs, t->briefs_n, p->b);
			feed_again(p, list_of_term(s, t));
		}
	}
	for (size_t i = 0; i < p->before.n; i++)
		if (!has_term(&p->after, p->before.at[i]))
			leave_term(p, (Term *)p->before.at[i]);
}

/* Each once. */
static const Brief **linked_by(Patch *p, const Document *d, uint32_t *n)
{
	const Brief **list = NULL;
	*n = 0;
	for (size_t k = 0; k < d->links_n; k++) {
		const Brief *to = brief_linked(p->s, d, &d->links[k]);
		bool is_new = to && to != p->b;
		for (uint32_t i = 0; i < *n && is_new; i++)
			is_new = list[i] != to;
		if (is_new)
			brief_add(&p->arena, &list, n, to);
	}
	return list;
}

static void change_backlinks(Patch *p)
{
	uint32_t before_n, after_n;
	const Brief **before = linked_by(p, p->old, &before_n), **after = linked_by(p, p->fresh, &after_n);
	for (uint32_t i = 0; i < before_n; i++)
		take_out(((Brief *)before[i])->backlinks, &((Brief *)before[i])->backlinks_n, p->b);
	for (uint32_t i = 0; i < after_n; i++)
		join(p, &((Brief *)after[i])->backlinks, &((Brief *)after[i])->backlinks_n, p->b);
}

static bool says_more(const Record *r)
{
	for (size_t i = 0; i < r->related_n; i++)
		if (r->related[i].relation != RELATION_RELATED)
			return true;
	return false;
}

static void change_names(Patch *p)
{
	Site *s = p->s;
	const Record *x = &p->old->record, *y = &p->fresh->record;
	const Str changed[] = {x->id, y->id, x->title, y->title};
	Target *t = s->by_address.n ? table_get(&s->by_address, p->fresh->address) : NULL;
	if (!t || t->brief != p->b)
		return;
	t->document = p->fresh;
	for (size_t i = 0; i < sizeof changed / sizeof *changed; i += 2)
		if (!str_eq(changed[i], changed[i + 1]) && changed[i].n && table_get(&s->by_address, changed[i]) == t)
			table_remove(&s->by_address, changed[i]);
	for (size_t i = 0; i < sizeof changed / sizeof *changed; i += 2)
		brief_name(s, changed[i + 1], t);
}

static void change_updated(Site *s)
{
	s->updated = (Date){0};
	for (size_t i = 0; i < s->briefs_n; i++)
		if (s->briefs[i]->updated.seconds > s->updated.seconds)
			s->updated = s->briefs[i]->updated;
}

static void change_brief(Patch *p)
{
	int64_t updated = p->b->updated.seconds;
	brief_attach_history(p->s, p->b);
	brief_compare_files(p->s, p->b);
	if (p->b->updated.seconds != updated)
		change_updated(p->s);
	change_names(p);
	if (p->moves)
		move_in_lists(p);
	if (p->reterms || p->moves)
		change_terms(p);
	if (p->relinks || p->moves)
		change_backlinks(p);
	brief_relate(p->s, p->b);
	if (says_more(&p->old->record) || says_more(&p->fresh->record))
		graph_relate_back(p->s);
}

/* The page of the file, or NULL where it is shown nowhere. *fits false: the generation does not know it as it was. */
static Page *page_of(Patch *p, bool *fits)
{
	const Leaf *leaf = p->b || p->target->state != TARGET_PUBLIC ? NULL : graph_page(p->s, p->old->address);
	Page *page = p->b ? &p->b->page : leaf ? (Page *)leaf->page : NULL;
	*fits = p->target->state != TARGET_PUBLIC || (page && page->document == p->old);
	return page;
}

bool graph_patch(Site *s, const GraphRules *rules, const Document *old, Document *fresh)
{
	Target *t = table_get(&s->by_path, old->path);
	Patch p = {.s = s, .rules = rules, .target = t, .b = t ? (Brief *)t->brief : NULL, .old = old, .fresh = fresh};
	bool fits = false;
	Page *page = t && stays(old, fresh) && (old->kind != DOCUMENT_TERM || is_called_the_same(&old->record, &fresh->record)) ? page_of(&p, &fits) : NULL;
	p.relinks = !same_links(old, fresh);
	if (fits && p.relinks)
		fits = !has_loose_file(&p, old) && !has_loose_file(&p, fresh);
	if (fits && p.b)
		fits = brief_fits(&p);
	else if (fits && old->kind == DOCUMENT_BRIEF)
		fits = is_named_the_same(&old->record, &fresh->record);
	if (fits) {
		t->document = fresh;
		if (page) {
			page->document = fresh;
			if (old->kind != DOCUMENT_TERM)
				page->title = fresh->record.title;
		}
		if (p.b)
			change_brief(&p);
	}
	arena_release(&p.before.arena);
	arena_release(&p.after.arena);
	arena_release(&p.arena);
	return fits;
}
