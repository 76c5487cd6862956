/* Counting, excerpts, and the classes of bytes on which every text's treatment is decided. */
#include "base/chunk.h"
#include "doc/inner.h"

#define ROW16(f, base) f(base), f(base + 1), f(base + 2), f(base + 3), f(base + 4), f(base + 5), f(base + 6), f(base + 7), \
	f(base + 8), f(base + 9), f(base + 10), f(base + 11), f(base + 12), f(base + 13), f(base + 14), f(base + 15)
#define WORD(c) (((c) >= '0' && (c) <= '9') || ((c) >= 'A' && (c) <= 'Z') || ((c) >= 'a' && (c) <= 'z') ? B_WORD : 0)
#define CONTROL(c) (((c) < ' ' && (c) != '\t' && (c) != '\n' && (c) != '\f' && (c) != '\r') || (c) == 0x7F)
#define CLASS(c) (WORD(c) | ((c) <= ' ' ? B_SPACE : 0) | ((c) == '&' || (c) == '<' || (c) == '>' || CONTROL(c) ? B_ESC : 0) | \
	((c) == '"' || (c) == '\'' ? B_QUOTE : 0) | ((c) >= 128 ? B_HIGH : 0))
const uint8_t byte_class[256] = {
	ROW16(CLASS, 0), ROW16(CLASS, 16), ROW16(CLASS, 32), ROW16(CLASS, 48), ROW16(CLASS, 64), ROW16(CLASS, 80),
	ROW16(CLASS, 96), ROW16(CLASS, 112), ROW16(CLASS, 128), ROW16(CLASS, 144), ROW16(CLASS, 160), ROW16(CLASS, 176),
	ROW16(CLASS, 192), ROW16(CLASS, 208), ROW16(CLASS, 224), ROW16(CLASS, 240),
};

static bool is_control(unsigned char c) /* NUL aside, which the parser makes U+FFFD */
{
	return c && CONTROL(c);
}

static inline Chunk odd(const char *p) /* among them \t and \r, which are looked at again */
{
	Chunk x = chunk_at(p);
	return ((Chunk)(x < ' ') & (Chunk)(x != '\n')) | (Chunk)(x == 0x7F);
}

/* Control characters are allowed in neither HTML nor XML: each becomes a space. s itself when it has none. */
Str without_controls(Arena *a, Str s)
{
	size_t i = 0;
	for (; i + 4 * CHUNK <= s.n; i += 4 * CHUNK)
		if (chunk_bits(odd(s.p + i) | odd(s.p + i + CHUNK) | odd(s.p + i + 2 * CHUNK) | odd(s.p + i + 3 * CHUNK)))
			break;
	while (i < s.n && !is_control((unsigned char)s.p[i]))
		i++;
	if (i == s.n)
		return s;
	char *p = memcpy(arena_bytes(a, s.n), s.p, s.n);
	for (; i < s.n; i++)
		if (is_control((unsigned char)p[i]))
			p[i] = ' ';
	return (Str){p, s.n};
}

static unsigned pair_seen(unsigned char a, unsigned char b)
{
	unsigned seen = byte_class[a] & (B_ESC | B_QUOTE | B_HIGH);
	if (a == b)
		seen |= a == '-' ? B_DASHES : a == '.' ? B_DOTS : a == '~' ? B_TILDES : (a | 32) == 'w' ? B_ADDRESS : 0;
	return seen | ((a == ':' && b == '/') || a == '@' ? B_ADDRESS : 0) | ((a ^ b) == 32 && (a | 32) == 'w' ? B_ADDRESS : 0);
}

