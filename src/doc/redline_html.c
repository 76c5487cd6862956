/* Steps as HTML. A pen stands in a stack of block elements and one of inline tags; to write a word it goes to
 * where the word stands, and puts <ins> or <del> innermost, where they are always allowed. */
#include "doc/redline_inner.h"

#include <stdlib.h>

enum { OLD_SIDE = 1u << 31 }; /* in a reference to an element: it is one of the old side */

static const RedlineWords english = {STR_INIT("inserted: "), STR_INIT("deleted: "), STR_INIT("moved here: "), STR_INIT("moved away: ")};

typedef enum PenMark { UNMARKED, INSERTING, DELETING } PenMark;

typedef struct Pen {
	const Redline *r;
	const RedlineWords *words;
	Buf *out;
	bool ids;          /* of the new side may be written */
	bool joined;       /* old elements that live on are written as the new ones */
	uint32_t *stack, *chain;
	uint32_t depth, cap;
	Str *tags;         /* inline tags open, without ids */
	Str *names;
	uint32_t tags_n, tags_cap;
	PenMark mark;
	bool moving;       /* what is marked was moved */
	bool *written;     /* new elements whose id has been written */
	const char *note;  /* data-rl of the next block element that is opened innermost */
	size_t opened;     /* where the last start tag of a block element ended */
	Arena scratch;
} Pen;

static const Element *element_at(const Pen *p, uint32_t ref)
{
	return ref & OLD_SIDE ? p->r->from->elements + (ref & ~OLD_SIDE) : p->r->to->elements + ref;
}

/* A tag without what may stand once on a page: its id, unless it may, and what makes a landmark of a section, which
 * becomes a div. Quotes in attributes are escaped, so ` id="` is nowhere else in it. */
static void put_tag(Buf *out, Str tag, bool with_id)
{
	static const Str once[] = {STR_INIT(" id=\""), STR_INIT(" role=\""), STR_INIT(" aria-label=\"")};
	bool section = str_starts(tag, S("<section"));
	if (section) {
		buf_lit(out, "<div");
		tag = str_from(tag, 8);
	}
	for (size_t i = with_id, n = section ? 3 : 1; i < n; i++) {
		size_t at = str_find(tag, once[i]);
		if (at == SIZE_MAX)
			continue;
		buf_puts(out, str_upto(tag, at));
		tag = str_from(tag, at + once[i].n);
		str_cut(&tag, '"');
	}
	buf_puts(out, tag);
}

/* ---- Marks and inline tags ---- */

static void set_mark(Pen *p, PenMark mark)
{
	if (p->mark == mark)
		return;
	if (p->mark)
		buf_puts(p->out, p->mark == INSERTING ? S("</ins>") : S("</del>"));
	p->mark = mark;
	if (!mark)
		return;
	bool in = mark == INSERTING;
	buf_puts(p->out, in ? S("<ins") : S("<del"));
	if (p->moving)
		buf_lit(p->out, " class=\"rl-moved\"");
	buf_lit(p->out, " data-say=\"");
	const RedlineWords *w = p->words, *e = &english;
	Str say = p->moving ? in ? w->moved : w->moved_from : in ? w->inserted : w->deleted;
	Str other = p->moving ? in ? e->moved : e->moved_from : in ? e->inserted : e->deleted;
	esc_attr(p->out, say.n ? say : other);
	buf_lit(p->out, "\">");
}

static void close_tags(Pen *p, uint32_t to)
{
	if (p->tags_n > to)
		set_mark(p, UNMARKED);
	while (p->tags_n > to) {
		Str name = p->names[--p->tags_n];
		buf_lit(p->out, "</");
		buf_puts(p->out, name);
		buf_putc(p->out, '>');
	}
}

static Str bare_tag(Pen *p, Str tag)
{
	if (str_find(tag, S(" id=\"")) == SIZE_MAX)
		return tag;
	Buf b = {0};
	put_tag(&b, tag, false);
	Str s = str_dup(&p->scratch, buf_str(&b));
	buf_release(&b);
	return s;
}

