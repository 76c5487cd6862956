#include "lib/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

/* FIRST_SECONDS: from the connection to the end of the first request's head; NEXT_SECONDS: from an answer to the end of the
 * next one's; QUIET_SECONDS: without a byte either way; LEFT_SECONDS: how often it is seen who has left. HEAD_BYTES: a request's head and what libmicrohttpd adds to an answer's. STREAMS and CLIENTS have their own share of
 * the connections, so that neither open pages nor slow readers can keep a new client out. */
enum { CONNECTIONS = 4096, STREAMS = 2800, CLIENTS = 1000, FIRST_SECONDS = 5, NEXT_SECONDS = 20, QUIET_SECONDS = 15, LEFT_SECONDS = 4, HEAD_BYTES = 12288, STREAM_PIECE = 512 };

/* A connection; those that are no streams stand in the order in which they last asked for something. */
typedef struct Client {
	struct Http *http;
	int socket;
	bool stream;
	bool dropped;    /* in no list any more; its end is on the way */
	bool answered;   /* it is being sent to */
	bool returns;    /* it has had an answer before */
	double since;    /* when it was last answered, or came */
	struct Client *older, *newer;
} Client;

/* A reader that waits for events. It remembers how many it has been given; the newest few are kept for all. */
typedef struct Stream {
	struct Http *http;
	struct MHD_Connection *connection;
	int socket;
	struct Stream *next, **link;
	uint64_t seen;   /* events */
	size_t sent;     /* bytes of the event that is going out */
	bool greeted, asleep;
	bool left;       /* its reader has gone */
} Stream;

enum { KEPT = 16 };

struct Http {
	struct MHD_Daemon *daemon;
	HttpHandler *handler;
	void *user;
	pthread_mutex_t lock; /* over what follows */
	Stream *streams;
	size_t streams_n;
	uint64_t events;      /* sent so far; number k is kept[k % KEPT] */
	Buf kept[KEPT];
	bool closing;
	Client *oldest, *newest; /* but streams and those that were dropped */
	size_t clients_n;
	pthread_t sweeper;
	pthread_cond_t any;   /* there are clients, or it is closing */
};

const char *http_version(void) { return MHD_get_version(); }

/* ---- streams ---- */

static const char greeting[] = ": open\n\n";

static ssize_t stream_read(void *of, uint64_t at, char *out, size_t max)
{
	Stream *s = of;
	Http *h = s->http;
	ssize_t n = 0;
	(void)at;
	pthread_mutex_lock(&h->lock);
	if (h->closing || s->left) {
		n = MHD_CONTENT_READER_END_OF_STREAM;
	} else if (!s->greeted) {
		n = (ssize_t)(sizeof greeting - 1);
		memcpy(out, greeting, (size_t)n);
		s->greeted = true;
	} else {
		if (s->seen + KEPT < h->events) { /* a reader that fell behind gets the newest */
			s->seen = h->events - 1;
			s->sent = 0;
		}
		if (s->seen < h->events) {
			const Buf *event = &h->kept[s->seen % KEPT];
			size_t left = event->n - s->sent;
			n = (ssize_t)(left < max ? left : max);
			memcpy(out, event->p + s->sent, (size_t)n);
			s->sent += (size_t)n;
			if (s->sent == event->n) {
				s->seen++;
				s->sent = 0;
			}
		} else {
			s->asleep = true;
			MHD_suspend_connection(s->connection);
		}
	}
	pthread_mutex_unlock(&h->lock);
	return n;
}

static void stream_free(void *of)
{
	Stream *s = of;
	Http *h = s->http;
	pthread_mutex_lock(&h->lock);
	*s->link = s->next;
	if (s->next)
		s->next->link = s->link;
	h->streams_n--;
	pthread_mutex_unlock(&h->lock);
	free(s);
}

static struct MHD_Response *stream_open(Http *h, struct MHD_Connection *c)
{
	Stream *s = mem_alloc(sizeof *s);
	*s = (Stream){.http = h, .connection = c, .socket = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd};
	pthread_mutex_lock(&h->lock);
	if (!h->streams_n)
		pthread_cond_signal(&h->any);
	s->seen = h->events;
	s->next = h->streams;
	s->link = &h->streams;
	if (s->next)
		s->next->link = &s->next;
	h->streams = s;
	h->streams_n++;
	pthread_mutex_unlock(&h->lock);
	return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_PIECE, stream_read, s, stream_free);
}

