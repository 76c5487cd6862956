#include "lib/html5.h"

#include <gumbo.h>
#include <setjmp.h>
#include <stdlib.h>

enum { DEEPEST = 500, MEMORY_FREE = 16 << 20, MEMORY_TIMES = 64 };

/* ---- Bounds ---- */

static Str tag_name(Str s, size_t i)
{
	size_t n = 0;
	while (i + n < s.n && ((s.p[i + n] >= 'a' && s.p[i + n] <= 'z') || (s.p[i + n] >= 'A' && s.p[i + n] <= 'Z') || (n && s.p[i + n] >= '0' && s.p[i + n] <= '9')))
		n++;
	return str_n(s.p + i, n);
}

static bool nests(Str name) /* its start tag deepens the tree until its end tag, whatever comes between */
{
	static const Str flat[] = {
		STR_INIT("area"), STR_INIT("base"), STR_INIT("body"), STR_INIT("br"), STR_INIT("col"), STR_INIT("colgroup"), STR_INIT("dd"),
		STR_INIT("dt"), STR_INIT("embed"), STR_INIT("head"), STR_INIT("hr"), STR_INIT("html"), STR_INIT("img"), STR_INIT("input"),
		STR_INIT("li"), STR_INIT("link"), STR_INIT("meta"), STR_INIT("option"), STR_INIT("p"), STR_INIT("param"), STR_INIT("source"),
		STR_INIT("tbody"), STR_INIT("td"), STR_INIT("tfoot"), STR_INIT("th"), STR_INIT("thead"), STR_INIT("tr"), STR_INIT("track"),
		STR_INIT("wbr"),
	};
	for (size_t i = 0; i < sizeof flat / sizeof *flat; i++)
		if (str_eq_nocase(name, flat[i]))
			return false;
	return name.n > 0;
}

static bool too_deep(Str s)
{
	size_t depth = 0;
	for (size_t i = 0; i < s.n && depth <= DEEPEST; i++) {
		const char *p = memchr(s.p + i, '<', s.n - i);
		if (!p)
			break;
		i = (size_t)(p - s.p);
		bool end = i + 1 < s.n && s.p[i + 1] == '/';
		if (nests(tag_name(s, i + 1 + end)))
			depth = end ? depth - (depth > 0) : depth + 1;
	}
	return depth > DEEPEST;
}

typedef struct Budget {
	Arena arena;
	size_t left;
	jmp_buf over;
} Budget;

static void *take(void *user, size_t n)
{
	Budget *b = user;
	if (n > b->left)
		longjmp(b->over, 1);
	b->left -= n;
	return arena_alloc(&b->arena, 1, n);
}

static void drop(void *user, void *p) /* goes with the arena; gumbo's own way of freeing recurses */
{
	(void)user;
	(void)p;
}

/* ---- The walk ---- */

typedef struct Walk {
	bool (*visit)(void *user, const HtmlEvent *event);
	void *user;
	Str page;
	Arena *arena;
	HtmlAttribute *attributes;
	size_t cap;
} Walk;

static Str name_of(Walk *w, const GumboElement *e)
{
	if (e->tag != GUMBO_TAG_UNKNOWN)
		return str_of(gumbo_normalized_tagname(e->tag));
	GumboStringPiece piece = e->original_tag;
	gumbo_tag_from_original_text(&piece);
	return str_lower_ascii(w->arena, str_n(piece.data, piece.length));
}

static void place(const Walk *w, HtmlEvent *e, const char *at, GumboSourcePosition pos)
{
	bool inside = at && at >= w->page.p && at <= w->page.p + w->page.n;
	e->offset = inside ? (size_t)(at - w->page.p) : SIZE_MAX;
	e->line = inside ? (uint32_t)pos.line : 0;
	e->column = inside ? (uint32_t)pos.column : 0;
}

static bool element(Walk *w, const GumboNode *n, bool open)
{
	const GumboElement *e = &n->v.element;
	HtmlEvent event = {.kind = open ? HTML_OPEN : HTML_CLOSE, .name = name_of(w, e)};
	place(w, &event, open ? e->original_tag.data : e->original_end_tag.data, open ? e->start_pos : e->end_pos);
	if (open && e->attributes.length > w->cap) {
		w->cap = e->attributes.length * 2;
		w->attributes = NEW_N(w->arena, HtmlAttribute, w->cap);
	}
	for (unsigned i = 0; open && i < e->attributes.length; i++) {
		const GumboAttribute *a = e->attributes.data[i];
		w->attributes[event.n++] = (HtmlAttribute){str_of(a->name), str_of(a->value)};
	}
	event.attributes = w->attributes;
	return w->visit(w->user, &event);
}

static bool text(Walk *w, const GumboNode *n)
{
	HtmlEvent event = {.kind = n->type == GUMBO_NODE_COMMENT ? HTML_COMMENT : HTML_TEXT, .text = str_of(n->v.text.text)};
	place(w, &event, n->v.text.original_text.data, n->v.text.start_pos);
	return w->visit(w->user, &event);
}

static void walk(Walk *w, const GumboNode *root)
{
	const GumboNode *n = root;
	bool leaving = false;
	for (;;) {
		bool holds = n->type == GUMBO_NODE_ELEMENT || n->type == GUMBO_NODE_TEMPLATE || n->type == GUMBO_NODE_DOCUMENT;
		if (n != root && (holds ? n->type != GUMBO_NODE_DOCUMENT && !element(w, n, !leaving) : !text(w, n)))
			return;
		const GumboVector *children = n->type == GUMBO_NODE_DOCUMENT ? &n->v.document.children : &n->v.element.children;
		if (holds && !leaving) {
			leaving = children->length == 0;
			n = leaving ? n : children->data[0];
			continue;
		}
		if (n == root)
			return;
		const GumboVector *siblings = n->parent->type == GUMBO_NODE_DOCUMENT ? &n->parent->v.document.children : &n->parent->v.element.children;
		leaving = n->index_within_parent + 1 >= siblings->length;
		n = leaving ? n->parent : siblings->data[n->index_within_parent + 1];
	}
}

bool html5_walk(Str page, bool body, bool (*visit)(void *user, const HtmlEvent *event), void *user, const char **why)
{
	if (too_deep(page)) {
		*why = "its elements are nested more than 500 deep";
		return false;
	}
	Budget *b = mem_alloc(sizeof *b);
	b->arena = (Arena){0};
	b->left = MEMORY_FREE + MEMORY_TIMES * page.n;
	bool read = !setjmp(b->over);
	if (read) {
		GumboOptions o = kGumboDefaultOptions;
		o.allocator = take;
		o.deallocator = drop;
		o.userdata = b;
		o.max_errors = 0;
		o.fragment_context = body ? GUMBO_TAG_BODY : GUMBO_TAG_LAST;
		GumboOutput *out = gumbo_parse_with_options(&o, page.p ? page.p : "", page.n);
		Walk w = {.visit = visit, .user = user, .page = page, .arena = &b->arena};
		walk(&w, body ? out->root : out->document);
	} else {
		*why = "its elements would take too much memory";
	}
	arena_release(&b->arena);
	free(b);
	return read;
}

Str html5_attribute(const HtmlEvent *e, Str name)
{
	for (size_t i = 0; i < e->n; i++)
		if (str_eq(e->attributes[i].name, name))
			return e->attributes[i].value.p ? e->attributes[i].value : S("");
	return (Str){0};
}
