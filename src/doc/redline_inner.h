/* doc/redline_inner: how redlines see a text. Who knows it: src/doc/redline*.c alone.
 *
 * A side is the HTML of its page cut into blocks: runs of words and inline tags that stand directly in one
 * block element. A unit is what is matched as one: a block, or all cells of a table's row. Tokens (words with
 * the space behind them) are made only of units that differ. */
#ifndef GEN_DOC_REDLINE_INNER_H
#define GEN_DOC_REDLINE_INNER_H

#include "doc/inner.h"
#include "doc/redline.h"

enum { NO_ELEMENT = UINT32_MAX };

typedef struct Element { /* a block element's start tag, in document order; or an inline one, in Tokens */
	uint32_t parent; /* NO_ELEMENT: none */
	uint32_t depth;  /* 0 at the top */
	Str tag, name;   /* <li id="x">; li */
	uint64_t path;   /* hash of its name and those around it */
} Element;

typedef struct Block {
	uint32_t element; /* it stands in; NO_ELEMENT: in none */
	Str html;
	bool raw;         /* may be written as it stands: tags balanced, no ins or del of the author's */
	bool has_id;
} Block;

typedef struct Unit {
	uint32_t block, n; /* blocks [block, block + n) */
	uint64_t hash;     /* of its HTML and the names of the elements around it */
	uint64_t words;    /* of its HTML alone */
	bool heading, row;
} Unit;

struct RedlineSide {
	const Doc *doc;
	const Element *elements;
	const Block *blocks;
	const Unit *units;
	uint32_t elements_n, blocks_n, units_n;
	uint32_t words;
};

typedef struct Token {
	uint64_t id;      /* of the text without the space behind it */
	Str html, space;  /* the space may stand in another element than the word */
	uint32_t element, space_element; /* inline elements: numbers in Tokens.elements; NO_ELEMENT: none */
	uint32_t words;   /* it counts for; 0: a sign, a space, a picture */
} Token;

typedef struct Tokens {
	Token *list;
	Element *elements;
	uint32_t n, cap, elements_n, elements_cap;
	uint32_t words;
} Tokens;

typedef enum RunKind { RUN_SAME, RUN_DELETED, RUN_INSERTED } RunKind;
typedef struct Run { /* tokens [from, from + n) of the old side (deleted) or of the new one; same: of both */
	RunKind kind;
	uint32_t from, to, n; /* from: in the old tokens, to: in the new ones */
} Run;

typedef struct Pair { /* two blocks compared by word */
	Tokens old, new;
	Run *runs;
	uint32_t runs_n;
	bool reformatted; /* the same words in other tags */
} Pair;

struct RedlineStep {
	RedlineMark mark;
	uint32_t old, new; /* units; the one that is not there is NO_ELEMENT */
	Pair *pairs;       /* RL_CHANGED and RL_REFORMATTED: one a block; RL_MOVED: with words changed, the same at both ends */
	Tokens *tokens;    /* RL_ADDED, RL_REMOVED, RL_MOVED: one a block */
	uint32_t section;
};
typedef struct RedlineStep Step;

/* redline_side.c */
void tokens_make(Tokens *t, Str html, bool pre, struct Icu *icu, Str lang, Arena *a);
bool is_pre(const RedlineSide *s, const Block *b);
/* redline.c: fills in runs and reformatted. */
void pair_compare(Pair *p, Arena *arena);
/* redline_diff.c: the shortest edit of two lists of ids as runs in order; false: it has more than `most` steps. */
bool diff_ids(const uint64_t *a, uint32_t n, const uint64_t *b, uint32_t m, uint32_t most, Run **runs, uint32_t *runs_n, Arena *arena);

#endif