static void wake(Stream *s)
{
	if (s->asleep)
		MHD_resume_connection(s->connection);
	s->asleep = false;
}

static void wake_all(Http *h)
{
	for (Stream *s = h->streams; s; s = s->next)
		wake(s);
}

/* The library does not look at a connection that sleeps, so a page that was closed would keep its descriptor until the
 * next event. */
static void end_left(Http *h)
{
	struct pollfd *fds = mem_resize(NULL, h->streams_n, sizeof *fds);
	size_t n = 0;
	for (Stream *s = h->streams; s; s = s->next)
		fds[n++] = (struct pollfd){.fd = s->socket, .events = POLLRDHUP};
	poll(fds, n, 0);
	n = 0;
	for (Stream *s = h->streams; s; s = s->next)
		if ((s->left = fds[n++].revents != 0))
			wake(s);
	free(fds);
}

void http_send(Http *h, Str event, Str text)
{
	pthread_mutex_lock(&h->lock);
	Buf *b = &h->kept[h->events % KEPT];
	buf_clear(b);
	buf_printf(b, "event: %.*s\ndata: %.*s\n\n", STR_ARG(event), STR_ARG(text));
	h->events++;
	wake_all(h);
	pthread_mutex_unlock(&h->lock);
}

size_t http_streams(Http *h)
{
	pthread_mutex_lock(&h->lock);
	size_t n = h->streams_n;
	pthread_mutex_unlock(&h->lock);
	return n;
}

/* ---- clients ---- */

static void unlink_client(Http *h, Client *c)
{
	*(c->older ? &c->older->newer : &h->oldest) = c->newer;
	*(c->newer ? &c->newer->older : &h->newest) = c->older;
	c->older = c->newer = NULL;
	h->clients_n--;
}

static void link_client(Http *h, Client *c)
{
	c->older = h->newest;
	*(h->newest ? &h->newest->newer : &h->oldest) = c;
	h->newest = c;
	h->clients_n++;
}

static void drop(Http *h, Client *c)
{
	unlink_client(h, c);
	c->dropped = true;
	shutdown(c->socket, SHUT_RDWR);
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool is_late(const Client *c, double at) { return !c->answered && at - c->since > (c->returns ? NEXT_SECONDS : FIRST_SECONDS); }

/* While there is anybody: whoever does not come to the end of a request's head goes, however often a byte of it arrives,
 * which the server's own limit would wait for; and readers of events that have left. */
static void *sweep(void *of)
{
	Http *h = of;
	double looked = 0;
	pthread_mutex_lock(&h->lock);
	while (!h->closing) {
		struct timespec next;
		clock_gettime(CLOCK_MONOTONIC, &next);
		next.tv_sec += h->clients_n ? 1 : LEFT_SECONDS;
		if (h->clients_n || h->streams_n)
			pthread_cond_timedwait(&h->any, &h->lock, &next);
		else
			pthread_cond_wait(&h->any, &h->lock);
		double at = now();
		for (Client *c = h->oldest, *newer; c; c = newer) {
			newer = c->newer;
			if (is_late(c, at))
				drop(h, c);
		}
		if (h->streams_n && !h->closing && at - looked > LEFT_SECONDS) {
			end_left(h);
			looked = at;
		}
	}
	pthread_mutex_unlock(&h->lock);
	return NULL;
}

static void on_connection(void *user, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode what)
{
	Http *h = user;
	Client *c = *context;
	pthread_mutex_lock(&h->lock);
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = c = mem_alloc(sizeof *c);
		*c = (Client){.http = h, .since = now(), .socket = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd};
		if (!h->clients_n)
			pthread_cond_signal(&h->any);
		link_client(h, c);
		if (h->clients_n > CLIENTS) /* whoever has asked for nothing for the longest time goes */
			drop(h, h->oldest);
	} else if (c) {
		if (!c->stream && !c->dropped)
			unlink_client(h, c);
		free(c);
		*context = NULL;
	}
	pthread_mutex_unlock(&h->lock);
}

