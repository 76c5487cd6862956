/* lib/html5: HTML read as browsers read it, by gumbo. Who knows it: check, import, tests. What it knows: gumbo,
 * and nobody else does.
 *
 * Ownership in one sentence: the texts of an event live until html5_walk returns.
 *
 * Hostile pages are bounded: elements nested too deep, or a tree larger than 64 times the page and 16 MiB, and
 * the walk says no instead (gumbo itself took 12 GB for 40,000 unclosed <div>). */
#ifndef GEN_LIB_HTML5_H
#define GEN_LIB_HTML5_H

#include "base/str.h"

typedef enum HtmlKind { HTML_OPEN, HTML_CLOSE, HTML_TEXT, HTML_COMMENT } HtmlKind;

typedef struct HtmlAttribute {
	Str name, value;     /* lower case; character references replaced */
} HtmlAttribute;

typedef struct HtmlEvent {
	HtmlKind kind;
	Str name;            /* of the element, lower case; elements that the parser supplied too */
	Str text;            /* text and comment */
	const HtmlAttribute *attributes;
	size_t n;
	size_t offset;       /* in the page; SIZE_MAX: the parser supplied it */
	uint32_t line, column;
} HtmlEvent;

/* Calls visit for the tree in document order; false from it ends the walk. body: the page is a fragment of a
 * body, not a document. False: refused, with *why in words. */
bool html5_walk(Str page, bool body, bool (*visit)(void *user, const HtmlEvent *event), void *user, const char **why);
Str html5_attribute(const HtmlEvent *e, Str name); /* p == NULL: it has none of that name */

#endif
