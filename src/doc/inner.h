/* doc/inner: what the files of this room share. Who knows it: src/doc/ alone.
 *
 * How a text is read: guard.c looks at the bytes and refuses what the parser cannot take; tree.c turns the
 * parser's events into nodes, asking inline.c for text (links out of bare addresses, struck text, typography),
 * raw.c for HTML, ids.c for the names of headings; words.c counts. html.c
 * and text.c write; url.c is the gate to HTML. */
#ifndef GEN_DOC_INNER_H
#define GEN_DOC_INNER_H

#include "base/table.h"
#include "base/utf8.h"
#include "doc/doc.h"
#include "lib/cmark.h"

enum {
	DEEPEST = 200,               /* nested containers in one text */
	RAW_DEEPEST = 100            /* raw HTML elements open at once */
};

/* Something raw HTML lost; told once a name, with the lines. */
typedef struct Dropped {
	Str what;             /* "<font>", "onclick of <a>" */
	const char *hint;
	uint32_t line, count, others[6];
} Dropped;

typedef struct RawOpen {
	const struct RawElement *element;
	uint32_t container; /* node in which it was opened, and has to be closed */
	uint32_t node;      /* its own node when it is a link or a heading, which become such when they close */
	uint32_t from;      /* nodes there were when it opened */
} RawOpen;

/* Classes of bytes, and what a text has been seen to hold, for deciding what it needs. */
enum {
	B_WORD = 1, B_SPACE = 2, B_ESC = 4 /* & < > and control characters */, B_QUOTE = 8, B_HIGH = 16,
	B_DASHES = 32, B_DOTS = 64, B_TILDES = 128, /* seen: two of them side by side */
	B_ADDRESS = 256                             /* seen: what an address cannot do without: :/ or @ or ww */
};
extern const uint8_t byte_class[256];

typedef struct Words { /* counting runs through the pieces of a block */
	uint32_t words, characters;
	bool in_word;
} Words;

/* After a raw element whose contents are left out (<script>), until its end tag: where the tree goes back to. */
typedef struct Hidden {
	Str name;           /* empty: none */
	uint32_t in, nodes, links, headings;
	int raw_n, links_open;
	RawOpen *raw;
	Words count;
	Str lead;
} Hidden;

typedef struct Quotes { /* typography likewise */
	uint32_t before;   /* last character, 0 at the start of a block */
	bool followed;     /* something stands right behind the text in hand */
	int open2, open1;  /* quotation marks open now */
} Quotes;

typedef struct LinkPlace { /* the newest link's: links come in order, so a line is gone through once */
	uint32_t line, column;
	size_t at;
	Str source;
} LinkPlace;

typedef struct Builder {
	Doc *doc;
	const DocRules *rules;
	Arena *arena;
	Diags *diags;           /* may be NULL */
	Str markdown;
	uint32_t first_line;
	DocNode *nodes;         /* malloc: moved to the arena when done */
	uint32_t n, cap;
	uint32_t open, depth;   /* the container being filled */
	uint32_t links_cap, headings_cap;
	DocLink *links;
	DocHeading *headings;
	int links_open;         /* inside a link: no links there */
	uint32_t line;          /* of what is being read */
	Words count;
	Quotes quotes;
	const struct Language *language;
	Buf plain;              /* a heading's text before typography */
	bool in_heading, has_h1;
	struct { uint32_t node; int raw_n; } struck[64]; /* openers of ~~ in the open block, and the raw elements open there */
	int struck_n;
	Table ids;
	RawOpen raw[RAW_DEEPEST];
	int raw_n;
	Hidden hidden;
	struct Tag *tag;        /* being read */
	Dropped *dropped;
	uint32_t dropped_n, dropped_cap;
	size_t address_bytes;   /* copied out of links */
	const uint8_t *align;   /* of the table being read */
	int columns, column;
	bool head_row;
	uint32_t *line_starts;  /* offsets in the Markdown, made when first asked for */
	uint32_t lines_n, said;
	LinkPlace place;
	const char *failed;     /* why the tree was given up */
} Builder;

/* guard.c: NULL when the parser can take it; else what is wrong with it, for the editor. */
const char *guard_check(Str markdown, uint32_t *line);
size_t guard_memory(size_t bytes); /* the parser's budget */

/* tree.c */
uint32_t node_leaf(Builder *b, DocKind kind, Str text);  /* text is kept as it is: must live in the arena */
uint32_t node_open(Builder *b, DocKind kind);
void node_close(Builder *b);
bool node_wrap(Builder *b, uint32_t opener, DocKind kind); /* opener becomes the container of its later siblings */
void heading_add(Builder *b, uint32_t node, Str id, Str raw);
uint32_t link_add(Builder *b, DocLink link);               /* returns its number */
void link_done(Builder *b, uint32_t number);               /* finds its column, reports a refused scheme */
void doc_say(Builder *b, DiagLevel level, const char *check, uint32_t line, uint32_t column, Str message, Str hint);
Str text_between(Builder *b, uint32_t from, uint32_t to);   /* plain; borrowed when it is one text */
void text_leaf(Builder *b, Str text);                      /* counted and copied, no typography */

/* inline.c */
void inline_text(Builder *b, Str text, bool followed);
void inline_end_block(Builder *b);

/* raw.c */
void raw_html(Builder *b, Str html, bool block);
void raw_close_phrases(Builder *b);        /* a block follows: closes raw <p>, <b> and their like */
static inline void raw_before_block(Builder *b) { if (b->raw_n) raw_close_phrases(b); }
bool raw_link_open(const Builder *b);      /* inside a raw <a> */
void raw_close_opened(Builder *b);         /* closes what was opened in b->open */
static inline void raw_end_container(Builder *b) { if (b->raw_n) raw_close_opened(b); }
void raw_report(Builder *b);

/* ids.c */
Str id_of(Builder *b, Str text);            /* unique */
bool id_take(Builder *b, Str id);           /* false: taken or reserved */

/* words.c */
void count_words(Words *w, Str s, unsigned seen);
unsigned bytes_seen(Str s);                 /* B_* that occur */
Str without_controls(Arena *a, Str s);
bool rune_is_sign(uint32_t r);              /* punctuation and symbols beyond ASCII */

/* smart.c */
const struct Language *language_of(Str lang);
void smart_put(const struct Language *l, Quotes *q, Str s, Buf *out);
bool smart_needed(unsigned seen, const struct Language *l);

#endif
