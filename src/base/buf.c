#include "base/buf.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_reserve(Buf *b, size_t more)
{
	size_t need;
	if (__builtin_add_overflow(b->n, more, &need))
		die_oom();
	if (need <= b->cap)
		return;
	size_t cap = b->cap < 256 ? 256 : b->cap + b->cap / 2;
	b->cap = cap < need ? need : cap;
	b->p = mem_resize(b->p, b->cap, 1);
}

void buf_puts(Buf *b, Str s)
{
	if (!s.n)
		return;
	if (b->cap - b->n < s.n)
		buf_reserve(b, s.n);
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

void buf_printf(Buf *b, const char *format, ...)
{
	va_list v, w;
	buf_reserve(b, 64); /* most pieces fit, and are formatted once */
	va_start(v, format);
	va_copy(w, v);
	int n = vsnprintf(b->p + b->n, b->cap - b->n, format, v);
	va_end(v);
	if (n < 0)
		BUG("bad format");
	if ((size_t)n >= b->cap - b->n) {
		buf_reserve(b, (size_t)n + 1);
		vsnprintf(b->p + b->n, (size_t)n + 1, format, w);
	}
	va_end(w);
	b->n += (size_t)n;
}

void buf_put_int(Buf *b, int64_t i)
{
	char text[24], *p = text + sizeof text;
	uint64_t u = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
	do
		*--p = (char)('0' + u % 10);
	while (u /= 10);
	if (i < 0)
		*--p = '-';
	buf_puts(b, (Str){p, (size_t)(text + sizeof text - p)});
}

void buf_put_rune(Buf *b, uint32_t r)
{
	char out[4];
	buf_puts(b, (Str){out, utf8_encode(r, out)});
}

void buf_release(Buf *b)
{
	free(b->p);
	*b = (Buf){0};
}

void buf_put_json(Buf *b, Str s)
{
	size_t plain = 0; /* start of the run not yet written */
	buf_reserve(b, s.n + 2);
	buf_putc(b, '"');
	for (size_t i = 0; i < s.n;) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&') {
			i++;
			continue;
		}
		size_t len = 1;
		uint32_t r = c < 0x80 ? c : utf8_decode(s, i, &len);
		if (r != UTF8_BAD && r >= 0x80 && r != 0x2028 && r != 0x2029) {
			i += len;
			continue;
		}
		buf_puts(b, (Str){s.p + plain, i - plain});
		i += len;
		plain = i;
		if (r == UTF8_BAD)
			buf_lit(b, "\xEF\xBF\xBD");
		else if (r == '"' || r == '\\')
			buf_putc(b, '\\'), buf_putc(b, (char)r);
		else if (r == '\n')
			buf_lit(b, "\\n");
		else if (r == '\t')
			buf_lit(b, "\\t");
		else
			buf_printf(b, "\\u%04x", (unsigned)r);
	}
	buf_puts(b, (Str){s.p + plain, s.n - plain});
	buf_putc(b, '"');
}
