/* Two sides become steps: units that stayed, changed, came, went, moved. */
#include "doc/redline_inner.h"

#include <stdlib.h>

enum {
	MOST_STEPS = 800,       /* of an edit script: beyond it a text is another one */
	WIDEST_GAP = 96,        /* units that are paired by all their combinations */
	SHORTEST_MOVE = 4,      /* tokens that a moved block has at least */
	SHORTEST_EDITED = 8,    /* the same of one that was edited too */
	MOST_EDITED = 256       /* pairs of such blocks that are looked at */
};
static const double least_alike = 0.4; /* of the words of two blocks, for one to be the other changed */
static const double moved_alike = 0.6; /* the same for one that stands elsewhere */

typedef struct Matcher {
	Redline *r;
	const RedlineSide *a, *b;
	struct Icu *icu;
	Arena *arena;
	Step *steps;
	uint32_t steps_n, steps_cap;
	Tokens **old_tokens, **new_tokens; /* of a unit's blocks, made when first asked for */
	RedlineSection *sections;
	uint32_t sections_n, sections_cap;
	bool in_notes;    /* the section at hand is that of the notes, which have no heading */
} Matcher;

/* ---- Tokens of units ---- */

static Tokens *tokens_of(Matcher *m, const RedlineSide *s, Tokens **made, uint32_t unit)
{
	if (made[unit])
		return made[unit];
	const Unit *u = s->units + unit;
	Tokens *t = NEW_N(m->arena, Tokens, u->n);
	for (uint32_t i = 0; i < u->n; i++) {
		const Block *b = s->blocks + u->block + i;
		tokens_make(t + i, b->html, is_pre(s, b), m->icu, s->doc->lang, m->arena);
	}
	return made[unit] = t;
}

static Tokens *old_tokens(Matcher *m, uint32_t unit)
{
	return tokens_of(m, m->a, m->old_tokens, unit);
}

static Tokens *new_tokens(Matcher *m, uint32_t unit)
{
	return tokens_of(m, m->b, m->new_tokens, unit);
}

static uint32_t words_of(const Tokens *t, uint32_t n)
{
	uint32_t words = 0;
	for (uint32_t i = 0; i < n; i++)
		words += t[i].words;
	return words;
}

/* ---- Likeness ---- */

typedef struct Bag { /* the ids of a unit's words, sorted */
	uint64_t *ids;
	uint32_t n;
} Bag;

static int by_id(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
	return a < b ? -1 : a > b;
}

static Bag bag_of(Matcher *m, const Tokens *t, uint32_t n)
{
	uint32_t all = 0;
	for (uint32_t i = 0; i < n; i++)
		all += t[i].n;
	Bag bag = {NEW_N(m->arena, uint64_t, all), 0};
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < t[i].n; k++)
			if (t[i].list[k].words)
				bag.ids[bag.n++] = t[i].list[k].id;
	if (!bag.n) /* pictures, signs: compared by those */
		for (uint32_t i = 0; i < n; i++)
			for (uint32_t k = 0; k < t[i].n; k++)
				bag.ids[bag.n++] = t[i].list[k].id;
	qsort(bag.ids, bag.n, sizeof *bag.ids, by_id);
	return bag;
}

static double alike(Bag a, Bag b)
{
	uint32_t i = 0, j = 0, common = 0;
	while (i < a.n && j < b.n) {
		common += a.ids[i] == b.ids[j];
		uint64_t x = a.ids[i], y = b.ids[j];
		i += x <= y;
		j += y <= x;
	}
	return a.n + b.n ? 2.0 * common / (a.n + b.n) : 1;
}

/* ---- Alignment of elements ---- */

/* Matched blocks say which element of the old side lives on as which of the new one. */
static void map_elements(Matcher *m, const Block *old, const Block *new)
{
	uint32_t x = old->element, y = new->element;
	const Element *ea = m->a->elements, *eb = m->b->elements;
	while (x != NO_ELEMENT && y != NO_ELEMENT && ea[x].depth > eb[y].depth)
		x = ea[x].parent;
	while (x != NO_ELEMENT && y != NO_ELEMENT && eb[y].depth > ea[x].depth)
		y = eb[y].parent;
	for (; x != NO_ELEMENT && y != NO_ELEMENT; x = ea[x].parent, y = eb[y].parent)
		if (str_eq(ea[x].name, eb[y].name) && !m->r->map[x] && !m->r->taken[y]) {
			m->r->map[x] = y + 1;
			m->r->taken[y] = true;
		}
}