static void go_inline(Pen *p, const Tokens *t, uint32_t element, bool ids)
{
	uint32_t depth = element == NO_ELEMENT ? 0 : t->elements[element].depth + 1, kept = 0;
	if (depth + 1 > p->tags_cap) {
		p->tags_cap = depth * 2 + 8;
		p->tags = mem_resize(p->tags, p->tags_cap, sizeof *p->tags);
		p->names = mem_resize(p->names, p->tags_cap, sizeof *p->names);
	}
	const Element **way = NEW_N(&p->scratch, const Element *, depth);
	for (uint32_t e = element; e != NO_ELEMENT; e = t->elements[e].parent)
		way[t->elements[e].depth] = t->elements + e;
	while (kept < depth && kept < p->tags_n && str_eq(p->tags[kept], bare_tag(p, way[kept]->tag)))
		kept++;
	close_tags(p, kept);
	if (kept < depth)
		set_mark(p, UNMARKED);
	for (; kept < depth; kept++) {
		put_tag(p->out, way[kept]->tag, ids);
		p->tags[p->tags_n] = bare_tag(p, way[kept]->tag);
		p->names[p->tags_n++] = way[kept]->name;
	}
}

static void end_inline(Pen *p)
{
	close_tags(p, 0);
	set_mark(p, UNMARKED);
}

/* ---- Block elements ---- */

static bool is_cell(Str name)
{
	return str_eq(name, S("td")) || str_eq(name, S("th"));
}

static void close_blocks(Pen *p, uint32_t to)
{
	end_inline(p);
	while (p->depth > to) {
		const Element *e = element_at(p, p->stack[--p->depth]);
		buf_lit(p->out, "</");
		buf_puts(p->out, str_eq(e->name, S("section")) ? S("div") : e->name);
		buf_puts(p->out, is_cell(e->name) ? S(">") : S(">\n")); /* as pages have it */
	}
}

/* What comes is another run of words than what stands here. */
static void end_line(Pen *p)
{
	if (p->out->n > p->opened && p->out->p[p->out->n - 1] != '\n')
		buf_putc(p->out, '\n');
}

static void open_block(Pen *p, uint32_t ref, bool innermost)
{
	const Element *e = element_at(p, ref);
	bool new = !(ref & OLD_SIDE), id = p->ids && new && !p->written[ref];
	if (new)
		p->written[ref] = true;
	if (!is_cell(e->name))
		end_line(p);
	if (innermost && p->note && str_ends(e->tag, S(">"))) {
		put_tag(p->out, str_upto(e->tag, e->tag.n - 1), id);
		buf_printf(p->out, " data-rl=\"%s\">", p->note);
	} else {
		put_tag(p->out, e->tag, id);
	}
	p->stack[p->depth++] = ref;
	p->opened = p->out->n;
}

static uint32_t living(const Pen *p, uint32_t ref)
{
	return p->joined && ref & OLD_SIDE && p->r->map[ref & ~OLD_SIDE] ? p->r->map[ref & ~OLD_SIDE] - 1 : ref;
}

/* Closes and opens block elements until the pen stands in this one (an index of its side). */
static void go_block(Pen *p, bool old, uint32_t element)
{
	uint32_t side = old ? OLD_SIDE : 0, depth = element == NO_ELEMENT ? 0 : element_at(p, element | side)->depth + 1, kept = 0;
	if (depth > p->cap) {
		p->cap = depth * 2 + 16;
		p->stack = mem_resize(p->stack, p->cap, sizeof *p->stack);
		p->chain = mem_resize(p->chain, p->cap, sizeof *p->chain);
	}
	uint32_t i = depth;
	for (uint32_t e = element; e != NO_ELEMENT; e = element_at(p, e | side)->parent)
		p->chain[--i] = living(p, e | side);
	while (kept < depth && kept < p->depth && p->stack[kept] == p->chain[kept])
		kept++;
	close_blocks(p, kept);
	if (kept == depth)
		end_line(p);
	for (; kept < depth; kept++)
		open_block(p, p->chain[kept], kept + 1 == depth);
}

/* ---- Words ---- */

static void put_word(Pen *p, const Tokens *t, const Token *k, PenMark mark)
{
	go_inline(p, t, k->element, p->ids && mark != DELETING);
	set_mark(p, mark);
	if (k->html.n && k->html.p[0] == '<')
		put_tag(p->out, k->html, p->ids && mark != DELETING);
	else
		buf_puts(p->out, k->html);
}

