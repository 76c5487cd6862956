/* utf8: code points in and out of bytes (RFC 3629), and the few classes that need no library.
 * Who knows it: everybody. What it knows: str. */
#ifndef GEN_BASE_UTF8_H
#define GEN_BASE_UTF8_H

#include "base/str.h"

struct Buf;
#define UTF8_BAD 0xFFFFFFFFu

/* The code point at s.p[i] (i < s.n) and its length in bytes; UTF8_BAD with length 1 when not well-formed
 * (overlong forms, surrogates and values over U+10FFFF are not). */
uint32_t utf8_decode(Str s, size_t i, size_t *len);
size_t utf8_encode(uint32_t code_point, char out[4]); /* number of bytes; not encodable: U+FFFD */
size_t utf8_invalid(Str s);                            /* offset of the first bad byte, or SIZE_MAX */
size_t utf8_count(Str s);                              /* code points; each bad byte counts one */
/* s itself when valid, else a copy with U+FFFD for each bad byte. */
Str utf8_repair(Arena *a, Str s);
/* Chinese, Japanese and Korean letters: these are counted by character where Latin is counted by word.
 * Hangul is told apart because Korean writes spaces between words. */
bool rune_is_cjk(uint32_t r);    /* Han, Kana, Hangul, and their full-width punctuation */
bool rune_is_hangul(uint32_t r);
int rune_width(uint32_t r);      /* columns on a terminal: 0, 1 or 2 */
/* Text for a terminal: control characters, escapes and bidi overrides shown as \xNN or \u{NNNN}; bad bytes too. */
void buf_put_visible(struct Buf *b, Str s);

#endif
