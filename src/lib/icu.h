/* icu: what needs Unicode's tables or a language's habits: slugs, keys for comparing, sorting, dates, numbers,
 * lists, word breaks, time zones. ICU carries its own data, so a machine without locales does as well.
 * Who knows it: record, doc, liquid, load, graph, render, build, archive. What it knows: ICU, in icu.c alone.
 *
 * Functions without an Icu may be called by any thread. An Icu keeps opened formatters and collators of one
 * thread; texts handed out live in the arena given. Text that is not UTF-8 counts as U+FFFD. A language is a
 * BCP 47 tag ("ko", "pt-BR"); one without data, or none, has British habits and the root's sorting. */
#ifndef GEN_LIB_ICU_H
#define GEN_LIB_ICU_H

#include "base/buf.h"
#include "base/date.h"

typedef struct Icu Icu;

Icu *icu_open(void);
void icu_close(Icu *icu);

/* A segment of an address: NFC, lower case, letters, marks and digits of every script kept, everything else one
 * hyphen between them; bytes in keep ("_.") are kept too. "C++" gives "c", "!!" gives "": collisions and empty
 * slugs are the caller's. At most 200 bytes, cut before a hyphen where one is near. */
Str icu_slug(Arena *a, Str s, Str keep);
Str icu_nfc(Arena *a, Str s);  /* s itself when it is so already */
Str icu_fold(Arena *a, Str s); /* NFC and full case folding: equal keys collide on some disk or for some reader */
Str icu_lower(Arena *a, Str s, Str lang);
Str icu_upper(Arena *a, Str s, Str lang);
Str icu_capital(Arena *a, Str s, Str lang); /* first letter upper, the rest as it is */

/* A key whose bytes sort (str_cmp) as the language sorts the text; numbers inside by value. */
Str icu_sort_key(Icu *icu, Arena *a, Str s, Str lang);

typedef enum IcuDateStyle {
	ICU_DATE_SHORT,  /* 01/05/2024 as the language has it */
	ICU_DATE_MEDIUM, /* 1 May 2024; 2024. 5. 1. */
	ICU_DATE_LONG,   /* 1 May 2024; 2024년 5월 1일 */
	ICU_DATE_FULL,   /* Wednesday 1 May 2024 */
	ICU_DATE_MONTH,  /* May 2024; 2024년 5월 */
	ICU_DATE_YEAR    /* 2024; 2024년 */
} IcuDateStyle;
void icu_put_date(Icu *icu, Buf *b, Date d, Str lang, IcuDateStyle style);
void icu_put_pattern_date(Icu *icu, Buf *b, Date d, Str lang, Str pattern); /* CLDR letters: "d MMMM y" */
void icu_put_number(Icu *icu, Buf *b, double number, Str lang, int decimals); /* decimals < 0: as many as needed, at most 6 */
void icu_put_list(Icu *icu, Buf *b, const Str *items, size_t n, Str lang);    /* a, b and c */
/* zero, one, two, few, many or other, for interface words with a count. */
const char *icu_plural(Icu *icu, double number, Str lang);
bool icu_is_language(Str tag);                              /* a well-formed BCP 47 tag whose language ICU knows */

/* Calls word(context, piece, is_word) for the pieces of a text in turn; with is_word false it is space or
 * punctuation. Chinese, Japanese, Thai and so on are cut by dictionary. Use it on runs that are not ASCII. */
void icu_words(Icu *icu, Str s, Str lang, void (*word)(void *context, Str piece, bool is_word), void *context);

/* Minutes east of UTC of a zone ("Asia/Seoul", "+09:00") at an instant, or at a local time. False: no such zone. */
bool icu_zone(Icu *icu, Str zone, int64_t seconds, bool local, int *minutes);
bool icu_is_zone(Str zone);

const char *icu_version(void);

#endif
