/* request: what a browser asks, judged and read. Who knows it: serve. What it knows: lib/http's request. */
#ifndef GEN_SERVE_REQUEST_H
#define GEN_SERVE_REQUEST_H

#include "lib/http.h"
#include "options.h"

/* Whether Host and Origin name this machine (or --allow-host): anything else is another site's script. */
bool request_allowed(const HttpRequest *q, const Options *o);
/* The path below the site's root: decoded once, under the base path, without "." and "..", control bytes, a backslash
 * or an encoded slash. False: none that could be a page. */
bool request_path(Str sent, Str base, Arena *a, Str *path);
/* Media type by the file's ending; what is not known is application/octet-stream. */
Str request_type(Str path);
/* ETag, If-None-Match, and a single range, over the finished body. */
void request_finish(const HttpRequest *q, HttpAnswer *a);

#endif
