/* redline: what changed between two texts, word by word, shown on the document's own structure.
 * Who knows it: render, and the commands that show changes. What it knows: doc, lib/icu (word breaks).
 *
 * Two levels: blocks (paragraphs, headings, items, rows, notes ...) are matched first, by hashes, then by
 * the words they share; inside a changed pair words are matched. Tags are never cut.
 * The promise: taking out every <ins> and its contents leaves the text of the old page, taking out every <del>
 * that of the new one. Nothing is said to screen readers by text of its own, which would break the promise:
 * every <ins> and <del> carries data-say, for a style sheet to speak and not show:
 *   ins::before, del::before { content: attr(data-say); position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: pre }
 *   .rl-box::before { content: attr(data-say) }
 * (.rl-box is a box to tick, which two versions cannot share as an <input>.)
 * What was moved is an insertion where it is now and a deletion where it was, so that the promise holds; both have the
 * class rl-moved. Words that were changed on the way are marked beside them as any others.
 * A block that was added, removed or moved whole says so in data-rl (added, removed, moved-to, moved-from); one
 * whose words stayed and whose format changed says data-rl="reformatted".
 *
 * Ownership in one sentence: a RedlineSide lives in the arena it was made in, a Redline in its own and
 * borrows both sides. */
#ifndef GEN_DOC_REDLINE_H
#define GEN_DOC_REDLINE_H

#include "doc/doc.h"

struct Icu;
typedef struct RedlineSide RedlineSide;

/* A text made ready for comparing; once a version, however often it is compared. how->resolve is asked for
 * links as in doc_html, so that the redline shows what the pages show. */
RedlineSide *redline_side(const Doc *doc, const DocHtml *how, Arena *a);

typedef enum RedlineMark { RL_SAME, RL_CHANGED, RL_ADDED, RL_REMOVED, RL_MOVED, RL_REFORMATTED } RedlineMark;

typedef struct RedlineSection { /* a heading's part of the text in which something changed */
	Str heading;  /* plain; empty: before the first heading; of the notes, which come last, their label */
	Str id;       /* of the heading in the inline redline, prefix included; empty likewise */
	RedlineMark mark;
	uint32_t added, removed; /* words */
	uint32_t moved, reformatted; /* blocks */
} RedlineSection;

typedef struct RedlineWords { /* all zero: English */
	Str inserted, deleted; /* "inserted: ", "deleted: " */
	Str moved, moved_from; /* "moved here: ", "moved away: " */
} RedlineWords;

typedef struct Redline {
	bool same;               /* nothing differs */
	uint32_t added, removed; /* words (Chinese and Japanese: characters) */
	uint32_t moved, reformatted; /* blocks */
	double percent;          /* (added + removed) of old words + new words, 0 to 100 */
	const RedlineSection *sections; /* those with changes, in the new text's order */
	uint32_t sections_n;
	const RedlineSide *from, *to;
	const struct RedlineStep *steps; /* for the writers below */
	uint32_t steps_n;
	uint32_t *map;           /* block element of the old side -> of the new one + 1 */
	bool *taken;
} Redline;

/* icu may be NULL: Chinese and Japanese are then compared character by character. */
Redline *redline(const RedlineSide *from, const RedlineSide *to, struct Icu *icu, Arena *a);
/* One text with <ins> and <del>. Ids as in the new text; none in what was removed. words may be NULL. */
void redline_inline(const Redline *r, const RedlineWords *words, Buf *out);
/* <div class="rl-pair"><div class="rl-old">…</div><div class="rl-new">…</div></div> for each run of
 * steps alike; ids on neither. Of what did not change, the blocks beside a change and the heading above it, with
 * <hr class="rl-gap"> for the rest; whole: all of it. */
void redline_sides(const Redline *r, const RedlineWords *words, bool whole, Buf *out);
/* For a terminal: changed blocks only, one line of context; [-removed-]{+added+}, coloured when asked. */
void redline_terminal(const Redline *r, bool colour, Buf *out);

/* A plain string (title, author list, abstract) as escaped HTML with <ins> and <del>. False: equal. */
bool redline_text(Str from, Str to, struct Icu *icu, const RedlineWords *words, Buf *out);

#endif
