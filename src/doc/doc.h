/* doc: a brief's text. Markdown becomes one flat tree (an array in document order), with the facts that the
 * other rooms ask for, and the tree becomes HTML, a table of contents, plain text, an excerpt.
 * Who knows it: load, render. What it knows: base, lib/cmark, lib/icu. It knows no archive:
 * where a link leads is asked through a callback, when HTML is written.
 *
 * Ownership in one sentence: a Doc and every text in it live in the arena given to doc_parse, borrow nothing
 * from the Markdown (file and rules->lang are borrowed), and never change after doc_parse returns.
 *
 * Formats: CommonMark 0.29 with GFM tables, task lists and footnotes by cmark-gfm; links out of bare
 * addresses, ~~struck~~ text, > [!NOTE] boxes, figures, cards, raw HTML and typography by this room. */
#ifndef GEN_DOC_DOC_H
#define GEN_DOC_DOC_H

#include "base/diag.h"

typedef enum DocKind {
	/* blocks */
	DOC_ROOT, DOC_PARAGRAPH, DOC_HEADING, DOC_QUOTE,
	DOC_BOX,       /* > [!NOTE] Title; text = "note" (lower case) */
	DOC_BOX_TITLE, /* its first child, when it has a title */
	DOC_LIST, DOC_ITEM, DOC_CODE /* its language is the ref bytes right behind its text */, DOC_RULE,
	DOC_TABLE, DOC_ROW, DOC_CELL,
	DOC_FIGURE,    /* holds one DOC_IMAGE */
	DOC_CARD,      /* holds one DOC_LINK to a video or a podcast; text = its host */
	DOC_NOTES,     /* all notes, last child of the root */
	DOC_NOTE,      /* ref = its number, from 1 */
	DOC_HTML,      /* raw HTML as it will be written, block or inline; a tag may open in one and close in another */
	DOC_HTML_URL,  /* an address in it, between its quotes: ref = number in links */
	/* inlines */
	DOC_TEXT, DOC_SOFT_BREAK, DOC_HARD_BREAK, DOC_CODE_SPAN, DOC_EMPHASIS, DOC_STRONG, DOC_STRIKE,
	DOC_LINK, DOC_IMAGE, /* ref = number in links */
	DOC_SPAN,            /* its children and nothing else */
	DOC_NOTE_REF         /* ref = the note's number; level = which reference to it, from 1 */
} DocKind;

enum { /* DocNode.flags */
	DOC_PLAIN = 1,    /* text: no byte that HTML escapes */
	DOC_ORDERED = 2,  /* list; ref = its first number */
	DOC_TIGHT = 4,    /* list: paragraphs in it are written bare */
	DOC_TASK = 8,     /* item with a box to tick */
	DOC_CHECKED = 16, /* and ticked */
	DOC_HEAD = 32,    /* row of the table's head, and its cells */
	DOC_WIDE = 64,    /* table that needs room to scroll */
	DOC_DROPPED = 128, /* heading without text: not written */
	DOC_BREAKS = 8    /* raw HTML: the tag of a block */
};

typedef struct DocNode {
	uint8_t kind, flags;
	uint8_t level;   /* heading: as written to the page, 1-6; cell: 0 none, 'l', 'c', 'r' */
	uint8_t spare;
	uint32_t end;    /* number of the node after its last descendant: children are [i + 1, end) */
	uint32_t parent;
	uint32_t line;   /* in the file, from 1; 0: unknown */
	uint32_t ref;    /* see DocKind; heading: number in headings */
	uint32_t n;      /* bytes at text */
	const char *text;
} DocNode;

typedef struct DocHeading {
	uint32_t node, line;
	int level;       /* 1-6 as written to the page: when a text has level-1 headings all move down by one */
	Str id;          /* native script kept, unique in the text, GitHub's rule; no prefix */
	Str text;        /* plain */
} DocHeading;

typedef enum DocLinkKind { DOC_LINK_TEXT, DOC_LINK_IMAGE, DOC_LINK_AUTO /* made from a bare address */, DOC_LINK_RAW /* in raw HTML */,
	DOC_LINK_MEDIA /* a sound or film that raw HTML loads */ } DocLinkKind;

typedef struct DocLink {
	uint8_t kind;     /* DocLinkKind */
	bool external;    /* has a scheme or starts with // */
	bool refused;     /* its scheme is not allowed: written without address, warned about */
	uint32_t node, line, column; /* column in code points, 0: unknown */
	Str target;       /* as written, character references and backslashes resolved, not percent-encoded */
	Str text;         /* plain: the words, or the picture's alternative */
	Str title;
	uint32_t width, height; /* of a picture in raw HTML that gave them; else 0 */
} DocLink;

typedef enum DocRawHtml { DOC_HTML_CLEAN, DOC_HTML_OFF, DOC_HTML_TRUSTED } DocRawHtml;

