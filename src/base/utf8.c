#include "base/utf8.h"

#include "base/buf.h"
#include "base/chunk.h"

uint32_t utf8_decode(Str s, size_t i, size_t *len)
{
	const unsigned char *p = (const unsigned char *)s.p + i;
	size_t left = s.n - i;
	*len = 1;
	if (p[0] < 0x80)
		return p[0];
	if (p[0] < 0xC2 || p[0] > 0xF4)
		return UTF8_BAD;
	size_t n = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	if (left < n)
		return UTF8_BAD;
	uint32_t r = p[0] & (0x7Fu >> n);
	for (size_t k = 1; k < n; k++) {
		if ((p[k] & 0xC0) != 0x80)
			return UTF8_BAD;
		r = r << 6 | (p[k] & 0x3Fu);
	}
	if ((n == 3 && r < 0x800) || (n == 4 && (r < 0x10000 || r > 0x10FFFF)) || (r >= 0xD800 && r < 0xE000))
		return UTF8_BAD;
	*len = n;
	return r;
}

size_t utf8_encode(uint32_t r, char out[4])
{
	if (r > 0x10FFFF || (r >= 0xD800 && r < 0xE000))
		r = 0xFFFD;
	if (r < 0x80) {
		out[0] = (char)r;
		return 1;
	}
	size_t n = r < 0x800 ? 2 : r < 0x10000 ? 3 : 4;
	for (size_t k = n; k-- > 1; r >>= 6)
		out[k] = (char)(0x80 | (r & 0x3F));
	static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
	out[0] = (char)(lead[n] | r);
	return n;
}

size_t utf8_invalid(Str s)
{
	size_t i = 0, len;
	while (i < s.n) {
		if (s.n - i >= CHUNK) {
			unsigned high = chunk_bits(chunk_at(s.p + i));
			i += high ? (size_t)__builtin_ctz(high) : CHUNK;
			if (!high)
				continue;
		}
		if (utf8_decode(s, i, &len) == UTF8_BAD)
			return i;
		i += len;
	}
	return SIZE_MAX;
}

size_t utf8_count(Str s)
{
	size_t count = 0, i = 0, len;
	while (i < s.n) {
		if (s.n - i >= CHUNK && !chunk_bits(chunk_at(s.p + i))) {
			i += CHUNK;
			count += CHUNK;
			continue;
		}
		utf8_decode(s, i, &len);
		i += len;
		count++;
	}
	return count;
}

Str utf8_repair(Arena *a, Str s)
{
	if (utf8_invalid(s) == SIZE_MAX)
		return s;
	Buf b = {0};
	size_t len;
	for (size_t i = 0; i < s.n; i += len) {
		if (utf8_decode(s, i, &len) == UTF8_BAD)
			buf_lit(&b, "\xEF\xBF\xBD");
		else
			buf_puts(&b, (Str){s.p + i, len});
	}
	Str out = str_dup(a, buf_str(&b));
	buf_release(&b);
	return out;
}

bool rune_is_hangul(uint32_t r)
{
	return (r >= 0x1100 && r <= 0x11FF) || (r >= 0x3130 && r <= 0x318F) || (r >= 0xA960 && r <= 0xA97F) ||
	       (r >= 0xAC00 && r <= 0xD7FF);
}

bool rune_is_cjk(uint32_t r)
{
	return rune_is_hangul(r) || (r >= 0x2E80 && r <= 0x312F) || (r >= 0x3190 && r <= 0x9FFF) || (r >= 0xF900 && r <= 0xFAFF) ||
	       (r >= 0xFE30 && r <= 0xFE4F) || (r >= 0xFF00 && r <= 0xFFEF) || (r >= 0x20000 && r <= 0x323AF);
}

int rune_width(uint32_t r)
{
	if ((r >= 0x300 && r <= 0x36F) || (r >= 0x200B && r <= 0x200F) || (r >= 0xFE00 && r <= 0xFE0F))
		return 0;
	return rune_is_cjk(r) || (r >= 0x1F300 && r <= 0x1FAFF) ? 2 : 1;
}

void buf_put_visible(Buf *b, Str s)
{
	size_t len;
	for (size_t i = 0; i < s.n; i += len) {
		uint32_t r = utf8_decode(s, i, &len);
		if (r == UTF8_BAD || r < 0x20 || r == 0x7F)
			buf_printf(b, "\\x%02x", (unsigned char)s.p[i]);
		else if ((r >= 0x80 && r < 0xA0) || (r >= 0x200E && r <= 0x200F) || (r >= 0x2028 && r <= 0x202E) || (r >= 0x2066 && r <= 0x2069))
			buf_printf(b, "\\u{%04x}", (unsigned)r);
		else
			buf_puts(b, (Str){s.p + i, len});
	}
}