static void map_units(Matcher *m, uint32_t old, uint32_t new)
{
	const Unit *u = m->a->units + old, *v = m->b->units + new;
	for (uint32_t i = 0; i < u->n && i < v->n; i++)
		map_elements(m, m->a->blocks + u->block + i, m->b->blocks + v->block + i);
}

/* ---- Steps and sections ---- */

static Step *step_add(Matcher *m, RedlineMark mark, uint32_t old, uint32_t new)
{
	ARENA_ROOM(m->arena, m->steps, m->steps_n, m->steps_cap);
	Step *s = m->steps + m->steps_n++;
	*s = (Step){.mark = mark, .old = old, .new = new};
	return s;
}

/* ---- Pairs ---- */

static bool same_text(const Token *a, const Token *b) /* ids are hashes: looked at, not trusted */
{
	return str_eq(a->html, b->html);
}

static void add_run(Pair *p, uint32_t *cap, Run run, Arena *arena)
{
	ARENA_ROOM(arena, p->runs, p->runs_n, *cap);
	p->runs[p->runs_n++] = run;
}

/* A sign or a space alone between two changes belongs to both: it would only break them up. */
static bool is_crumb(const Pair *p, const Run *r)
{
	for (uint32_t i = 0; i < r->n; i++)
		if (p->new.list[r->to + i].words || str_starts(p->new.list[r->to + i].html, S("<")))
			return false;
	return r->n <= 2;
}

/* Gathers what went before what came, between each two runs of words that stayed. */
static void settle_runs(Pair *p, const Run *found, uint32_t n, Arena *arena)
{
	uint32_t cap = 0, x = 0, y = 0; /* tokens settled on both sides */
	for (uint32_t i = 0; i <= n; i++) {
		bool stays = i < n && found[i].kind == RUN_SAME;
		if (i < n && (!stays || (i > 0 && i + 1 < n && is_crumb(p, found + i))))
			continue;
		uint32_t old_end = i < n ? found[i].from : p->old.n, new_end = i < n ? found[i].to : p->new.n;
		if (old_end > x)
			add_run(p, &cap, (Run){RUN_DELETED, x, y, old_end - x}, arena);
		if (new_end > y)
			add_run(p, &cap, (Run){RUN_INSERTED, old_end, y, new_end - y}, arena);
		if (i < n) {
			add_run(p, &cap, found[i], arena);
			x = found[i].from + found[i].n;
			y = found[i].to + found[i].n;
		}
	}
}

static uint64_t format_of(const Tokens *t, uint32_t element) /* tags around a word, without the links of notes */
{
	uint64_t h = 0;
	for (; element != NO_ELEMENT; element = t->elements[element].parent) {
		const Element *e = t->elements + element;
		bool link = str_eq(e->name, S("a")), inner = link && memmem(e->tag.p, e->tag.n, "href=\"#", 7);
		if (!inner && !str_eq(e->name, S("sup")) && !str_eq(e->name, S("span")))
			h = h * 31 + str_hash(link ? e->tag : e->name);
	}
	return h;
}

void pair_compare(Pair *p, Arena *arena)
{
	uint64_t *ids = NEW_N(arena, uint64_t, p->old.n + p->new.n);
	for (uint32_t i = 0; i < p->old.n; i++)
		ids[i] = p->old.list[i].id;
	for (uint32_t i = 0; i < p->new.n; i++)
		ids[p->old.n + i] = p->new.list[i].id;
	Run *found;
	uint32_t n;
	diff_ids(ids, p->old.n, ids + p->old.n, p->new.n, MOST_STEPS, &found, &n, arena);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; found[i].kind == RUN_SAME && k < found[i].n; k++) {
			const Token *a = p->old.list + found[i].from + k, *b = p->new.list + found[i].to + k;
			if (!same_text(a, b)) { /* two texts with one hash: nothing here is taken for the same */
				n = 0;
				break;
			}
			bool inside = a + 1 < p->old.list + p->old.n && b + 1 < p->new.list + p->new.n;
			p->reformatted |= format_of(&p->old, a->element) != format_of(&p->new, b->element) || (inside && !a->space.n != !b->space.n);
		}
	settle_runs(p, found, n, arena);
}