typedef struct DocRules { /* all zero: clean, English */
	DocRawHtml html;
	Str lang;                /* BCP 47: quotation marks; empty: English */
	bool draft;              /* errors are warnings */
} DocRules;

typedef struct Doc {
	Str file, lang;
	const DocNode *nodes;    /* nodes[0] is DOC_ROOT */
	const DocHeading *headings;
	const DocLink *links;    /* pictures too, in document order */
	uint32_t nodes_n, headings_n, links_n, notes_n;
	uint32_t words;          /* words of scripts that write spaces (Korean too) + Chinese and Japanese characters */
	uint32_t characters;     /* of which Chinese and Japanese characters */
	uint32_t minutes;        /* to read, at least 1 unless the text is empty */
	Str lead;                /* first paragraph, plain and whole; empty when there are no words */
	bool not_utf8;           /* of a document read with diagnostics: bytes that are shown as U+FFFD */
	bool failed;             /* over a budget: an error was reported, the tree is empty */
} Doc;

/* Once, before the first thread that parses. */
void doc_init(void);

/* markdown is a body without front matter; first_line is the file's line at which it starts (from 1). Never
 * NULL: a text over the budgets (limits in doc/guard.c) gives an empty Doc with failed set and one error that
 * names the file. d may be NULL (nothing is said). What is said: check names "markdown-limit", "html-dropped",
 * "link-scheme", "heading-empty". Bytes that are not UTF-8 become U+FFFD, control
 * characters spaces. */
Doc *doc_parse(Str file, Str markdown, uint32_t first_line, const DocRules *rules, Arena *a, Diags *d);

/* Where a link leads, answered by who knows the archive. */
typedef enum DocLinkState {
	DOC_GOES,     /* href is its address here */
	DOC_EXTERNAL, /* href leaves the site: rel="external" */
	DOC_BROKEN,   /* leads nowhere: its words in <span class="link-broken"> */
	DOC_ELSEWHERE,/* a picture on a host that pages do not load from: a link to it */
	DOC_WITHHELD  /* not public: its words alone; a picture is left out with its figure */
} DocLinkState;

typedef struct DocTarget {
	DocLinkState state;
	Str href;               /* not escaped; scheme is checked again */
	uint32_t width, height; /* of a picture; 0: unknown */
} DocTarget;

/* The words that the HTML itself says; all zero means English. */
typedef struct DocWords {
	Str notes;         /* "Notes" */
	Str note;          /* "Note" + " 1" */
	Str back;          /* "Back to reference" + " 1" */
	Str table;         /* "Table" + " 1" */
	Str source, credit;/* "Source", "Credit": before their text in a figure's caption */
	Str video, podcast;/* "Video", "Podcast": on a card, before the host */
} DocWords;

typedef struct DocHtml { /* how HTML is written; all zero: links as they stand, no prefix, plain boxes */
	DocTarget (*resolve)(void *user, const DocLink *link, Arena *page); /* NULL: links as they stand */
	/* "#name" is asked for too: its answer carries the prefix. */
	/* Writes a box; title and body are HTML. False: not written, the default is. NULL: always the default. */
	bool (*box)(void *user, Str word, Str title, Str body, Buf *out);
	void *user;
	Str prefix;         /* before every id: "" or, where texts share a page, one a text */
	const DocWords *words;
	bool bare;          /* a text of one paragraph is written without its <p> (markdownify of a field) */
} DocHtml;

void doc_html(const Doc *doc, const DocHtml *how, Arena *page, Buf *out);
/* Nested <ul> of links to the headings of level 2 to deepest; nothing when there are fewer than two. */
void doc_toc(const Doc *doc, Str prefix, int deepest, Buf *out);
/* Words only: blocks end with a newline; pictures give their alternative; no raw HTML, no notes' numbers. */
void doc_text(const Doc *doc, Buf *out);

/* The excerpt of a plain text (an abstract, or doc->lead): 30 words, or 60 characters where most of it is
 * Chinese, Japanese or Korean, then " […]"; a text that fits is whole and has no mark. White space runs
 * become one space. Returns text in the arena or s itself. */
Str doc_excerpt(Str s, Arena *a);
/* Counts as in Doc; characters may be NULL. */
uint32_t doc_words(Str s, uint32_t *characters);
uint32_t doc_minutes(uint32_t words, uint32_t characters);
/* Typography of a plain text as in bodies: quotes by language, dashes, dots. */
Str doc_smart(Str s, Str lang, Arena *a);
/* http, https, mailto, tel or no scheme at all (control characters and spaces are skipped as browsers do). */
bool doc_url_allowed(Str url);
bool doc_url_external(Str url); /* has a scheme, or starts with // */

/* The one gate to HTML. */
void esc_text(Buf *out, Str s); /* & < > */
void esc_attr(Buf *out, Str s); /* & < > " ' : inside quotes */
void esc_url(Buf *out, Str s);  /* percent-encodes what an address cannot hold, then as esc_attr */

#endif
