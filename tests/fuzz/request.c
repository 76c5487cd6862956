/* What a browser may send the preview, five lines of it: path, Host, Origin, Range, If-None-Match. What must hold: a path
 * that is taken stays inside the site; a foreign host is never let in; a part of the body is the part that was asked. */
#include "serve/request.h"

#include "base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_path(Str sent, Str base, Arena *a)
{
	Str path;
	if (!request_path(sent, base, a, &path))
		return;
	must(utf8_invalid(path) == SIZE_MAX && !str_starts(path, S("/")));
	for (size_t i = 0; i < path.n; i++)
		must((unsigned char)path.p[i] >= 0x20 && path.p[i] != '\\');
	for (Str rest = path; rest.p && rest.n;) {
		Str name = str_cut(&rest, '/');
		must(name.n && !str_eq(name, S(".")) && !str_eq(name, S("..")));
	}
	must(request_type(path).n > 0);
}

static void check_answer(const HttpRequest *q)
{
	static const char whole[] = "The tide rose by four centimetres.";
	HttpAnswer a = {.status = 200};
	buf_puts(&a.body, S(whole));
	request_finish(q, &a);
	must(a.status == 200 || a.status == 206 || a.status == 304 || a.status == 416);
	must(a.etag.n == 34);
	if (a.status == 200)
		must(a.body.n == sizeof whole - 1);
	else if (a.status == 206)
		must(a.body.n > 0 && a.body.n < sizeof whole && str_find(S(whole), buf_str(&a.body)) != SIZE_MAX && q->range.n);
	else
		must(a.body.n == 0);
	buf_release(&a.body);
	arena_release(&a.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena a = {0};
	Str rest = str_n((const char *)data, size), line[5] = {0};
	for (int i = 0; i < 5 && rest.p; i++)
		line[i] = str_cut(&rest, '\n');
	HttpRequest q = {.path = line[0], .has_host = line[1].n > 0, .host = line[1], .origin = line[2], .range = line[3], .if_none_match = line[4]};
	check_path(q.path, (Str){0}, &a);
	check_path(q.path, S("/policy"), &a);
	check_answer(&q);
	Options o = {.allow_host = S("desk.example")};
	Str host = str_lower_ascii(&a, q.host), name = str_upto(host, str_find_char(host, ':'));
	if (request_allowed(&q, &o) && q.has_host)
		must(str_eq(name, S("localhost")) || str_ends(name, S(".localhost")) || str_eq(name, S("127.0.0.1")) || str_eq(name, S("desk.example")) ||
			str_starts(host, S("[::1]")));
	arena_release(&a);
	return 0;
}