static void count_pair(const Pair *p, RedlineSection *s)
{
	for (uint32_t i = 0; i < p->runs_n; i++) {
		const Run *run = p->runs + i;
		for (uint32_t k = 0; k < run->n; k++) {
			if (run->kind == RUN_DELETED)
				s->removed += p->old.list[run->from + k].words;
			else if (run->kind == RUN_INSERTED)
				s->added += p->new.list[run->to + k].words;
		}
	}
}

static bool all_same(const Step *s, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < s->pairs[i].runs_n; k++)
			if (s->pairs[i].runs[k].kind != RUN_SAME)
				return false;
	return true;
}

/* Do the elements around two blocks have the same names? */
static bool same_path(const Matcher *m, const Block *old, const Block *new)
{
	uint32_t x = old->element, y = new->element;
	for (; x != NO_ELEMENT && y != NO_ELEMENT; x = m->a->elements[x].parent, y = m->b->elements[y].parent)
		if (!str_eq(m->a->elements[x].name, m->b->elements[y].name))
			return false;
	return x == y;
}

static void pair_units(Matcher *m, uint32_t old, uint32_t new)
{
	const Unit *u = m->a->units + old, *v = m->b->units + new;
	map_units(m, old, new);
	Step *s = step_add(m, RL_CHANGED, old, new);
	s->pairs = NEW_N(m->arena, Pair, u->n);
	bool reformatted = false;
	for (uint32_t i = 0; i < u->n; i++) {
		s->pairs[i].old = old_tokens(m, old)[i];
		s->pairs[i].new = new_tokens(m, new)[i];
		pair_compare(s->pairs + i, m->arena);
		reformatted |= s->pairs[i].reformatted || !same_path(m, m->a->blocks + u->block + i, m->b->blocks + v->block + i);
	}
	if (all_same(s, u->n))
		s->mark = reformatted ? RL_REFORMATTED : RL_SAME; /* lines broken elsewhere are no change */
}

static void one_sided(Matcher *m, bool old, uint32_t unit)
{
	Step *s = step_add(m, old ? RL_REMOVED : RL_ADDED, old ? unit : NO_ELEMENT, old ? NO_ELEMENT : unit);
	s->tokens = old ? old_tokens(m, unit) : new_tokens(m, unit);
}

static bool pairable(const Matcher *m, uint32_t old, uint32_t new)
{
	const Unit *u = m->a->units + old, *v = m->b->units + new;
	return u->row == v->row && u->n == v->n;
}

/* The order-keeping pairing that keeps most words, of at most WIDEST_GAP units a side. */
static void pair_gap(Matcher *m, uint32_t a, uint32_t n, uint32_t b, uint32_t k)
{
	if (!n || !k) {
		while (n--)
			one_sided(m, true, a++);
		while (k--)
			one_sided(m, false, b++);
		return;
	}
	Bag *bags_a = NEW_N(m->arena, Bag, n), *bags_b = NEW_N(m->arena, Bag, k);
	float *best = NEW_N(m->arena, float, (size_t)(n + 1) * (k + 1)), *like = NEW_N(m->arena, float, (size_t)n * k);
	for (uint32_t i = 0; i < n; i++)
		bags_a[i] = bag_of(m, old_tokens(m, a + i), m->a->units[a + i].n);
	for (uint32_t j = 0; j < k; j++)
		bags_b[j] = bag_of(m, new_tokens(m, b + j), m->b->units[b + j].n);
	for (uint32_t i = n; i-- > 0;)
		for (uint32_t j = k; j-- > 0;) {
			double l = pairable(m, a + i, b + j) ? alike(bags_a[i], bags_b[j]) : 0;
			like[i * k + j] = l >= least_alike ? (float)(l * (bags_a[i].n + bags_b[j].n + 1)) : 0;
			float *at = best + i * (k + 1) + j, skip = at[1] > at[k + 1] ? at[1] : at[k + 1];
			float take = like[i * k + j] > 0 ? like[i * k + j] + at[k + 2] : 0;
			*at = take > skip ? take : skip;
		}
	uint32_t i = 0, j = 0;
	while (i < n && j < k) {
		const float *at = best + i * (k + 1) + j;
		if (like[i * k + j] > 0 && *at == like[i * k + j] + at[k + 2])
			pair_units(m, a + i++, b + j++);
		else if (*at == at[k + 1])
			one_sided(m, true, a + i++);
		else
			one_sided(m, false, b + j++);
	}
	while (i < n)
		one_sided(m, true, a + i++);
	while (j < k)
		one_sided(m, false, b + j++);
}

