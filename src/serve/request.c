#include "serve/request.h"

#include "base/utf8.h"
#include "lib/hash.h"

/* ---- who asks ---- */

/* The name of a Host header without its port: "localhost:1313", "[::1]:1313". */
static Str host_name(Str host)
{
	if (host.n && *host.p == '[')
		return str_upto(host, str_find_char(host, ']') + 1);
	return str_upto(host, str_find_char(host, ':'));
}

static bool is_here(Str name, const Options *o)
{
	static const Str ours[] = {STR_INIT("localhost"), STR_INIT("127.0.0.1"), STR_INIT("[::1]")};
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (str_eq_nocase(name, ours[i]))
			return true;
	if (name.n > 10 && str_eq_nocase(str_from(name, name.n - 10), S(".localhost")))
		return true;
	return (o->bind.n && str_eq_nocase(name, o->bind)) || (o->allow_host.n && str_eq_nocase(name, o->allow_host));
}

bool request_allowed(const HttpRequest *q, const Options *o)
{
	if (q->has_host && !is_here(host_name(q->host), o))
		return false;
	if (!q->origin.n)
		return true;
	size_t scheme = str_find(q->origin, S("://"));
	return scheme != SIZE_MAX && is_here(host_name(str_from(q->origin, scheme + 3)), o);
}

/* ---- what is asked for ---- */

static bool decode(Str s, Arena *a, Str *out)
{
	char *p = arena_bytes(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '%') {
			if (i + 2 >= s.n || ascii_hex(s.p[i + 1]) < 0 || ascii_hex(s.p[i + 2]) < 0)
				return false;
			c = (char)(ascii_hex(s.p[i + 1]) << 4 | ascii_hex(s.p[i + 2]));
			i += 2;
			if (c == '/')
				return false;
		}
		if ((unsigned char)c < 0x20 || c == 0x7F || c == '\\')
			return false;
		p[n++] = c;
	}
	p[n] = 0;
	*out = (Str){p, n};
	return utf8_invalid(*out) == SIZE_MAX;
}

bool request_path(Str sent, Str base, Arena *a, Str *path)
{
	Str whole;
	if (!str_starts(sent, S("/")) || !decode(sent, a, &whole))
		return false;
	if (base.n) {
		if (!str_starts(whole, base) || whole.n == base.n || whole.p[base.n] != '/')
			return false;
		whole = str_from(whole, base.n);
	}
	*path = str_from(whole, 1);
	Str rest = *path;
	while (rest.n) {
		Str name = str_cut(&rest, '/');
		if (!name.n || str_eq(name, S(".")) || str_eq(name, S("..")))
			return false;
	}
	return true;
}

static const struct { Str ending, type; } types[] = {
	{STR_INIT(".html"), STR_INIT("text/html; charset=utf-8")}, {STR_INIT(".css"), STR_INIT("text/css; charset=utf-8")},
	{STR_INIT(".js"), STR_INIT("text/javascript; charset=utf-8")}, {STR_INIT(".json"), STR_INIT("application/json")},
	{STR_INIT("feed.xml"), STR_INIT("application/atom+xml; charset=utf-8")}, {STR_INIT(".xml"), STR_INIT("application/xml; charset=utf-8")},
	{STR_INIT(".txt"), STR_INIT("text/plain; charset=utf-8")}, {STR_INIT(".md"), STR_INIT("text/markdown; charset=utf-8")},
	{STR_INIT(".link"), STR_INIT("application/link-format")}, {STR_INIT(".csv"), STR_INIT("text/csv; charset=utf-8")},
	{STR_INIT(".bib"), STR_INIT("application/x-bibtex")}, {STR_INIT(".ris"), STR_INIT("application/x-research-info-systems")},
	{STR_INIT(".svg"), STR_INIT("image/svg+xml")}, {STR_INIT(".png"), STR_INIT("image/png")}, {STR_INIT(".jpg"), STR_INIT("image/jpeg")},
	{STR_INIT(".jpeg"), STR_INIT("image/jpeg")}, {STR_INIT(".gif"), STR_INIT("image/gif")}, {STR_INIT(".webp"), STR_INIT("image/webp")},
	{STR_INIT(".avif"), STR_INIT("image/avif")}, {STR_INIT(".ico"), STR_INIT("image/x-icon")}, {STR_INIT(".pdf"), STR_INIT("application/pdf")},
	{STR_INIT(".woff2"), STR_INIT("font/woff2")}, {STR_INIT(".zip"), STR_INIT("application/zip")},
};

Str request_type(Str path)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_ends(path, types[i].ending))
			return types[i].type;
	return S("application/octet-stream");
}

/* ---- ETag and ranges (RFC 9110 sections 8.8.3, 13.1.2, 14) ---- */

/* bytes=from-to, bytes=from-, bytes=-last; false: not a single range, and the whole is sent. */
static bool one_range(Str header, size_t whole, size_t *from, size_t *to)
{
	int64_t a = -1, b = -1;
	if (!str_starts(header, S("bytes=")) || str_find_char(header, ',') != SIZE_MAX)
		return false;
	Str last = str_from(header, 6), first = str_cut(&last, '-');
	if (!last.p || (first.n && (!str_int(first, &a) || a < 0)) || (last.n && (!str_int(last, &b) || b < 0)) || (!first.n && !last.n))
		return false;
	if (!first.n) {
		*from = (uint64_t)b >= whole ? 0 : whole - (size_t)b;
		*to = b ? whole : 0;
		return true;
	}
	*from = (size_t)a;
	*to = !last.n || (uint64_t)b >= whole ? whole : (size_t)b + 1;
	return b < 0 || a <= b;
}

static void cut(HttpAnswer *a, size_t from, size_t to)
{
	a->content_range = str_printf(&a->arena, "bytes %zu-%zu/%zu", from, to - 1, a->body.n);
	memmove(a->body.p, a->body.p + from, to - from);
	a->body.n = to - from;
	a->status = 206;
}

static void give_tag(HttpAnswer *a)
{
	Buf tag = {0};
	buf_putc(&tag, '"');
	buf_put_hash(&tag, hash_of(buf_str(&a->body)));
	buf_putc(&tag, '"');
	a->etag = str_dup(&a->arena, buf_str(&tag));
	buf_release(&tag);
}

void request_finish(const HttpRequest *q, HttpAnswer *a)
{
	size_t from, to;
	if (a->stream || a->status != 200)
		return;
	if (!a->etag.n)
		give_tag(a);
	if (q->if_none_match.n && str_find(q->if_none_match, a->etag) != SIZE_MAX) {
		buf_clear(&a->body);
		a->status = 304;
		return;
	}
	if (!q->range.n || (q->if_range.n && !str_eq(q->if_range, a->etag)) || !one_range(q->range, a->body.n, &from, &to))
		return;
	if (from >= a->body.n || to <= from) {
		a->content_range = str_printf(&a->arena, "bytes */%zu", a->body.n);
		buf_clear(&a->body);
		a->status = 416;
		return;
	}
	cut(a, from, to);
}
