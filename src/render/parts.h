/* parts: what the files of render/ share. Who knows it: render. */
#ifndef GEN_RENDER_PARTS_H
#define GEN_RENDER_PARTS_H

#include "lib/icu.h"
#include "liquid/liquid.h"
#include "render/render.h"
#include "render/versions.h"

/* One page being made: what `page` is to its layout, and what the host's filters ask. */
struct View;
typedef struct TermView { /* the term of a term's page, which has a text */
	Object object;
	const struct View *view;
} TermView;

typedef struct View {
	Object object;
	const Site *site;
	const Leaf *leaf;
	const Page *page;      /* of the leaf, or what stands in for it */
	struct RenderWorker *worker;
	Str content;           /* the body's HTML */
	const Redline *redline;
	const Record *gone;    /* of a tombstone: what stood there, of which authors and date are shown; may be NULL */
	Str lang;
	TermView term;
} View;

typedef struct RenderWorker {
	Arena page;  /* emptied after each page */
	Buf out, body;
	Diags diags;
	Icu *icu;
	const struct Layouts *layouts;
	Str lang; /* of the version page at work */
	Versions *versions;
	Repo *repo; /* for attachments as they stood; NULL until one is wanted */
	const View *view; /* the page at work */
	Value listed;     /* its `page.versions`, once it is asked for */
} RenderWorker;

struct Renderer {
	Layouts *layouts;
	RenderWorker *workers;
	int workers_n;
	bool strict;
	LiquidMemo *memo;
};

struct Layouts {
	Source *source;
	const Settings *settings;
	Arena arena;
	Liquid *liquid;
	Diags diags;
	Table words;          /* language -> Value* (a map) */
	Table doc_words;      /* language -> DocWords* */
	Str *names;           /* every file below layouts/, for did-you-mean */
	size_t names_n;
	Str *assets, *asset_paths, *asset_hashes;
	size_t assets_n;
};

extern const LiquidFilter host_filters[];
extern const size_t host_filters_n;
extern const LiquidTag host_tags[];
extern const size_t host_tags_n;

extern const ObjectType page_type, own_term_type;
Value view_page(const View *v);  /* `page` */
Value site_value(const Site *s); /* `site` */
Value view_paginator(const View *v, Arena *a);
/* The layout of a leaf. NULL: it is faulty, which is said once, or missing, which is said of each page that names it. */
const LiquidTemplate *leaf_layout(const Layouts *l, const Leaf *leaf, Diags *d);
/* A word of the interface in a language, else the site's, else English; the key itself when there is none. */
Value layouts_word(const Layouts *l, Str lang, Str key);
/* The HTML of a document's body: from the spool, or made now. */
Str body_html(Renderer *r, View *v, const Document *d, Buf *into);
RedlineWords redline_words(const Layouts *l, Str lang);
Str absolute(const Site *s, Str url, Arena *a);
/* facts.c: objects with parts that print as one text. A licence without an id is nothing. */
Value picture_value(const Image *image, Str url, Arena *a);
Value licence_value(Str id, Arena *a);

#endif