static void gap(Matcher *m, uint32_t a, uint32_t n, uint32_t b, uint32_t k)
{
	while (n > WIDEST_GAP || k > WIDEST_GAP) { /* slices of about the same share of both */
		uint32_t part = (n > k ? n : k) / WIDEST_GAP + 1, x = n / part, y = k / part;
		pair_gap(m, a, x, b, y);
		a += x, n -= x, b += y, k -= y;
	}
	pair_gap(m, a, n, b, k);
}

static void same_units(Matcher *m, uint32_t old, uint32_t new)
{
	const Unit *u = m->a->units + old, *v = m->b->units + new;
	bool raw = true, same = u->n == v->n;
	for (uint32_t i = 0; same && i < u->n; i++) {
		const Block *b = m->b->blocks + v->block + i;
		same = str_eq(m->a->blocks[u->block + i].html, b->html); /* a hash is looked at, not trusted */
		raw = raw && b->raw;
	}
	if (!same) {
		one_sided(m, true, old);
		one_sided(m, false, new);
		return;
	}
	Step *s = step_add(m, RL_SAME, old, new);
	if (!raw)
		s->tokens = new_tokens(m, new);
}

static void match(Matcher *m)
{
	const RedlineSide *a = m->a, *b = m->b;
	uint64_t *ids = NEW_N(m->arena, uint64_t, a->units_n + b->units_n);
	for (uint32_t i = 0; i < a->units_n; i++)
		ids[i] = a->units[i].hash;
	for (uint32_t i = 0; i < b->units_n; i++)
		ids[a->units_n + i] = b->units[i].hash;
	Run *runs;
	uint32_t n;
	diff_ids(ids, a->units_n, ids + a->units_n, b->units_n, MOST_STEPS, &runs, &n, m->arena);
	for (uint32_t i = 0; i < n; i++) /* the elements that live on are known before anything is written into them */
		for (uint32_t k = 0; runs[i].kind == RUN_SAME && k < runs[i].n; k++)
			map_units(m, runs[i].from + k, runs[i].to + k);
	uint32_t x = 0, y = 0;
	for (uint32_t i = 0; i <= n; i++) {
		if (i < n && runs[i].kind != RUN_SAME)
			continue;
		uint32_t old_end = i < n ? runs[i].from : a->units_n, new_end = i < n ? runs[i].to : b->units_n;
		if (old_end > x || new_end > y)
			gap(m, x, old_end - x, y, new_end - y);
		for (uint32_t k = 0; i < n && k < runs[i].n; k++)
			same_units(m, runs[i].from + k, runs[i].to + k);
		x = i < n ? runs[i].from + runs[i].n : x;
		y = i < n ? runs[i].to + runs[i].n : y;
	}
}

/* ---- Moves ---- */

static uint32_t tokens_in(const Tokens *t, uint32_t n)
{
	uint32_t all = 0;
	for (uint32_t i = 0; i < n; i++)
		all += t[i].n;
	return all;
}

typedef struct Mover { /* a block that may have moved */
	Step *step;
	Bag bag;
} Mover;

static uint32_t movers_of(Matcher *m, RedlineMark mark, Mover *out)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < m->steps_n; i++) {
		Step *s = m->steps + i;
		const Unit *u = s->mark != mark ? NULL : mark == RL_REMOVED ? m->a->units + s->old : m->b->units + s->new;
		if (u && !u->row && tokens_in(s->tokens, u->n) >= SHORTEST_EDITED)
			out[n++] = (Mover){s, {0}};
	}
	return n;
}

