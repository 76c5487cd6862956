/* Terms: what briefs have in common. A term is known by its slug; a record in content/<taxonomy>/ gives it a title,
 * other names and a text. */
#include "graph/parts.h"
#include "lib/icu.h"
#include "links.h"

#include <stdlib.h>

static Term *term_new(Site *s, Vocabulary *v, Str slug, Str title, const Document *d)
{
	Term *t = NEW(&s->arena, Term);
	Str address = d ? d->address : str_printf(&s->arena, "%.*s%.*s/", STR_ARG(v->settings->address), STR_ARG(slug));
	*t = (Term){.slug = slug, .vocabulary = v,
	            .page = {.object = {&term_type}, .site = s, .kind = PAGE_TERM, .title = title, .document = d, .url = link_url(s, address, &s->arena),
	                     .lang = d && d->record.lang.n ? d->record.lang : s->settings->language}};
	if ((v->terms_n & (v->terms_n - 1)) == 0)
		v->terms = arena_grow(&s->arena, v->terms, v->terms_n, v->terms_n ? v->terms_n * 2 : 1, sizeof *v->terms);
	v->terms[v->terms_n++] = t;
	return t;
}

static void name_term(Vocabulary *v, Str name, Term *t)
{
	if (name.n && !table_get(&v->by_key, name))
		table_put(&v->by_key, name, t);
}

/* Records first: their names, slugs and aliases are what texts can say. */
static void add_records(Site *s, Vocabulary *v, uint32_t owner)
{
	for (size_t i = 0; i < s->documents_n; i++) {
		const Document *d = s->documents[i];
		if (d->kind != DOCUMENT_TERM || d->owner != owner || d->failed || (d->record.draft && !s->drafts))
			continue;
		const Record *r = &d->record;
		Str title = r->name.n ? r->name : r->title.n ? r->title : d->slug;
		Term *t = term_new(s, v, d->slug, title, d);
		name_term(v, title, t);
		name_term(v, d->slug, t);
		for (size_t k = 0; k < r->aliases.n; k++)
			name_term(v, r->aliases.at[k].text, t);
		for (size_t k = 0; k < r->former.n; k++)
			name_term(v, r->former.at[k].text, t);
	}
}

/* The term that a text names; made when there is none. */
static Term *term_of(Site *s, Vocabulary *v, Str text)
{
	Str slug = {0};
	Term *t = link_term(v, text, &slug, &s->arena);
	if (!t)
		name_term(v, slug, t = term_new(s, v, slug, text, NULL));
	name_term(v, text, t);
	return t;
}

void term_set_add(TermSet *set, const Term *t)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->at[i] == t)
			return;
	ARENA_ROOM(&set->arena, set->at, set->n, set->cap);
	set->at[set->n++] = t;
}

/* Its own and, where the taxonomy says so, those above them. */
void term_set_reach(TermSet *set, const Brief *b)
{
	enum { DEEPEST = 32 }; /* records can name each other in a circle */
	set->n = 0;
	for (uint32_t k = 0; k < b->terms_n; k++) {
		const Term *t = b->terms[k];
		term_set_add(set, t);
		for (int depth = 0; t->vocabulary->settings->hierarchical && t->parent && depth < DEEPEST; depth++)
			term_set_add(set, t = t->parent);
	}
}

static void name_terms(Site *s, TermSet *set, Brief *b)
{
	set->n = 0;
	for (size_t v = 0; v < s->vocabularies_n; v++) {
		Items items = record_terms(&b->page.document->record, s->vocabularies[v].settings->field, &s->arena);
		for (size_t k = 0; k < items.n; k++)
			term_set_add(set, term_of(s, &s->vocabularies[v], items.at[k].text));
	}
	b->terms = NEW_N(&s->arena, const Term *, set->n);
	b->terms_n = (uint32_t)set->n;
	if (set->n)
		memcpy(b->terms, set->at, set->n * sizeof *set->at);
}

void brief_name_terms(Site *s, Brief *b)
{
	TermSet set = {0};
	name_terms(s, &set, b);
	arena_release(&set.arena);
}

/* Two passes over all briefs: who has which term, then each term's list, newest first. */
static void give_terms(Site *s)
{
	TermSet set = {0};
	for (size_t i = 0; i < s->briefs_n; i++) {
		name_terms(s, &set, s->briefs[i]);
		term_set_reach(&set, s->briefs[i]);
		for (size_t k = 0; k < set.n; k++)
			((Term *)set.at[k])->briefs_n++;
	}
	for (size_t v = 0; v < s->vocabularies_n; v++)
		for (uint32_t k = 0; k < s->vocabularies[v].terms_n; k++) {
			Term *t = (Term *)s->vocabularies[v].terms[k];
			t->briefs = NEW_N(&s->arena, const Brief *, list_room(t->briefs_n));
			t->briefs_n = 0;
		}
	for (size_t i = 0; i < s->briefs_n; i++) {
		term_set_reach(&set, s->briefs[i]);
		for (size_t k = 0; k < set.n; k++) {
			Term *t = (Term *)set.at[k];
			t->briefs[t->briefs_n++] = s->briefs[i];
		}
	}
	arena_release(&set.arena);
}

