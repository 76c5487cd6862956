/* html5: HTML as browsers read it, by gumbo: the other opinion on what doc/ writes. Who knows it: the tests that include
 * it, each for itself. The texts of an event live until html5_walk returns.
 *
 * Hostile pages are bounded: elements nested too deep, or a tree larger than 64 times the page and 16 MiB, and
 * the walk says no instead (gumbo itself took 12 GB for 40,000 unclosed <div>). */
#ifndef GEN_TESTS_HTML5_H
#define GEN_TESTS_HTML5_H

#include "base/str.h"

#include <gumbo.h>
#include <setjmp.h>
#include <stdlib.h>

typedef enum HtmlKind { HTML_OPEN, HTML_CLOSE, HTML_TEXT } HtmlKind;

typedef struct HtmlAttribute {
	Str name, value; /* lower case; character references replaced */
} HtmlAttribute;

typedef struct HtmlEvent {
	HtmlKind kind;
	Str name; /* of the element, lower case; elements that the parser supplied too */
	Str text;
	const HtmlAttribute *attributes;
	size_t n;
} HtmlEvent;

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

static bool element(Walk *w, const GumboNode *n, bool open)
{
	const GumboElement *e = &n->v.element;
	HtmlEvent event = {.kind = open ? HTML_OPEN : HTML_CLOSE, .name = name_of(w, e)};
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
	return n->type == GUMBO_NODE_COMMENT || w->visit(w->user, &(HtmlEvent){.kind = HTML_TEXT, .text = str_of(n->v.text.text)});
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

/* Calls visit for the tree of a body's fragment in document order; false from it ends the walk. False: refused. */
static bool html5_walk(Str page, bool (*visit)(void *user, const HtmlEvent *event), void *user)
{
	if (too_deep(page))
		return false;
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
		o.fragment_context = GUMBO_TAG_BODY;
		GumboOutput *out = gumbo_parse_with_options(&o, page.p ? page.p : "", page.n);
		Walk w = {.visit = visit, .user = user, .arena = &b->arena};
		walk(&w, out->root);
	}
	arena_release(&b->arena);
	free(b);
	return read;
}

#endif