static void move_edited(Matcher *m, Step *from, Step *to)
{
	uint32_t n = m->b->units[to->new].n;
	from->pairs = to->pairs = NEW_N(m->arena, Pair, n);
	for (uint32_t i = 0; i < n; i++) {
		to->pairs[i].old = from->tokens[i];
		to->pairs[i].new = to->tokens[i];
		pair_compare(to->pairs + i, m->arena);
	}
	from->mark = to->mark = RL_MOVED;
}

/* What went in one place and came in another with most of its words has moved and was edited: each block takes the
 * one most like it. */
static void find_edited_moves(Matcher *m)
{
	Mover *gone = NEW_N(m->arena, Mover, m->steps_n), *come = NEW_N(m->arena, Mover, m->steps_n);
	uint32_t gone_n = movers_of(m, RL_REMOVED, gone), come_n = gone_n ? movers_of(m, RL_ADDED, come) : 0;
	if (!gone_n || !come_n || (uint64_t)gone_n * come_n > MOST_EDITED)
		return;
	for (uint32_t i = 0; i < gone_n; i++)
		gone[i].bag = bag_of(m, gone[i].step->tokens, m->a->units[gone[i].step->old].n);
	for (uint32_t j = 0; j < come_n; j++) {
		Mover *to = come + j, *best = NULL;
		double most = moved_alike;
		to->bag = bag_of(m, to->step->tokens, m->b->units[to->step->new].n);
		for (Mover *from = gone; from < gone + gone_n; from++) {
			bool free = from->step->mark == RL_REMOVED && m->a->units[from->step->old].n == m->b->units[to->step->new].n;
			double like = free ? alike(from->bag, to->bag) : 0;
			if (like >= most && (!best || like > most)) {
				best = from;
				most = like;
			}
		}
		if (best)
			move_edited(m, best->step, to->step);
	}
}

/* What went in one place and came in another, word for word, has moved. */
static void find_moves(Matcher *m)
{
	Table gone = {.arena = m->arena};
	for (uint32_t i = 0; i < m->steps_n; i++) {
		Step *s = m->steps + i;
		if (s->mark == RL_REMOVED && tokens_in(s->tokens, m->a->units[s->old].n) >= SHORTEST_MOVE)
			table_put(&gone, str_n((const char *)&m->a->units[s->old].words, sizeof(uint64_t)), s);
	}
	for (uint32_t i = 0; gone.n && i < m->steps_n; i++) {
		Step *s = m->steps + i;
		if (s->mark != RL_ADDED)
			continue;
		Str key = str_n((const char *)&m->b->units[s->new].words, sizeof(uint64_t));
		Step *from = table_get(&gone, key);
		if (!from)
			continue;
		table_remove(&gone, key);
		from->mark = s->mark = RL_MOVED;
	}
	find_edited_moves(m);
}

/* ---- Sections ---- */

static Str text_of(Matcher *m, Str html)
{
	char *p = arena_bytes(m->arena, html.n);
	size_t n = 0;
	bool tag = false;
	for (size_t i = 0; i < html.n; i++) {
		tag = tag || html.p[i] == '<';
		if (!tag)
			p[n++] = html.p[i];
		tag = tag && html.p[i] != '>';
	}
	return md_unescape((Str){p, n}, m->arena);
}

/* The value of an attribute, which is written as ` name="`. */
static Str attribute(Str tag, Str name)
{
	size_t at = str_find(tag, name);
	if (at == SIZE_MAX)
		return (Str){0};
	Str rest = str_from(tag, at + name.n);
	return str_cut(&rest, '"');
}

/* What the section of notes calls itself; empty: the unit is no note. */
static Str notes_name(const RedlineSide *side, uint32_t unit)
{
	uint32_t e = side->blocks[side->units[unit].block].element;
	while (e != NO_ELEMENT && side->elements[e].depth)
		e = side->elements[e].parent;
	if (e == NO_ELEMENT || !str_starts(side->elements[e].tag, S("<section class=\"footnotes\"")))
		return (Str){0};
	return attribute(side->elements[e].tag, S(" aria-label=\""));
}

