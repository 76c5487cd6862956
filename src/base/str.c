#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>

int str_cmp(Str a, Str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool str_eq_nocase(Str a, Str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return true;
}

size_t str_find(Str s, Str needle)
{
	if (!needle.n)
		return 0;
	if (needle.n == 1)
		return str_find_char(s, *needle.p);
	const char *hit = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

size_t str_find_char(Str s, char c)
{
	const char *hit = s.n ? memchr(s.p, c, s.n) : NULL;
	return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

size_t str_rfind_char(Str s, char c)
{
	const char *hit = s.n ? memrchr(s.p, c, s.n) : NULL;
	return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

Str str_trim_end(Str s)
{
	while (s.n && ascii_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

Str str_trim(Str s)
{
	s = str_trim_end(s);
	while (s.n && ascii_is_space(*s.p))
		s.p++, s.n--;
	return s;
}

Str str_cut(Str *s, char c)
{
	size_t i = str_find_char(*s, c);
	Str head = *s;
	if (i == SIZE_MAX) {
		*s = (Str){0};
		return head;
	}
	head.n = i;
	*s = str_from(*s, i + 1);
	return head;
}

/* Windows keep the search linear in a text whose lines end in the one mark and that has none of the other. */
bool str_line(Str *s, Str *line)
{
	enum { WINDOW = 256 };
	size_t i = 0;
	if (!s->n)
		return false;
	for (bool found = false; i < s->n && !found;) {
		Str part = str_upto(str_from(*s, i), WINDOW);
		size_t lf = str_find_char(part, '\n'), cr = str_find_char(str_upto(part, lf), '\r');
		found = lf != SIZE_MAX || cr != SIZE_MAX;
		i += cr != SIZE_MAX ? cr : lf != SIZE_MAX ? lf : part.n;
	}
	*line = str_upto(*s, i);
	if (i < s->n)
		i += s->p[i] == '\r' && i + 1 < s->n && s->p[i + 1] == '\n' ? 2 : 1;
	*s = str_from(*s, i);
	return true;
}

bool str_int(Str s, int64_t *out)
{
	bool minus = s.n && *s.p == '-';
	size_t i = s.n && (*s.p == '-' || *s.p == '+');
	int64_t v = 0;
	if (i == s.n)
		return false;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		int d = s.p[i] - '0';
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, minus ? -d : d, &v))
			return false;
	}
	*out = v;
	return true;
}

uint64_t str_hash(Str s)
{
	uint64_t h = 0x9E3779B97F4A7C15u ^ s.n;
	const char *p = s.p;
	size_t n = s.n;
	for (; n >= 8; p += 8, n -= 8) {
		uint64_t w;
		memcpy(&w, p, 8);
		h = (h ^ w) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	uint64_t w = 0;
	if (n)
		memcpy(&w, p, n);
	h = (h ^ w) * 0xc4ceb9fe1a85ec53u;
	return h ^ h >> 29;
}

Str str_dup(Arena *a, Str s)
{
	char *p = arena_bytes(a, s.n + 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = 0;
	return (Str){p, s.n};
}

const char *str_c(Arena *a, Str s)
{
	return str_dup(a, s).p;
}

Str str_printf(Arena *a, const char *format, ...)
{
	char most[256]; /* most texts fit, and are formatted once */
	va_list v, w;
	va_start(v, format);
	va_copy(w, v);
	int n = vsnprintf(most, sizeof most, format, v);
	va_end(v);
	if (n < 0)
		BUG("bad format");
	char *p = arena_bytes(a, (size_t)n + 1);
	if ((size_t)n < sizeof most)
		memcpy(p, most, (size_t)n + 1);
	else
		vsnprintf(p, (size_t)n + 1, format, w);
	va_end(w);
	return (Str){p, (size_t)n};
}

Str str_join(Arena *a, Str x, Str y)
{
	char *p = arena_bytes(a, x.n + y.n + 1);
	if (x.n)
		memcpy(p, x.p, x.n);
	if (y.n)
		memcpy(p + x.n, y.p, y.n);
	p[x.n + y.n] = 0;
	return (Str){p, x.n + y.n};
}

Str str_lower_ascii(Arena *a, Str s)
{
	char *p = arena_bytes(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		p[i] = ascii_lower(s.p[i]);
	p[s.n] = 0;
	return (Str){p, s.n};
}