static void put_space(Pen *p, const Tokens *t, const Token *k, PenMark mark)
{
	if (!k->space.n)
		return;
	go_inline(p, t, k->space_element, p->ids && mark != DELETING);
	set_mark(p, mark);
	buf_puts(p->out, k->space);
}

static void put_tokens(Pen *p, const Tokens *t, uint32_t from, uint32_t n, PenMark mark)
{
	for (uint32_t i = from; i < from + n; i++) {
		put_word(p, t, t->list + i, mark);
		put_space(p, t, t->list + i, mark);
	}
}

static void put_raw(Pen *p, const Block *b, bool ids)
{
	if (ids || !b->has_id) {
		buf_puts(p->out, b->html);
		return;
	}
	for (Str rest = b->html; rest.n;) {
		size_t at = str_find_char(rest, '<');
		buf_puts(p->out, str_upto(rest, at));
		rest = at == SIZE_MAX ? (Str){0} : str_from(rest, at);
		at = str_find_char(rest, '>');
		put_tag(p->out, str_upto(rest, at == SIZE_MAX ? at : at + 1), false);
		rest = at == SIZE_MAX ? (Str){0} : str_from(rest, at + 1);
	}
}

/* Words that stayed, as one side has them, or as both do: then a space that only one has is marked. */
static void put_same(Pen *p, const Pair *pair, const Run *run, bool old, bool new)
{
	if (!old || !new) {
		put_tokens(p, new ? &pair->new : &pair->old, new ? run->to : run->from, run->n, UNMARKED);
		return;
	}
	for (uint32_t i = 0; i < run->n; i++) {
		const Token *a = pair->old.list + run->from + i, *b = pair->new.list + run->to + i;
		put_word(p, &pair->new, b, UNMARKED);
		if (b->space.n)
			put_space(p, &pair->new, b, a->space.n ? UNMARKED : INSERTING);
		else
			put_space(p, &pair->old, a, DELETING);
	}
}

static void put_pair(Pen *p, const Pair *pair, bool old, bool new)
{
	for (uint32_t i = 0; i < pair->runs_n; i++) {
		const Run *run = pair->runs + i;
		if (run->kind == RUN_SAME)
			put_same(p, pair, run, old, new);
		else if (run->kind == RUN_DELETED && old)
			put_tokens(p, &pair->old, run->from, run->n, DELETING);
		else if (run->kind == RUN_INSERTED && new)
			put_tokens(p, &pair->new, run->to, run->n, INSERTING);
	}
}

/* A block that was moved and edited, at one of its ends: what was changed on the way beside what was only moved. */
static void put_moved(Pen *p, const Pair *pair, bool old)
{
	for (uint32_t i = 0; i < pair->runs_n; i++) {
		const Run *run = pair->runs + i;
		if (run->kind == (old ? RUN_INSERTED : RUN_DELETED))
			continue;
		set_mark(p, UNMARKED);
		p->moving = run->kind == RUN_SAME;
		put_tokens(p, old ? &pair->old : &pair->new, old ? run->from : run->to, run->n, old ? DELETING : INSERTING);
	}
}

/* A block that stayed, came or went whole: as it stands, within one mark, where its tags allow that. */
static void put_whole(Pen *p, const Block *b, const Tokens *t, PenMark mark)
{
	if (!b->raw && t) {
		put_tokens(p, t, 0, t->n, mark);
		return;
	}
	if (b->html.n)
		set_mark(p, mark);
	put_raw(p, b, p->ids && mark != DELETING);
}

static const char *note_of(const Step *s)
{
	switch (s->mark) {
	case RL_ADDED: return "added";
	case RL_REMOVED: return "removed";
	case RL_MOVED: return s->old == NO_ELEMENT ? "moved-to" : "moved-from";
	case RL_REFORMATTED: return "reformatted";
	default: return NULL;
	}
}

/* One step, as the old side, the new one, or both see it. */
static void put_step(Pen *p, const Step *s, bool old, bool new)
{
	bool as_new = new && s->new != NO_ELEMENT;
	if (!as_new && !(old && s->old != NO_ELEMENT))
		return;
	const RedlineSide *side = as_new ? p->r->to : p->r->from;
	const Unit *u = side->units + (as_new ? s->new : s->old);
	p->note = note_of(s);
	p->moving = s->mark == RL_MOVED;
	for (uint32_t i = 0; i < u->n; i++) {
		const Block *b = side->blocks + u->block + i;
		go_block(p, !as_new, b->element);
		if (s->mark == RL_MOVED && s->pairs)
			put_moved(p, s->pairs + i, !as_new);
		else if (s->pairs)
			put_pair(p, s->pairs + i, old, new);
		else
			put_whole(p, b, s->tokens ? s->tokens + i : NULL, s->mark == RL_SAME ? UNMARKED : as_new ? INSERTING : DELETING);
		end_inline(p);
	}
}