static RedlineSection *section_add(Matcher *m, RedlineSection s)
{
	ARENA_ROOM(m->arena, m->sections, m->sections_n, m->sections_cap);
	m->sections[m->sections_n] = s;
	return m->sections + m->sections_n++;
}

/* A heading begins a section, and so does the first of the notes. */
static void section_begin(Matcher *m, const Step *s)
{
	const RedlineSide *side = s->new != NO_ELEMENT ? m->b : m->a;
	uint32_t unit = side == m->b ? s->new : s->old;
	const Block *b = side->blocks + side->units[unit].block;
	Str notes = notes_name(side, unit);
	if (notes.n && !m->in_notes)
		section_add(m, (RedlineSection){.heading = md_unescape(notes, m->arena)});
	m->in_notes = notes.n;
	if (notes.n || !side->units[unit].heading)
		return;
	RedlineSection *new = section_add(m, (RedlineSection){.heading = text_of(m, b->html)});
	if (s->mark == RL_ADDED || s->mark == RL_REMOVED || s->mark == RL_MOVED)
		new->mark = s->mark;
	if (side == m->b)
		new->id = md_unescape(attribute(side->elements[b->element].tag, S(" id=\"")), m->arena);
}

static void count_step(Matcher *m, Step *s)
{
	section_begin(m, s);
	RedlineSection *to = m->sections + m->sections_n - 1;
	switch (s->mark) {
	case RL_SAME: break;
	case RL_CHANGED:
		for (uint32_t i = 0; i < m->a->units[s->old].n; i++)
			count_pair(s->pairs + i, to);
		break;
	case RL_ADDED: to->added += words_of(s->tokens, m->b->units[s->new].n); break;
	case RL_REMOVED: to->removed += words_of(s->tokens, m->a->units[s->old].n); break;
	case RL_MOVED:
		to->moved += s->new != NO_ELEMENT;
		for (uint32_t i = 0; s->new != NO_ELEMENT && s->pairs && i < m->b->units[s->new].n; i++)
			count_pair(s->pairs + i, to); /* once, where it stands now */
		break;
	case RL_REFORMATTED: to->reformatted++; break;
	}
	if (s->mark != RL_SAME && to->mark == RL_SAME)
		to->mark = s->mark == RL_REFORMATTED ? RL_REFORMATTED : RL_CHANGED;
	else if (s->mark != RL_SAME && to->mark == RL_REFORMATTED && s->mark != RL_REFORMATTED)
		to->mark = RL_CHANGED;
}

static void count(Matcher *m)
{
	Redline *r = m->r;
	section_add(m, (RedlineSection){0});
	for (uint32_t i = 0; i < m->steps_n; i++)
		count_step(m, m->steps + i);
	uint32_t kept = 0;
	for (uint32_t i = 0; i < m->sections_n; i++) {
		RedlineSection s = m->sections[i];
		r->added += s.added;
		r->removed += s.removed;
		r->moved += s.moved;
		r->reformatted += s.reformatted;
		if (s.mark != RL_SAME)
			m->sections[kept++] = s;
	}
	r->sections = m->sections;
	r->sections_n = kept;
	r->same = kept == 0;
	double all = (double)m->a->words + (double)m->b->words;
	r->percent = all > 0 ? 100.0 * (r->added + r->removed) / all : 0;
	r->percent = r->percent > 100 ? 100 : r->percent;
}

Redline *redline(const RedlineSide *from, const RedlineSide *to, struct Icu *icu, Arena *a)
{
	Redline *r = NEW(a, Redline);
	*r = (Redline){.from = from, .to = to};
	r->map = NEW_N(a, uint32_t, from->elements_n);
	r->taken = NEW_N(a, bool, to->elements_n);
	Matcher m = {.r = r, .a = from, .b = to, .icu = icu, .arena = a, .steps_cap = from->units_n + 16};
	m.steps = NEW_N(a, Step, m.steps_cap);
	m.old_tokens = NEW_N(a, Tokens *, from->units_n);
	m.new_tokens = NEW_N(a, Tokens *, to->units_n);
	match(&m);
	find_moves(&m);
	count(&m);
	r->steps = m.steps;
	r->steps_n = m.steps_n;
	return r;
}
