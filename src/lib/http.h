/* lib/http: an HTTP/1.1 server for one machine's browser. Who knows it: serve. What it knows: libmicrohttpd.
 *
 * One thread answers all requests in turn; the handler runs on it, so what it calls needs no locks against itself.
 * Only GET and HEAD reach the handler; a request's body is never read. Bounded: connections, the time for a request's
 * head, idle time, the size of a head. Ownership in one sentence: a request lives for the handler's call, an answer's
 * texts are copied or taken as its comment says. */
#ifndef GEN_LIB_HTTP_H
#define GEN_LIB_HTTP_H

#include "base/buf.h"

typedef struct Http Http;

typedef struct HttpRequest {
	bool head;            /* HEAD: the answer's body is not sent */
	Str path;             /* as sent, not decoded; without the query */
	Str query;            /* behind the '?', as sent */
	bool has_host;
	Str host, origin, range, if_range, if_none_match;
} HttpRequest;

typedef struct HttpAnswer {
	int status;           /* 200 when the handler leaves 0 */
	Buf body;             /* taken */
	Str type;             /* static or in arena; empty: none */
	Str location, etag, content_range; /* likewise */
	bool stream;          /* a stream of server-sent events: stays open, gets what http_send sends */
	Arena arena;          /* released after the answer is queued */
} HttpAnswer;

typedef void HttpHandler(void *user, const HttpRequest *request, HttpAnswer *answer);

typedef struct HttpOptions {
	const char *address;  /* "127.0.0.1", "::1" ... */
	uint16_t port;
	HttpHandler *handler;
	void *user;
} HttpOptions;

/* NULL with errno when the address cannot be listened on (EADDRINUSE, EACCES, EADDRNOTAVAIL). */
Http *http_open(const HttpOptions *options);
/* An event to every open stream; may be called by any thread. text is one line. */
void http_send(Http *h, Str event, Str text);
size_t http_streams(Http *h);
void http_close(Http *h); /* ends within a second; open streams are closed */
const char *http_version(void);

#endif
