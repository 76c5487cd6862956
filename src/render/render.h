/* render: a leaf of the site -> its bytes, by its layout. The same function serves the build, the preview and the
 * tests, so they cannot differ.
 * Who knows it: build, serve. What it knows: site, links, source, liquid, doc, lib (text). */
#ifndef GEN_RENDER_RENDER_H
#define GEN_RENDER_RENDER_H

#include "base/sink.h"
#include "site.h"

/* The layouts of an archive, parsed, with the interface's words and the assets; replaced as a whole when one of
 * their files changes. Shared by all threads. */
typedef struct Layouts Layouts;
Layouts *layouts_open(Source *source, const Settings *settings, bool profile, Diags *d);
void layouts_free(Layouts *l);
void layouts_load_all(Layouts *l, Diags *d); /* parses every layout, for the messages, and so that later changes cannot mix in */
/* Parses the layouts of a site's pages, for what is wrong with them before any page is made. */
void layouts_check(Layouts *l, const Site *s, Diags *d);
int64_t layouts_per_sheet(void *layouts, Str layout);
size_t layouts_assets(void *layouts, const Str **names, const Str **paths);
const DocWords *layouts_words(void *layouts, Str lang);

/* Threads' working memory, one a worker. */
typedef struct Renderer Renderer;
Renderer *renderer_new(Layouts *layouts, int workers, bool strict);
void renderer_free(Renderer *r);
/* What --profile prints: the time of each layout, and the filter chains that were remembered. */
void renderer_profile(Renderer *r, Buf *b);
/* Before a site it has rendered goes: what was remembered of it is dropped. */
void renderer_forget(Renderer *r);
Diags *renderer_diags(Renderer *r, int worker);
bool renderer_box(void *renderer, int worker, Str word, Str title, Str body, Buf *out); /* LoadHtml's box */

/* Appends the bytes of a leaf; false when messages (in the worker's diags) say why not. Attachments are read whole. */
bool render_leaf(Renderer *r, const Site *s, const Leaf *leaf, int worker, Buf *out);
/* All leaves into the sink; messages gathered into d. */
void render_run(Renderer *r, const Site *s, Pool *pool, const Sink *sink, Diags *d);
/* JSON of everything that the layout of this leaf sees. */
bool render_dump(Renderer *r, const Site *s, const Leaf *leaf, Buf *out);

/* A page for editors, which the site does not have: by a layout of its own, with `preview` beside the usual variables. */
typedef struct RenderView {
	Str layout, path, title; /* path below the site: "_preview/index.html" */
	const Brief *brief;      /* whose text is the content; NULL: none */
	Value preview;
} RenderView;
bool render_view(Renderer *r, const Site *s, const RenderView *view, Buf *out);
/* The redline of a brief as it is on the disk against its newest public version, as HTML; false: it cannot be told. */
bool render_changes_now(Renderer *r, const Site *s, const Brief *b, Arena *a, Str *html);

struct Liquid;
struct LiquidTag;
struct Liquid *render_language(void); /* the engine with the host's rows, for the manual; liquid_free */
size_t render_tags(const struct LiquidTag **rows);
void render_man_variables(Buf *b); /* mdoc items for gen-layouts(7) */

#endif
