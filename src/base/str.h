/* str: text that is borrowed. A Str points into somebody else's bytes and never owns them; it may hold any
 * byte, NUL included, and is not terminated. Who knows it: everybody. What it knows: arena. */
#ifndef GEN_BASE_STR_H
#define GEN_BASE_STR_H

#include "base/arena.h"
#include "base/ascii.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct Str {
	const char *p;
	size_t n;
} Str;

#define S(literal) ((Str){(literal), sizeof(literal) - 1})
#define STR_INIT(literal) {(literal), sizeof(literal) - 1} /* for static tables */
#define STR_ARG(s) (int)(s).n, (s).p                         /* for "%.*s", display only */

static inline Str str_of(const char *c) { return (Str){c, c ? strlen(c) : 0}; }
static inline Str str_n(const char *p, size_t n) { return (Str){p, n}; }
static inline bool str_eq(Str a, Str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }
static inline bool str_starts(Str s, Str head) { return s.n >= head.n && (head.n == 0 || memcmp(s.p, head.p, head.n) == 0); }
static inline bool str_ends(Str s, Str tail) { return s.n >= tail.n && (tail.n == 0 || memcmp(s.p + s.n - tail.n, tail.p, tail.n) == 0); }
static inline Str str_from(Str s, size_t i) { return i >= s.n ? (Str){s.p ? s.p + s.n : s.p, 0} : (Str){s.p + i, s.n - i}; }
static inline Str str_upto(Str s, size_t i) { return (Str){s.p, i < s.n ? i : s.n}; }

int str_cmp(Str a, Str b);                      /* by bytes, shorter first: <0, 0, >0 */
bool str_eq_nocase(Str a, Str b);               /* ASCII only */
size_t str_find(Str s, Str needle);             /* offset of the first, or SIZE_MAX */
size_t str_find_char(Str s, char c);            /* likewise */
size_t str_rfind_char(Str s, char c);           /* of the last */
Str str_trim(Str s);                            /* ASCII white space off both ends */
Str str_trim_end(Str s);
/* Cuts at the first c: returns what is before it, leaves the rest in *s. No c: returns all, *s is empty with p == NULL. */
Str str_cut(Str *s, char c);
/* The next line without its end (LF, CRLF or CR), leaving the rest in *s. False at the end. */
bool str_line(Str *s, Str *line);
bool str_int(Str s, int64_t *out);              /* a whole decimal number, sign allowed, nothing else */
uint64_t str_hash(Str s);                       /* in-process tables only; never written to disk */

Str str_dup(Arena *a, Str s);                   /* NUL-terminated behind its n bytes */
Str str_printf(Arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
Str str_join(Arena *a, Str x, Str y);
const char *str_c(Arena *a, Str s);             /* NUL-terminated copy for C interfaces */
Str str_lower_ascii(Arena *a, Str s);

#endif
