/* Text between tags: links out of bare addresses, ~~struck~~ text, typography. All over the tree, in one pass
 * and linear: each byte is looked at by each step at most a fixed number of times. */
#include "doc/inner.h"

typedef struct Found { /* an address in a text */
	size_t from, to;
	Str scheme;        /* to be put before it */
} Found;

static bool is_word(Str s, size_t i)
{
	return i < s.n && (byte_class[(unsigned char)s.p[i]] & B_WORD);
}

static bool may_start(Str s, size_t i) /* GFM: behind white space or one of * _ ~ (; here behind all but what an address or word could hold */
{
	return i == 0 || !(is_word(s, i - 1) || strchr("/.@+-=&%#?", s.p[i - 1]));
}

/* The host: labels of letters, digits, - and _, with a dot in it unless it follows a scheme. */
static size_t host_end(Str s, size_t i, bool dot_needed)
{
	size_t dots = 0, from = i;
	while (i < s.n && (is_word(s, i) || s.p[i] == '-' || s.p[i] == '_' || (s.p[i] == '.' && is_word(s, i + 1)) || (s.p[i] & 0x80))) {
		if (s.p[i] & 0x80) { /* a host in another script, but not its punctuation, and not Korean's particles */
			size_t len;
			uint32_t r = utf8_decode(s, i, &len);
			if (dots || rune_is_cjk(r) || r < 0xC0 || (r >= 0x2000 && r < 0x2070))
				break;
			i += len;
			continue;
		}
		dots += s.p[i] == '.';
		i++;
	}
	return i > from && (dots || !dot_needed) ? i : from;
}

/* The rest of an address: to white space, < or a mark that closes a sentence in Chinese or Japanese. Hangul and
 * Han right behind an ASCII letter are the sentence going on (a particle), not the address. */
static size_t path_end(Str s, size_t i)
{
	while (i < s.n && (unsigned char)s.p[i] > ' ' && s.p[i] != '<' && s.p[i] != '"') {
		if (!(s.p[i] & 0x80)) {
			i++;
			continue;
		}
		size_t len;
		uint32_t r = utf8_decode(s, i, &len);
		bool mark = (r >= 0x3000 && r < 0x3040) || r >= 0xFF00 || (r >= 0x2000 && r < 0x2070) || (r >= 0x80 && r < 0xC0);
		if (mark || (rune_is_cjk(r) && (is_word(s, i - 1) || s.p[i - 1] == ')')))
			break;
		i += len;
	}
	return i;
}

/* Takes off what belongs to the sentence: ? ! . , : ; * _ ~ ' " at the end, a ) without its (, and &entity; */
static size_t trim_end(Str s, size_t from, size_t to)
{
	size_t open = 0, close = 0;
	for (size_t i = from; i < to; i++) {
		open += s.p[i] == '(';
		close += s.p[i] == ')';
	}
	for (; to > from; to--) {
		char c = s.p[to - 1];
		if (c == ')') {
			if (close <= open)
				break;
			close--;
		} else if (c == ';') {
			size_t amp = to - 1;
			while (amp > from && is_word(s, amp - 1) && to - amp < 12)
				amp--;
			if (amp > from && s.p[amp - 1] == '&' && amp < to - 1)
				to = amp;
		} else if (!strchr("?!.,:*_~'\"]}", c)) {
			break;
		}
	}
	return to;
}

static bool find_url(Str s, size_t at, Found *f)
{
	static const Str schemes[] = {STR_INIT("https"), STR_INIT("http")};
	for (size_t k = 0; k < 2; k++) {
		size_t n = schemes[k].n;
		if (at < n || !str_eq_nocase(str_n(s.p + at - n, n), schemes[k]) || !may_start(s, at - n))
			continue;
		size_t host = host_end(s, at + 3, false);
		if (host == at + 3)
			return false;
		*f = (Found){at - n, trim_end(s, at - n, path_end(s, host)), {0}};
		return f->to > at + 3;
	}
	return false;
}

static bool find_www(Str s, size_t at, Found *f)
{
	if (!str_eq_nocase(str_upto(str_from(s, at), 4), S("www.")) || !may_start(s, at))
		return false;
	size_t host = host_end(s, at, true);
	if (host <= at + 4)
		return false;
	*f = (Found){at, trim_end(s, at, path_end(s, host)), S("http://")};
	return true;
}

static bool find_mail(Str s, size_t least, size_t at, Found *f)
{
	size_t from = at;
	while (from > least && (is_word(s, from - 1) || strchr(".+-_", s.p[from - 1])))
		from--;
	while (from < at && strchr(".+-_", s.p[from]))
		from++;
	size_t to = host_end(s, at + 1, true);
	while (to > at && (s.p[to - 1] == '-' || s.p[to - 1] == '_'))
		to--;
	if (from == at || to <= at + 1 || !memchr(s.p + at, '.', to - at) || (from > least && s.p[from - 1] == '/'))
		return false;
	*f = (Found){from, to, S("mailto:")};
	return true;
}

