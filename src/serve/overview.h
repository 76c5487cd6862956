/* overview: the editor's view, /_preview/: what the next commit would publish, and of one brief how it stands against what
 * is public. The facts are here, how they look is layouts/preview.liquid and proof.liquid.
 * Who knows it: serve. What it knows: follow, graph, render. */
#ifndef GEN_SERVE_OVERVIEW_H
#define GEN_SERVE_OVERVIEW_H

#include "serve/follow.h"

/* The page below /_preview/: "" for the archive, or a brief's address without its first '/'. False: there is none, or
 * messages in the renderer's diags say why not. */
bool overview_page(Follow *f, Str below, Buf *out);
/* A brief as `preview.brief`: title, url, source, state, words, missing, until, warnings, changes. faults may be NULL. */
Value overview_brief(Archive *archive, const Site *s, const Brief *b, const Diags *faults, Arena *a);

#endif