static Client *client_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* The answer has been sent; the next request's time begins. */
static void on_completed(void *user, struct MHD_Connection *connection, void **seen, enum MHD_RequestTerminationCode how)
{
	Http *h = user;
	Client *c = client_of(connection);
	(void)seen, (void)how;
	pthread_mutex_lock(&h->lock);
	if (c) {
		c->answered = false;
		c->returns = true;
		c->since = now();
	}
	pthread_mutex_unlock(&h->lock);
}

/* It asks for something: it is the newest now, or a stream, which waits for ever. False: there are streams enough. */
static bool note_request(Http *h, struct MHD_Connection *connection, bool stream)
{
	Client *c = client_of(connection);
	pthread_mutex_lock(&h->lock);
	bool room = !stream || h->streams_n < STREAMS;
	if (c && room && !c->stream && !c->dropped) {
		unlink_client(h, c);
		c->stream = stream;
		c->answered = true;
		if (!stream)
			link_client(h, c);
	}
	pthread_mutex_unlock(&h->lock);
	if (room && stream)
		MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, 0u);
	return room;
}

/* ---- requests ---- */

static Str header(struct MHD_Connection *c, const char *name)
{
	return str_of(MHD_lookup_connection_value(c, MHD_HEADER_KIND, name));
}

static void add_header(struct MHD_Response *r, const char *name, Str value)
{
	Arena a = {0};
	if (value.n)
		MHD_add_response_header(r, name, str_c(&a, value));
	arena_release(&a);
}

static enum MHD_Result queue(Http *h, struct MHD_Connection *c, HttpAnswer *answer)
{
	struct MHD_Response *r;
	if (!note_request(h, c, answer->stream)) {
		answer->stream = false;
		answer->status = 503;
	}
	if (answer->stream) {
		r = stream_open(h, c);
		buf_release(&answer->body);
		answer->type = S("text/event-stream");
	} else {
		r = MHD_create_response_from_buffer(answer->body.n, answer->body.p ? answer->body.p : (void *)"",
		                                    answer->body.p ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
	}
	if (!r) {
		buf_release(&answer->body);
		arena_release(&answer->arena);
		return MHD_NO;
	}
	add_header(r, "Content-Type", answer->type);
	add_header(r, "Location", answer->location);
	add_header(r, "ETag", answer->etag);
	add_header(r, "Content-Range", answer->content_range);
	add_header(r, "Cache-Control", S("no-store"));
	add_header(r, "X-Content-Type-Options", S("nosniff"));
	add_header(r, "Referrer-Policy", S("no-referrer"));
	add_header(r, "Content-Security-Policy", S("object-src 'none'; base-uri 'self'")); /* what an archive's own layouts load is theirs to say */
	if (answer->status == 405)
		add_header(r, "Allow", S("GET, HEAD"));
	if (!answer->stream && answer->status != 416)
		add_header(r, "Accept-Ranges", S("bytes"));
	enum MHD_Result done = MHD_queue_response(c, answer->status ? (unsigned)answer->status : MHD_HTTP_OK, r);
	MHD_destroy_response(r);
	arena_release(&answer->arena);
	return done;
}

/* The end of the address as the library has it: a NUL that was sent ends it too, and is told by what comes behind. */
static void *begin(void *user, const char *uri, struct MHD_Connection *c)
{
	(void)user, (void)c;
	return (void *)(uri + strlen(uri));
}

static bool has_nul(const char *uri_end, const char *version)
{
	return version > uri_end + 1 && version < uri_end + HEAD_BYTES;
}

static enum MHD_Result answer_request(void *user, struct MHD_Connection *c, const char *url, const char *method, const char *version,
                                      const char *body, size_t *body_n, void **seen)
{
	Http *h = user;
	HttpAnswer answer = {0};
	static const char once[] = "read", nul[] = "read, and holds a NUL";
	(void)body;
	bool has_body = header(c, "Transfer-Encoding").p || (header(c, "Content-Length").p && !str_eq(header(c, "Content-Length"), S("0")));
	if (*seen != once && *seen != nul) { /* the head is there; whatever has a body is refused before it is read */
		*seen = (void *)(has_nul(*seen, version) ? nul : once);
		if (!has_body)
			return MHD_YES;
	}
	Str m = str_of(method), target = str_of(url);
	HttpRequest q = {.head = str_eq(m, S("HEAD")), .host = header(c, "Host"), .origin = header(c, "Origin"),
	                 .range = header(c, "Range"), .if_range = header(c, "If-Range"), .if_none_match = header(c, "If-None-Match")};
	q.has_host = q.host.p != NULL;
	q.path = target;
	q.query = str_of(MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "q"));
	*body_n = 0;
	if (!str_starts(str_of(version), S("HTTP/1.")))
		answer.status = 505;
	else if (has_body)
		answer.status = 413;
	else if (!q.head && !str_eq(m, S("GET")))
		answer.status = 405;
	else if (*seen == nul || (!q.has_host && str_eq(str_of(version), S("HTTP/1.1"))))
		answer.status = 400;
	else
		h->handler(h->user, &q, &answer);
	return queue(h, c, &answer);
}