static Pen pen_new(const Redline *r, const RedlineWords *words, Buf *out)
{
	return (Pen){.r = r, .words = words ? words : &english, .out = out, .written = mem_resize(NULL, r->to->elements_n, sizeof(bool))};
}

static void pen_begin(Pen *p)
{
	memset(p->written, 0, p->r->to->elements_n * sizeof(bool));
}

static void pen_release(Pen *p)
{
	free(p->stack);
	free(p->chain);
	free(p->tags);
	free(p->names);
	free(p->written);
	arena_release(&p->scratch);
}

void redline_inline(const Redline *r, const RedlineWords *words, Buf *out)
{
	Pen p = pen_new(r, words, out);
	p.ids = p.joined = true;
	pen_begin(&p);
	for (uint32_t i = 0; i < r->steps_n; i++)
		put_step(&p, r->steps + i, true, true);
	close_blocks(&p, 0);
	pen_release(&p);
}

static void put_column(Pen *p, const Redline *r, uint32_t from, uint32_t to, bool old)
{
	buf_puts(p->out, old ? S("<div class=\"rl-old\">\n") : S("<div class=\"rl-new\">\n"));
	for (uint32_t i = from; i < to; i++)
		put_step(p, r->steps + i, old, !old);
	close_blocks(p, 0);
	buf_lit(p->out, "</div>\n");
}

static void put_columns(Pen *p, const Redline *r, uint32_t from, uint32_t to, bool same)
{
	buf_puts(p->out, same ? S("<div class=\"rl-pair rl-same\">\n") : S("<div class=\"rl-pair rl-changed\">\n"));
	put_column(p, r, from, to, true);
	put_column(p, r, from, to, false);
	buf_lit(p->out, "</div>\n");
}

/* Of a run in which nothing changed, what tells a reader where the changes beside it stand: the block after the one
 * before, the last heading and the block before the next; a rule where something is left out. */
static void put_context(Pen *p, const Redline *r, uint32_t from, uint32_t to)
{
	bool next = to < r->steps_n;
	uint32_t heading = to;
	for (uint32_t k = from; next && k < to; k++)
		if (r->to->units[r->steps[k].new].heading)
			heading = k;
	bool left_out = false;
	for (uint32_t k = from; k < to; k++) {
		bool shown = (k == from && from) || (k + 1 == to && next) || k == heading;
		if (!shown) {
			left_out = true;
			continue;
		}
		if (left_out)
			buf_lit(p->out, "<hr class=\"rl-gap\">\n");
		left_out = false;
		put_columns(p, r, k, k + 1, true);
	}
	if (left_out && next)
		buf_lit(p->out, "<hr class=\"rl-gap\">\n");
}

void redline_sides(const Redline *r, const RedlineWords *words, bool whole, Buf *out)
{
	Pen p = pen_new(r, words, out);
	pen_begin(&p);
	for (uint32_t i = 0, end; i < r->steps_n; i = end) {
		bool same = r->steps[i].mark == RL_SAME;
		for (end = i + 1; end < r->steps_n && (r->steps[end].mark == RL_SAME) == same; end++)
			;
		if (same && !whole)
			put_context(&p, r, i, end);
		else
			put_columns(&p, r, i, end, same);
	}
	pen_release(&p);
}

/* ---- Plain strings and terminals ---- */

static void pair_strings(Pair *pair, Str from, Str to, struct Icu *icu, Arena *a)
{
	Buf html = {0};
	esc_text(&html, from);
	tokens_make(&pair->old, str_dup(a, buf_str(&html)), false, icu, S(""), a);
	buf_clear(&html);
	esc_text(&html, to);
	tokens_make(&pair->new, str_dup(a, buf_str(&html)), false, icu, S(""), a);
	buf_release(&html);
	pair_compare(pair, a);
}

