/* Any bytes as an address in a text. What a browser makes of the bytes that
 * are written must be what was decided about them: no script, no other host for an address of ours, nothing outside. */
#include "doc/doc.h"
#include "links.h"

#include <stdlib.h>

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* As the URL Standard (4.4) reads it: control characters and spaces around it, tabs and line ends within it are nothing. */
static Str as_browser(Str s, Arena *a)
{
	char *p = arena_bytes(a, s.n + 1);
	size_t n = 0;
	while (s.n && (unsigned char)*s.p <= ' ')
		s = str_from(s, 1);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\t' && s.p[i] != '\n' && s.p[i] != '\r')
			p[n++] = s.p[i] == '\\' ? '/' : s.p[i];
	p[n] = 0;
	return (Str){p, n};
}

static bool has_scheme(Str s, Str *scheme)
{
	size_t n = 0;
	while (n < s.n && ((s.p[n] | 32) >= 'a' && (s.p[n] | 32) <= 'z'))
		n++;
	if (!n)
		return false;
	while (n < s.n && (((s.p[n] | 32) >= 'a' && (s.p[n] | 32) <= 'z') || (s.p[n] >= '0' && s.p[n] <= '9') || s.p[n] == '+' || s.p[n] == '-' || s.p[n] == '.'))
		n++;
	*scheme = str_upto(s, n);
	return n < s.n && s.p[n] == ':';
}

/* The bytes of an attribute, its references resolved: those that the escaper writes. */
static Str unescape(Str s, Arena *a)
{
	Buf b = {0};
	while (s.n) {
		if (str_starts(s, S("&amp;")))
			buf_putc(&b, '&'), s = str_from(s, 5);
		else if (str_starts(s, S("&#39;")))
			buf_putc(&b, '\''), s = str_from(s, 5);
		else {
			must(!strchr("&<>\"' \t\r\n", *s.p) && (unsigned char)*s.p > ' ' && (unsigned char)*s.p < 0x7F);
			buf_putc(&b, *s.p), s = str_from(s, 1);
		}
	}
	Str out = str_dup(a, buf_str(&b));
	buf_release(&b);
	return out;
}

static void check_written(Str address, Arena *a)
{
	static const Str safe[] = {STR_INIT("http"), STR_INIT("https"), STR_INIT("mailto"), STR_INIT("tel")};
	Buf out = {0};
	Str scheme;
	esc_url(&out, address);
	Str seen = as_browser(unescape(buf_str(&out), a), a);
	if (doc_url_allowed(address) && has_scheme(seen, &scheme)) {
		bool good = false;
		for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
			good |= str_eq_nocase(scheme, safe[i]);
		must(good);
	}
	if (!doc_url_external(address))
		must(!has_scheme(seen, &scheme) && !str_starts(seen, S("//")));
	buf_release(&out);
}

static void check_path(Str address, Arena *a)
{
	LinkParts parts = link_parts(address);
	Str path = link_path(S("content/briefs/x.md"), parts.path, a), rest = path;
	must(parts.path.n + parts.query.n + parts.fragment.n <= address.n);
	must(!path.n || *path.p != '/');
	while (rest.n) {
		Str name = str_cut(&rest, '/');
		must(name.n && !str_eq(name, S(".")) && !str_eq(name, S("..")));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena a = {0};
	Str address = str_n((const char *)data, size), scheme;
	Item host = {.text = S("ok.example")};
	Settings s = {.allow_hosts = {&host, 1}};
	Site site = {.settings = &s, .base = S("/p")};
	check_written(address, &a);
	check_path(address, &a);
	if (link_loads(&s, address)) { /* from that host, and from no other */
		Str seen = as_browser(address, &a), rest = seen;
		if (has_scheme(seen, &scheme))
			rest = str_from(seen, scheme.n + 1);
		must(str_starts(rest, S("//")) && str_eq_nocase(str_upto(str_from(rest, 2), host.text.n), host.text));
		must(rest.n == host.text.n + 2 || strchr("/?#", rest.p[host.text.n + 2]));
	}
	Str url = link_file_url(&site, str_join(&a, S("/"), address), &a);
	must(str_starts(url, S("/p/")) && !strpbrk(str_c(&a, url), "\"<> #?"));
	arena_release(&a);
	return 0;
}