unsigned bytes_seen(Str s)
{
	Chunk esc = {0}, quote = {0}, high = {0}, dashes = {0}, dots = {0}, tildes = {0}, address = {0};
	if (s.n <= CHUNK) {
		unsigned seen = 0;
		for (size_t i = 0; i < s.n; i++)
			seen |= pair_seen((unsigned char)s.p[i], i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0);
		return seen;
	}
	for (size_t i = 0, last = s.n - CHUNK - 1;; i = i + CHUNK < last ? i + CHUNK : last) { /* the last chunk overlaps */
		Chunk x = chunk_at(s.p + i), y = chunk_at(s.p + i + 1);
		Chunk same = (Chunk)(x == y), lower = x | 32;
		esc |= (Chunk)(x == '&') | (Chunk)((x | 2) == '>') | (Chunk)(x < ' ') | (Chunk)(x == 0x7F);
		quote |= (Chunk)(x == '"') | (Chunk)(x == '\'');
		high |= x;
		dashes |= same & (Chunk)(x == '-');
		dots |= same & (Chunk)(x == '.');
		tildes |= same & (Chunk)(x == '~');
		address |= (Chunk)(x == '@') | ((Chunk)(x == ':') & (Chunk)(y == '/')) | ((Chunk)(lower == 'w') & (Chunk)((y | 32) == 'w'));
		if (i == last)
			break;
	}
	return (chunk_bits(esc) ? B_ESC : 0) | (chunk_bits(quote) ? B_QUOTE : 0) | (chunk_bits(high) ? B_HIGH : 0) |
	       (chunk_bits(dashes) ? B_DASHES : 0) | (chunk_bits(dots) ? B_DOTS : 0) | (chunk_bits(tildes) ? B_TILDES : 0) |
	       (chunk_bits(address) ? B_ADDRESS : 0) | pair_seen((unsigned char)s.p[s.n - 1], 0);
}

/* A word is what stands between spaces and has a letter in it; count_bits does 64 bytes at once. Bit i of each:
 * byte i is a letter or digit; is no space. */
static void count_bits(Words *w, uint64_t letters, uint64_t solid)
{
	/* From behind each letter the carry of an addition runs to the end of what is solid: what it passes belongs to a word
	 * already, and a letter that it does not pass begins one. */
	uint64_t from = (letters << 1 | w->in_word) & solid;
	uint64_t passed = (((solid + from) ^ solid) | from) & solid;
	w->words += (uint32_t)__builtin_popcountll(letters & ~passed);
	w->in_word = (letters | passed) >> 63;
}

static void count_ascii(Words *w, Str s)
{
	enum { ROUND = 64 };
	for (size_t i = 0; i < s.n; i += ROUND) {
		char padded[ROUND];
		const char *p = s.p + i;
		size_t n = s.n - i < ROUND ? s.n - i : ROUND;
		if (n < ROUND)
			p = memcpy(memset(padded, '-', ROUND), p, n); /* neither a letter nor a space: the state stays */
		uint64_t letters = 0, solid = 0;
		for (unsigned k = 0; k < ROUND; k += CHUNK) {
			Chunk x = chunk_at(p + k);
			letters |= (uint64_t)chunk_bits((Chunk)((x | 32) - 'a' < 26) | (Chunk)(x - '0' < 10)) << k;
			solid |= (uint64_t)chunk_bits((Chunk)(x > ' ')) << k;
		}
		count_bits(w, letters, solid);
	}
}

/* Letters for the purpose of counting: all that is not white space or punctuation of the blocks that texts
 * really use. */
bool rune_is_sign(uint32_t r)
{
	return (r >= 0x80 && r < 0xC0 && r != 0xAA && r != 0xB5 && r != 0xBA) || r == 0xD7 || r == 0xF7 || (r >= 0x2000 && r <= 0x206F) ||
	       (r >= 0x2E00 && r <= 0x2E7F) || (r >= 0x3000 && r <= 0x3004) || (r >= 0x3008 && r <= 0x3020) || r == 0x3030 ||
	       (r >= 0xFF00 && r <= 0xFF0F) || (r >= 0xFF1A && r <= 0xFF20) || (r >= 0xFF3B && r <= 0xFF40) ||
	       (r >= 0xFF5B && r <= 0xFF65) || (r >= 0xFE30 && r <= 0xFE4F) || (r >= 0x2190 && r <= 0x2BFF);
}

static bool rune_is_space(uint32_t r)
{
	return r <= ' ' || r == 0xA0 || r == 0x1680 || (r >= 0x2000 && r <= 0x200A) || r == 0x2028 || r == 0x2029 || r == 0x202F ||
	       r == 0x205F || r == 0x3000;
}

static size_t ascii_run(Str s)
{
	size_t i = 0;
	for (; i + CHUNK <= s.n; i += CHUNK) {
		unsigned high = chunk_bits(chunk_at(s.p + i));
		if (high)
			return i + (size_t)__builtin_ctz(high);
	}
	while (i < s.n && !(s.p[i] & 0x80))
		i++;
	return i;
}