/* The first address at or behind `from`. */
static bool find_address(Str s, size_t from, Found *f)
{
	size_t least = from;
	for (size_t i = from; i < s.n; i++) {
		if (s.p[i] == ':') {
			if (str_starts(str_from(s, i), S("://")) && find_url(s, i, f) && f->from >= from)
				return true;
		} else if (s.p[i] == '@') {
			if (find_mail(s, least, i, f))
				return true;
			least = i + 1;
		} else if ((s.p[i] | 32) == 'w' && find_www(s, i, f)) {
			return true;
		}
	}
	return false;
}

/* ---- Putting text into the tree ---- */

/* seen: of s, or of a text that s is a piece of; what is not there is then only looked for. */
static void plain_text(Builder *b, Str s, unsigned seen, bool followed)
{
	if (!s.n)
		return;
	count_words(&b->count, s, seen);
	b->quotes.followed = followed;
	Str kept;
	if (smart_needed(seen, b->language)) {
		Buf out = {0};
		smart_put(b->language, &b->quotes, s, &out);
		kept = str_dup(b->arena, buf_str(&out));
		buf_release(&out);
	} else {
		kept = (Str){memcpy(arena_bytes(b->arena, s.n), s.p, s.n), s.n};
		b->quotes.before = (unsigned char)s.p[s.n - 1] < 0x80 ? (unsigned char)s.p[s.n - 1] : 'x';
	}
	uint32_t at = node_leaf(b, DOC_TEXT, kept);
	if (!(seen & B_ESC))
		b->nodes[at].flags |= DOC_PLAIN;
}

static bool space_at(Str s, size_t i)
{
	return i >= s.n || (byte_class[(unsigned char)s.p[i]] & B_SPACE);
}

/* ~~ opens before a word and closes behind one. An opener is text of its own until its closer comes. */
static void struck_text(Builder *b, Str s, unsigned seen, bool followed)
{
	size_t from = 0, i = 0;
	while (i + 1 < s.n) {
		char *p = memmem(s.p + i, s.n - i, "~~", 2);
		if (!p)
			break;
		size_t at = (size_t)(p - s.p), n = 2;
		while (at + n < s.n && s.p[at + n] == '~')
			n++;
		i = at + n;
		bool opens = i < s.n ? !space_at(s, i) : followed, closes = at > 0 ? !space_at(s, at - 1) : b->quotes.before > ' ';
		if (n != 2 || !(opens || closes))
			continue;
		uint32_t opener = b->struck_n ? b->struck[b->struck_n - 1].node : 0;
		bool pairs = closes && opener && b->nodes[opener].parent == b->open && b->struck[b->struck_n - 1].raw_n == b->raw_n;
		if (!pairs && (!opens || b->struck_n == (int)(sizeof b->struck / sizeof *b->struck)))
			continue;
		plain_text(b, str_n(s.p + from, at - from), seen, true);
		from = i;
		if (pairs) {
			node_wrap(b, opener, DOC_STRIKE);
			b->struck_n--;
			b->quotes.before = 'x';
		} else {
			b->struck[b->struck_n].node = node_leaf(b, DOC_TEXT, S("~~"));
			b->struck[b->struck_n++].raw_n = b->raw_n;
			b->nodes[b->n - 1].flags = DOC_PLAIN;
		}
	}
	plain_text(b, str_from(s, from), seen, followed);
}

static void some_text(Builder *b, Str s, unsigned seen, bool followed)
{
	if (seen & B_TILDES)
		struck_text(b, s, seen, followed);
	else
		plain_text(b, s, seen, followed);
}

static void put_address(Builder *b, Str s, const Found *f)
{
	Str words = {memcpy(arena_bytes(b->arena, f->to - f->from), s.p + f->from, f->to - f->from), f->to - f->from};
	uint32_t at = node_open(b, DOC_LINK);
	b->nodes[at].ref = link_add(b, (DocLink){.kind = DOC_LINK_AUTO, .node = at, .target = f->scheme.n ? str_join(b->arena, f->scheme, words) : words, .text = words});
	link_done(b, b->nodes[at].ref);
	count_words(&b->count, words, B_HIGH);
	node_leaf(b, DOC_TEXT, words);
	node_close(b);
	b->quotes.before = 'x';
}

void inline_text(Builder *b, Str s, bool followed)
{
	unsigned seen = bytes_seen(s);
	size_t from = 0;
	Found f;
	if (b->in_heading)
		buf_puts(&b->plain, s);
	bool look = (seen & B_ADDRESS) && !b->links_open;
	while (look && find_address(s, from, &f)) {
		some_text(b, str_n(s.p + from, f.from - from), seen, true);
		put_address(b, s, &f);
		from = f.to;
	}
	some_text(b, str_from(s, from), seen, followed);
}

void inline_end_block(Builder *b)
{
	b->struck_n = 0;
	b->quotes = (Quotes){0};
	b->count.in_word = false;
}