/* Percent-decoding is the handler's, once. */
static size_t leave_escapes(void *user, struct MHD_Connection *c, char *s)
{
	(void)user, (void)c;
	return strlen(s);
}

static bool socket_address(const HttpOptions *o, struct sockaddr_storage *out, bool *six)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
	memset(out, 0, sizeof *out);
	*six = strchr(o->address, ':') != NULL;
	if (*six) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(o->port);
		return inet_pton(AF_INET6, o->address, &v6->sin6_addr) == 1;
	}
	v4->sin_family = AF_INET;
	v4->sin_port = htons(o->port);
	return inet_pton(AF_INET, o->address, &v4->sin_addr) == 1;
}

/* Each connection takes a descriptor, and the usual limit of 1,024 is for programs that do not know how many. */
static void raise_descriptors(void)
{
	struct rlimit limit;
	rlim_t wanted = CONNECTIONS + 256;
	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void quiet(void *user, const char *format, va_list v)
{
	(void)user, (void)format, (void)v;
}

Http *http_open(const HttpOptions *o)
{
	struct sockaddr_storage address;
	bool six;
	if (!socket_address(o, &address, &six)) {
		errno = EADDRNOTAVAIL;
		return NULL;
	}
	Http *h = mem_alloc(sizeof *h);
	*h = (Http){.handler = o->handler, .user = o->user};
	pthread_mutex_init(&h->lock, NULL);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&h->any, &monotonic);
	pthread_condattr_destroy(&monotonic);
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | (six ? MHD_USE_IPv6 : 0);
	raise_descriptors();
	errno = 0;
	h->daemon = MHD_start_daemon(flags, o->port, NULL, NULL, answer_request, h,
		MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)QUIET_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_BYTES,
		MHD_OPTION_UNESCAPE_CALLBACK, leave_escapes, NULL, MHD_OPTION_URI_LOG_CALLBACK, begin, NULL,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, h, MHD_OPTION_NOTIFY_COMPLETED, on_completed, h, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_EXTERNAL_LOGGER, quiet, NULL, MHD_OPTION_END);
	int error = errno ? errno : EADDRINUSE;
	if (h->daemon && !(error = pthread_create(&h->sweeper, NULL, sweep, h)))
		return h;
	if (h->daemon)
		MHD_stop_daemon(h->daemon);
	pthread_cond_destroy(&h->any);
	pthread_mutex_destroy(&h->lock);
	free(h);
	errno = error;
	return NULL;
}

void http_close(Http *h)
{
	if (!h)
		return;
	pthread_mutex_lock(&h->lock);
	h->closing = true;
	wake_all(h);
	pthread_cond_signal(&h->any);
	pthread_mutex_unlock(&h->lock);
	pthread_join(h->sweeper, NULL);
	MHD_stop_daemon(h->daemon);
	for (int i = 0; i < KEPT; i++)
		buf_release(&h->kept[i]);
	pthread_cond_destroy(&h->any);
	pthread_mutex_destroy(&h->lock);
	free(h);
}
