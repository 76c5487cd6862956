/* liquid: the layout language. Text with {{ outputs }} and {% tags %} is parsed once to a tree and rendered
 * many times, by many threads at once and without locks.
 * Who knows it: render, and the command `gen render`. What it knows: values, not sites.
 *
 * Ownership in one sentence: templates belong to the engine and live until liquid_free; what a render makes
 * lives in the page's arena, and only the text appended to the Buf outlives it.
 *
 * The language is Liquid as Shopify documents it (strict2) with Jekyll's filters, both spellings of
 * `include`, and layouts nested by `layout:`. Who does what:
 *   - The host finds files. It hands over a file's whole text, the offset behind its front matter, and the
 *     front matter as a map, so that messages carry the right line and nobody reads YAML twice.
 *   - The engine parses, loads what static `include`, `render` and `layout:` name, and renders the chain:
 *     the template first, then each layout around it with `content` (safe) and `layout` set. `layout` is the
 *     front matter of every layout in the chain, the innermost winning.
 *   - The host says what `site`, `page` and the like are (LiquidJob.globals) and adds rows to the tables of
 *     filters and tags for what needs a site (relative_url, asset, t, link, markdownify ...). */
#ifndef GEN_LIQUID_LIQUID_H
#define GEN_LIQUID_LIQUID_H

#include "base/diag.h"
#include "base/value.h"

typedef struct Liquid Liquid;                 /* an engine: its tables, its templates */
typedef struct LiquidTemplate LiquidTemplate; /* a parsed file; never changed after it is made */
typedef struct LiquidRender LiquidRender;     /* a page being rendered */
typedef struct LiquidMemo LiquidMemo;         /* what filter chains over site-wide lists gave */

/* The output's kind: what is escaped where a value is emitted. The safe bit of a string (value_safe: HTML) counts for
 * its own kind alone: the HTML of `content` is text in a feed, and is escaped there. */
typedef enum LiquidEscape {
	LIQUID_PLAIN, /* nothing: robots.txt, BibTeX, and the conformance suites */
	LIQUID_HTML,  /* & < > " ' */
	LIQUID_XML,   /* the same, and characters XML 1.0 forbids are dropped */
	LIQUID_JSON   /* a string's inside, as in JSON: "{{ title }}" */
} LiquidEscape;

/* ---- rows: everything a layout can name ---- */

typedef struct LiquidCall { /* a filter at work */
	LiquidRender *render;
	Arena *arena; /* the page's */
	void *user;   /* LiquidJob.user */
	Value in;
	const Value *args; /* by position */
	const Pair *named; /* by keyword */
	uint32_t n, n_named;
} LiquidCall;

enum {                          /* LiquidFilter.flags */
	LIQUID_IN_SCRIPT = 1,   /* its result may end an output inside <script> */
	LIQUID_IN_STYLE = 2,    /* ... inside <style> or a style attribute */
	LIQUID_IN_UNQUOTED = 4, /* ... as an attribute's value without quotes */
	LIQUID_IN_HANDLER = 8,  /* ... inside an onclick= and its kin */
	LIQUID_PURE = 16,       /* the same result for the same arguments whatever the page: may be remembered */
	LIQUID_ADDRESS = 32,    /* gives an address */
	LIQUID_LAMBDA = 64      /* takes a variable's name and an expression as strings (where_exp): parsed early */
};

typedef struct LiquidFilter {
	Str name;
	uint8_t min, max; /* positional arguments */
	uint8_t flags;
	Value (*run)(LiquidCall *c);
	const char *keywords; /* "allow_false" or "a b c"; NULL: none; "*": any */
	const char *help;     /* one sentence */
	const char *example;  /* a whole template; the manual shows it and a test runs it ... */
	const char *gives;    /* ... and compares */
} LiquidFilter;

typedef struct LiquidTag { /* a host's tag: `{% name words %}`, without a body */
	Str name;
	/* words: the text behind the name with {{ outputs }} already replaced. Its value is emitted. */
	Value (*run)(LiquidCall *c, Str words);
	const char *help, *example, *gives;
} LiquidTag;

/* The engine's own tables, for the manual and its test. A row that the engine has built in is found here. */
typedef struct LiquidRow {
	Str name;
	const char *help, *example, *gives;
} LiquidRow;
size_t liquid_filter_rows(const Liquid *l, const LiquidFilter **rows); /* own and host's, by name */
const LiquidRow *liquid_tag_row(size_t i);                             /* the engine's own, by name; NULL behind the last */

