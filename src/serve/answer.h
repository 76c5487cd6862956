/* answer: what a request gets: a page of the site, or one of the preview's own below /_preview/.
 * Who knows it: serve. What it knows: follow, request, graph, render, lib/http. */
#ifndef GEN_SERVE_ANSWER_H
#define GEN_SERVE_ANSWER_H

#include "lib/http.h"
#include "serve/follow.h"

/* Fills a; the request has been found to come from this machine's browser. */
void answer(Follow *f, const HttpRequest *q, HttpAnswer *a);

#endif
