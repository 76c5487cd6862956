/* buf: text that is owned and grows. Appending cannot fail in the caller's face (arena.h), so code that
 * writes output is a list of puts. Who knows it: everybody. What it knows: str. */
#ifndef GEN_BASE_BUF_H
#define GEN_BASE_BUF_H

#include "base/str.h"

typedef struct Buf {
	char *p;
	size_t n, cap;
} Buf; /* all zero is an empty buffer */

void buf_reserve(Buf *b, size_t more); /* room for this many further bytes */
void buf_puts(Buf *b, Str s);
void buf_printf(Buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_put_int(Buf *b, int64_t i);             /* in decimal, quicker than buf_printf */
void buf_put_rune(Buf *b, uint32_t code_point); /* as UTF-8 */
void buf_release(Buf *b);
static inline void buf_clear(Buf *b) { b->n = 0; }
static inline Str buf_str(const Buf *b) { return (Str){b->p, b->n}; }
static inline void buf_putc(Buf *b, char c)
{
	if (b->n == b->cap)
		buf_reserve(b, 1);
	b->p[b->n++] = c;
}
#define buf_lit(b, literal) buf_puts((b), S(literal))

/* One JSON string with its quotes; also safe inside <script> (<, >, &, U+2028 and U+2029 as \u escapes).
 * Bytes that are not UTF-8 become U+FFFD. RFC 8259 section 7. */
void buf_put_json(Buf *b, Str s);

#endif