/* A filter's mistake: an error at the output's place; the filter then returns NIL. */
void liquid_fail(LiquidCall *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
Value liquid_named(const LiquidCall *c, Str keyword); /* NIL when not given */
Str liquid_text(LiquidRender *r, Value v);            /* what {{ v }} prints, unescaped, in the page's arena */
bool liquid_truthy(Value v);
Value liquid_global(LiquidRender *r, Str name); /* a variable as the layout sees it at this place */
Str liquid_file(const LiquidRender *r);         /* of the template at work */

/* ---- the host ---- */

typedef enum LiquidKind {
	LIQUID_LAYOUT,  /* named by `layout:` or by liquid_load */
	LIQUID_INCLUDE, /* include, include_cached, render */
	LIQUID_RELATIVE /* include_relative: beside the asking file */
} LiquidKind;

typedef struct LiquidSource { /* texts must live as long as the engine, or in the arena that is handed in */
	Str file;             /* for messages: path from the archive's root */
	Str text;             /* the whole file */
	size_t body;          /* where the template begins, behind the front matter */
	Value front;          /* front matter as a map, or NIL; `layout` in it names the next layout */
	LiquidEscape escape;
} LiquidSource;

typedef struct LiquidHost {
	void *user;
	/* Finds a file by name; false: there is none. Called under the engine's lock, while parsing or, for names
	 * computed by a layout, while rendering. */
	bool (*load)(void *user, LiquidKind kind, Str name, Str from_file, Arena *arena, LiquidSource *out);
	/* Names that load would find, for did-you-mean. May be NULL. */
	size_t (*names)(void *user, LiquidKind kind, const Str **names);
	const LiquidFilter *filters;
	size_t n_filters;
	const LiquidTag *tags;
	size_t n_tags;
	const Str *globals; /* names of the globals that a job will set, for did-you-mean and --strict; may be NULL */
	size_t n_globals;
} LiquidHost;

/* ---- engine ---- */

Liquid *liquid_new(const LiquidHost *host); /* host is copied; NULL: no files, no extra rows */
void liquid_free(Liquid *l);

/* Parses a text. Faults go to diags (several per file) and NULL comes back; a template that it includes or
 * that it names as layout is loaded and its faults reported too. May be called by any thread. */
const LiquidTemplate *liquid_parse(Liquid *l, LiquidSource source, Diags *diags);
/* The same for a text that is used once, such as a brief's body: the template lives in an arena of the caller's,
 * and its filter chains are not remembered. */
const LiquidTemplate *liquid_parse_once(Liquid *l, LiquidSource source, Arena *arena, Diags *diags);
/* A file by name through the host, parsed once; NULL: not found, or faulty (reported once). */
const LiquidTemplate *liquid_load(Liquid *l, LiquidKind kind, Str name, Str from_file, Diags *diags);
/* Whether that is because no layout has that name. */
bool liquid_missing(Liquid *l, Str layout);
Value liquid_template_front(const LiquidTemplate *t);

typedef struct LiquidLimits { /* 0: the default */
	uint32_t depth;       /* include + layout + block: 32 */
	uint64_t steps;       /* loop turns and values handled by filters: 10,000,000 */
	size_t output;        /* bytes: 64 MiB */
} LiquidLimits;

typedef struct LiquidJob {
	const Pair *globals; /* site, page, content, paginator ...; the first of a name wins */
	size_t n_globals;
	Value data;       /* a map (or object) asked for names that are not in globals; may be NIL */
	Arena *arena;     /* the page's */
	Diags *diags;     /* the worker's */
	void *user;       /* handed to filters and tags of the host */
	LiquidMemo *memo; /* of the generation; may be NULL */
	struct Icu *icu;  /* the worker's (lib/icu.h), for local_date and its kin; NULL: opened when asked for */
	Str language;     /* the page's, as a BCP 47 tag */
	Date now;         /* what "now" and "today" mean to `date`; unknown: they stay as they are */
	LiquidLimits limits;
	bool strict;     /* a warning for each undefined variable */
	bool no_layout;  /* do not follow `layout:` */
} LiquidJob;

/* Appends the page to out. False: an error was reported and out holds nothing of use. */
bool liquid_render(Liquid *l, const LiquidTemplate *t, const LiquidJob *job, Buf *out);

/* What chains such as `site.briefs | where: "region", "asia" | sort: "date"` gave, for the pages that
 * follow. Equal inputs are the same list (the same address and length, 16 items or more, outside the page's arena, so
 * that it lives as long as the memo) and equal scalars as arguments. A hit takes no lock; a chain is worked out once,
 * however many threads ask. Shared between threads; freed with the generation whose lists it holds. */
LiquidMemo *liquid_memo_new(size_t bytes); /* bounded; 0: 64 MiB */
void liquid_memo_free(LiquidMemo *m);
typedef struct LiquidMemoLine {
	Str chain;
	Str file;
	uint32_t line;
	uint64_t made, reused;
} LiquidMemoLine;
size_t liquid_memo_lines(LiquidMemo *m, Arena *arena, const LiquidMemoLine **lines); /* for --profile, sorted */

/* For --profile: calls and nanoseconds per template, when switched on. */
typedef struct LiquidCost {
	Str file;
	uint64_t calls, nanoseconds;
} LiquidCost;
void liquid_profile(Liquid *l, bool on);
size_t liquid_costs(Liquid *l, Arena *arena, const LiquidCost **costs); /* by nanoseconds, most first */

#endif
