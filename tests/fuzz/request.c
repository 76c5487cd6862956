/* request: addresses and ranges as browsers and attackers send them. The first byte says how long the range is. */
#include "serve/request.h"

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool right)
{
	if (!right)
		BUG("a request was misread");
}

/* Whatever is let through has no name that leads elsewhere. */
static void read_path(Str sent)
{
	Arena a = {0};
	Str path;
	if (request_path(sent, S(""), &a, &path)) {
		Str rest = path;
		check(utf8_invalid(path) == SIZE_MAX && str_find_char(path, '\\') == SIZE_MAX && str_find_char(path, 0) == SIZE_MAX);
		check(!path.n || *path.p != '/');
		while (rest.n) {
			Str name = str_cut(&rest, '/');
			check(name.n && !str_eq(name, S(".")) && !str_eq(name, S("..")));
		}
		request_type(path);
	}
	request_path(sent, S("/policy"), &a, &path);
	arena_release(&a);
}

/* What is sent is a part of the whole, and says which. */
static void cut_range(Str range)
{
	static const Str whole = STR_INIT("0123456789");
	HttpRequest q = {.range = range};
	HttpAnswer a = {.status = 200};
	buf_puts(&a.body, whole);
	request_finish(&q, &a);
	check(a.status == 200 || a.status == 206 || a.status == 416);
	check(a.status == 200 ? a.body.n == whole.n : a.status == 416 ? !a.body.n : a.body.n && str_find(whole, buf_str(&a.body)) != SIZE_MAX);
	buf_release(&a.body);
	arena_release(&a.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	Str all = {(const char *)data + 1, size - 1};
	size_t n = *data % 64;
	cut_range(str_upto(all, n));
	read_path(str_from(all, n));
	Options o = {.bind = {0}};
	HttpRequest q = {.host = str_upto(all, n), .has_host = true, .origin = str_from(all, n)};
	request_allowed(&q, &o);
	return 0;
}
