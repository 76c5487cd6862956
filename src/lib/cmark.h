/* lib/cmark: CommonMark and GFM by cmark-gfm. Who knows it: doc. What it knows: cmark-gfm, and nobody else does.
 *
 * One text at a time a thread: md_open parses, md_next hands out the tree in document order, the next md_open
 * on that thread takes the memory back.
 *
 * Ownership in one sentence: the thread owns one region that every parse refills; all texts in events point
 * into it. The region is the thread's because cmark's allocator interface carries no pointer of ours.
 *
 * Attached: tables, task lists, footnotes. Not attached on purpose: `autolink` (reads out of bounds on
 * ":a@b.c" in Debian's version) and `strikethrough` (it and autolink change a global table in every parse, so
 * that other threads lose markup). Never used: cmark's renderers. */
#ifndef GEN_LIB_CMARK_H
#define GEN_LIB_CMARK_H

#include "base/str.h"

typedef enum MdKind {
	MD_DOCUMENT, MD_QUOTE, MD_LIST, MD_ITEM, MD_CODE, MD_HTML, MD_PARAGRAPH, MD_HEADING, MD_RULE, MD_FOOTNOTE,
	MD_TABLE, MD_ROW, MD_CELL,
	MD_TEXT, MD_SOFT_BREAK, MD_HARD_BREAK, MD_CODE_SPAN, MD_HTML_SPAN, MD_EMPHASIS, MD_STRONG, MD_LINK, MD_IMAGE,
	MD_FOOTNOTE_REF, MD_OTHER
} MdKind;

typedef struct MdEvent {
	MdKind kind;
	bool enter;           /* leaves come once, entering */
	Str text;             /* text, code, HTML; code block: its lines */
	bool followed;        /* text: something other than a line break stands right behind it */
	Str info;             /* code block: info string; link and image: title */
	Str url;
	int level;            /* heading; footnote: number of references to it; reference: which one, from 1 */
	int number;           /* ordered list: first number; footnote reference: the footnote's number, from 1 */
	bool ordered, tight;  /* list */
	bool task, checked;   /* item */
	bool head;            /* row */
	const uint8_t *align; /* table: one of 0 'l' 'c' 'r' a column */
	int columns;          /* table */
	int line, column;     /* in the text, from 1; 0: unknown. Columns in bytes, rough inside containers */
} MdEvent;

typedef struct Md {
	void *at;
	bool leaving;
	int footnotes;
} Md;

void md_init(void); /* once, before the first thread that parses */
/* False: the tree would take more than so many bytes (all of the parser's memory counts). */
bool md_open(Md *md, Str text, size_t budget);
bool md_next(Md *md, MdEvent *e); /* false: all handed out */
/* Character references replaced (HTML5's names). Text in the arena, or s itself. */
Str md_unescape(Str s, Arena *a);
const char *md_version(void);

#endif