bool redline_text(Str from, Str to, struct Icu *icu, const RedlineWords *words, Buf *out)
{
	if (str_eq(from, to)) {
		esc_text(out, to);
		return false;
	}
	Arena a = {0};
	Pair pair = {0};
	pair_strings(&pair, from, to, icu, &a);
	Pen p = {.words = words ? words : &english, .out = out};
	put_pair(&p, &pair, true, true);
	end_inline(&p);
	pen_release(&p);
	arena_release(&a);
	return true;
}

static void put_plain(Buf *out, const Token *t, Arena *a)
{
	if (str_starts(t->html, S("<img")))
		buf_lit(out, "[picture]");
	else if (!str_starts(t->html, S("<")))
		buf_put_visible(out, md_unescape(t->html, a));
	if (t->space.n)
		buf_putc(out, ' ');
}

enum { CONTEXT = 8 /* tokens shown around a change */ };

static void put_run_plain(Buf *out, const Tokens *t, uint32_t from, uint32_t n, RunKind kind, bool first, bool last, bool colour, Arena *a)
{
	static const Str open[2][3] = {{{0, 0}, STR_INIT("[-"), STR_INIT("{+")}, {{0, 0}, STR_INIT("\033[31m[-"), STR_INIT("\033[32m{+")}};
	static const Str close[2][3] = {{{0, 0}, STR_INIT("-]"), STR_INIT("+}")}, {{0, 0}, STR_INIT("-]\033[0m"), STR_INIT("+}\033[0m")}};
	if (open[colour][kind].n)
		buf_puts(out, open[colour][kind]);
	for (uint32_t i = 0; i < n; i++) {
		bool far = kind == RUN_SAME && (first || i >= CONTEXT) && (last || i + CONTEXT < n);
		if (far && (i == 0 || i == CONTEXT))
			buf_lit(out, "… ");
		if (!far)
			put_plain(out, t->list + from + i, a);
	}
	if (close[colour][kind].n)
		buf_puts(out, close[colour][kind]);
}

static void put_step_plain(Buf *out, const Redline *r, const Step *s, bool colour, Arena *a)
{
	uint32_t n = s->new != NO_ELEMENT ? r->to->units[s->new].n : r->from->units[s->old].n;
	if (s->mark == RL_REFORMATTED)
		buf_lit(out, "(format) ");
	else if (s->mark == RL_MOVED)
		buf_puts(out, s->new != NO_ELEMENT ? S("(moved here) ") : S("(moved away) "));
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			buf_lit(out, " | ");
		if (!s->pairs) {
			put_run_plain(out, s->tokens + i, 0, s->tokens[i].n, s->new != NO_ELEMENT ? RUN_INSERTED : RUN_DELETED, false, false, colour, a);
			continue;
		}
		const Pair *p = s->pairs + i;
		for (uint32_t k = 0; k < p->runs_n; k++) {
			const Run *run = p->runs + k;
			bool old = run->kind == RUN_DELETED;
			if (s->mark == RL_MOVED && run->kind == (s->new != NO_ELEMENT ? RUN_DELETED : RUN_INSERTED))
				continue; /* that end is elsewhere */
			put_run_plain(out, old ? &p->old : &p->new, old ? run->from : run->to, run->n, run->kind, k == 0, k + 1 == p->runs_n, colour, a);
		}
	}
	buf_putc(out, '\n');
}

void redline_terminal(const Redline *r, bool colour, Buf *out)
{
	Arena a = {0};
	uint32_t heading = NO_ELEMENT;
	for (uint32_t i = 0; i < r->steps_n; i++) {
		const Step *s = r->steps + i;
		if (s->new != NO_ELEMENT && r->to->units[s->new].heading)
			heading = s->new;
		if (s->mark == RL_SAME)
			continue;
		if (heading != NO_ELEMENT && heading != s->new) {
			buf_puts(out, colour ? S("\n\033[1m") : S("\n"));
			Tokens t = {0};
			tokens_make(&t, r->to->blocks[r->to->units[heading].block].html, false, NULL, S(""), &a);
			for (uint32_t k = 0; k < t.n; k++)
				put_plain(out, t.list + k, &a);
			buf_puts(out, colour ? S("\033[0m\n") : S("\n"));
		}
		heading = NO_ELEMENT;
		put_step_plain(out, r, s, colour, &a);
	}
	arena_release(&a);
}