static void count_runes(Words *w, Str s)
{
	size_t len;
	for (size_t i = 0; i < s.n; i += len) {
		len = ascii_run(str_from(s, i));
		if (len) {
			count_ascii(w, str_n(s.p + i, len));
			continue;
		}
		uint32_t r = utf8_decode(s, i, &len);
		if (rune_is_space(r) || r == 0x2014) { /* a dash set without spaces parts words too */
			w->in_word = false;
		} else if (rune_is_sign(r)) {
			w->in_word = w->in_word && !rune_is_cjk(r);
		} else if (rune_is_cjk(r) && !rune_is_hangul(r)) {
			w->words++;
			w->characters++;
			w->in_word = false;
		} else if (!w->in_word) {
			w->words++;
			w->in_word = true;
		}
	}
}

void count_words(Words *w, Str s, unsigned seen)
{
	if (seen & B_HIGH)
		count_runes(w, s);
	else
		count_ascii(w, s);
}

uint32_t doc_words(Str s, uint32_t *characters)
{
	Words w = {0};
	count_words(&w, s, B_HIGH);
	if (characters)
		*characters = w.characters;
	return w.words;
}

enum { WORDS_A_MINUTE = 230, CHARACTERS_A_MINUTE = 500 };

uint32_t doc_minutes(uint32_t words, uint32_t characters)
{
	uint64_t load = (uint64_t)(words - characters) * CHARACTERS_A_MINUTE + (uint64_t)characters * WORDS_A_MINUTE;
	uint64_t a_minute = (uint64_t)WORDS_A_MINUTE * CHARACTERS_A_MINUTE;
	return (uint32_t)((load + a_minute / 2) / a_minute) + (load && load < a_minute / 2);
}

/* ---- Excerpts ---- */

enum { EXCERPT_WORDS = 30, EXCERPT_CHARACTERS = 60 };

static Str one_spaced(Str s, Arena *a)
{
	char *p = arena_bytes(a, s.n);
	size_t n = 0, len;
	bool space = false;
	for (size_t i = 0; i < s.n; i += len) {
		uint32_t r = (unsigned char)s.p[i];
		len = 1;
		if (r >= 0x80)
			r = utf8_decode(s, i, &len);
		if (r <= ' ' || r == 0x3000) {
			space = n > 0;
			continue;
		}
		if (space)
			p[n++] = ' ';
		space = false;
		for (size_t k = 0; k < len; k++)
			p[n++] = s.p[i + k];
	}
	return (Str){p, n};
}

static bool mostly_cjk(Str s)
{
	size_t cjk = 0, other = 0, len;
	for (size_t i = 0; i < s.n; i += len) {
		unsigned char c = (unsigned char)s.p[i];
		len = 1;
		if (c < 0x80) {
			other += (byte_class[c] & B_WORD) != 0;
			continue;
		}
		uint32_t r = utf8_decode(s, i, &len);
		if (rune_is_cjk(r))
			cjk++;
		else if (!rune_is_sign(r))
			other++;
	}
	return cjk > other;
}

/* Where the text is cut: SIZE_MAX when it fits. */
static size_t cut_by_words(Str s)
{
	size_t words = 0;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ' ' && ++words == EXCERPT_WORDS)
			return i;
	return SIZE_MAX;
}

static size_t cut_by_characters(Str s)
{
	size_t characters = 0, len, word = SIZE_MAX; /* word: start of a Latin word that the cut would break */
	for (size_t i = 0; i < s.n; i += len) {
		uint32_t r = utf8_decode(s, i, &len);
		bool latin = r < 0x80 && (byte_class[r] & B_WORD);
		if (!latin)
			word = SIZE_MAX;
		else if (word == SIZE_MAX)
			word = i;
		if (characters++ == EXCERPT_CHARACTERS)
			return word != SIZE_MAX && word > 0 ? word : i;
	}
	return SIZE_MAX;
}

Str doc_excerpt(Str s, Arena *a)
{
	Str text = one_spaced(s, a);
	size_t cut = mostly_cjk(text) ? cut_by_characters(text) : cut_by_words(text);
	if (cut == SIZE_MAX)
		return text;
	return str_join(a, str_trim_end(str_upto(text, cut)), S(" [\xE2\x80\xA6]"));
}