static void give_parents(Site *s, Vocabulary *v)
{
	for (uint32_t i = 0; i < v->terms_n; i++) {
		Term *t = (Term *)v->terms[i];
		if (!t->page.document || !t->page.document->record.parent.n)
			continue;
		Term *parent = table_get(&v->by_key, t->page.document->record.parent);
		if (!parent || parent == t)
			continue;
		t->parent = parent;
		if ((parent->children_n & (parent->children_n - 1)) == 0)
			parent->children = arena_grow(&s->arena, parent->children, parent->children_n,
			                              parent->children_n ? parent->children_n * 2 : 1, sizeof *parent->children);
		parent->children[parent->children_n++] = t;
	}
}

typedef struct Keyed {
	Str key;
	const Term *term;
} Keyed;

static int by_key(const void *a, const void *b)
{
	const Keyed *x = a, *y = b;
	int c = str_cmp(x->key, y->key);
	return c ? c : str_cmp(x->term->slug, y->term->slug);
}

static bool are_years(const Vocabulary *v) { return str_eq(v->settings->field, S("date")); }

static Keyed key_of(const Site *s, const Term *t, Icu *icu, Arena *a)
{
	return (Keyed){are_years(t->vocabulary) ? t->page.title : icu_sort_key(icu, a, t->page.title, s->settings->language), t};
}

/* In reading order of the site's language; years newest first. */
static void sort_terms(Site *s, Vocabulary *v, Icu *icu)
{
	Arena scratch = {0};
	Keyed *list = NEW_N(&scratch, Keyed, v->terms_n);
	bool years = are_years(v);
	for (uint32_t i = 0; i < v->terms_n; i++)
		list[i] = key_of(s, v->terms[i], icu, &scratch);
	qsort(list, v->terms_n, sizeof *list, by_key);
	for (uint32_t i = 0; i < v->terms_n; i++)
		v->terms[years ? v->terms_n - 1 - i : i] = list[i].term;
	arena_release(&scratch);
}

void term_place(Site *s, Vocabulary *v, Icu *icu)
{
	Arena scratch = {0};
	const Term *t = v->terms[v->terms_n - 1];
	Keyed key = key_of(s, t, icu, &scratch);
	uint32_t from = 0, to = v->terms_n - 1;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		Keyed other = key_of(s, v->terms[middle], icu, &scratch);
		if ((by_key(&key, &other) < 0) != are_years(v))
			to = middle;
		else
			from = middle + 1;
	}
	memmove(&v->terms[from + 1], &v->terms[from], (v->terms_n - 1 - from) * sizeof *v->terms);
	v->terms[from] = t;
	arena_release(&scratch);
}

void term_forget(Vocabulary *v, const Term *t)
{
	uint32_t at = 0;
	while (v->terms[at] != t)
		at++;
	v->terms_n--;
	memmove(&v->terms[at], &v->terms[at + 1], (v->terms_n - at) * sizeof *v->terms);
	for (size_t i = 0; i < v->by_key.cap;) /* what is removed may be followed by what was behind it */
		if (v->by_key.slots[i].value == t)
			table_remove(&v->by_key, v->by_key.slots[i].key);
		else
			i++;
}

void graph_terms(Site *s, Icu *icu)
{
	const Settings *set = s->settings;
	s->vocabularies_n = set->taxonomies_n;
	s->vocabularies = NEW_N(&s->arena, Vocabulary, set->taxonomies_n);
	for (size_t i = 0; i < set->taxonomies_n; i++) {
		Vocabulary *v = &s->vocabularies[i];
		v->settings = &set->taxonomies[i];
		v->by_key.arena = &s->arena;
		v->page = (Page){.site = s, .kind = PAGE_TERMS, .title = v->settings->title.n ? v->settings->title : v->settings->name,
		                 .url = link_url(s, v->settings->address, &s->arena), .lang = set->language};
		add_records(s, v, (uint32_t)i);
		give_parents(s, v);
	}
	give_terms(s);
	for (size_t i = 0; i < s->vocabularies_n; i++)
		sort_terms(s, &s->vocabularies[i], icu);
}
