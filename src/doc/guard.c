/* What the Markdown parser cannot take. cmark-gfm as Debian packages it needs the square of a text's length,
 * or makes a thousand times its size, on texts made for that (CVE-2023-22483, -22485, -22486, -24824, -37463
 * and unnumbered ones). One linear look at the bytes adds up what each known way would cost, in steps of about
 * a nanosecond, and refuses what would pass the limits. It never depends on time, so the same text is refused
 * everywhere; the limits are some hundred times above what any honest text was seen to need. */
#include "base/chunk.h"
#include "doc/inner.h"

enum {
	MOST_BYTES = 8 << 20,                /* in one text */
	MEMORY_FREE = 64 << 20, MEMORY_TIMES = 400, MEMORY_MOST = 800 << 20,
	MOST_COLUMNS = 500,
	MOST_FILLED_CELLS = 30000            /* or as many as the text has bytes */
};
enum { NESTING_STEP = 8, MARK_STEP = 5, LINK_STEP = 8, ROW_STEP = 16 }; /* nanoseconds, measured */
static const uint64_t most_steps = 1500000000;

typedef struct Look {
	Str text;
	uint64_t nesting;   /* lines and marks, each times the containers open there */
	uint64_t marks;     /* in the block: pairs of emphasis marks that could be tried */
	uint64_t links;     /* in the block: openers that each closer could look through */
	uint64_t searches;  /* in the block: bytes that searches for an end could pass */
	uint64_t rows;      /* in the block: bytes read again for each line that could head a table */
	uint64_t cells;     /* filled in by short rows */
	/* of the block (a run of lines that are not blank) */
	uint64_t bytes, stars, bars, pictures, brackets, openings, heads, columns, closers;
	uint32_t depth;     /* at most so many containers are open */
	bool blank_before;
} Look;

static void end_block(Look *l)
{
	l->marks += l->stars * l->bars * MARK_STEP;
	l->links += l->pictures * l->closers * LINK_STEP + l->brackets * l->closers / 64;
	l->searches += l->openings * l->bytes;
	l->rows += l->heads * l->bytes * ROW_STEP;
	l->bytes = l->stars = l->bars = l->pictures = l->brackets = l->openings = l->heads = l->columns = l->closers = 0;
}

/* The containers that a line opens or goes on: indentation, > and list markers. Moves *at to where its text
 * begins. True: it is blank. */
static bool look_at_containers(Look *l, Str s, size_t *at)
{
	size_t i = *at;
	uint32_t columns = 0, marks = 0;
	for (; i < s.n && s.p[i] != '\n' && s.p[i] != '\r'; i++) {
		char c = s.p[i], next = i + 1 < s.n ? s.p[i + 1] : '\n';
		if (c == ' ' || c == '\t') {
			columns += c == '\t' ? 4 : 1;
		} else if (c == '>' || ((c == '-' || c == '+' || c == '*') && (unsigned char)next <= ' ')) {
			marks++;
		} else if (c >= '0' && c <= '9') {
			size_t j = i;
			while (j < s.n && s.p[j] >= '0' && s.p[j] <= '9')
				j++;
			if (j >= s.n || (s.p[j] != '.' && s.p[j] != ')'))
				break;
			i = j;
			marks++;
		} else {
			break;
		}
	}
	*at = i;
	if (!marks && (i == s.n || s.p[i] == '\n' || s.p[i] == '\r')) { /* blank: open lists stay, and are walked through */
		l->nesting += l->depth * NESTING_STEP;
		return true;
	}
	uint32_t depth = columns / 2 + marks; /* on this line; a paragraph may go on lazily with more left open */
	if (!l->blank_before && depth < l->depth)
		depth = l->depth;
	l->nesting += (2 * (uint64_t)depth + (l->blank_before ? l->depth : 0)) * NESTING_STEP;
	l->depth = depth;
	return false;
}

/* The bytes that count, and the ends of lines. */
static Chunk is_mark(Chunk x)
{
	return (Chunk)(x == '*') | (Chunk)(x == ']') | (Chunk)(x == '_') | (Chunk)(x == '[') | (Chunk)(x == '<') | (Chunk)(x == '`') |
	       (Chunk)(x == '&') | (Chunk)(x == '!') | (Chunk)(x == '\\') | (Chunk)(x == '|') | (Chunk)(x == '\n') | (Chunk)(x == '\r');
}

static size_t next_mark(Str s, size_t i)
{
	for (; i + CHUNK <= s.n; i += CHUNK) {
		unsigned marks = chunk_bits(is_mark(chunk_at(s.p + i)));
		if (marks)
			return i + (size_t)__builtin_ctz(marks);
	}
	while (i < s.n && !memchr("*]_[<`&!\\|\n\r", s.p[i], 12))
		i++;
	return i;
}

/* A line of | - : and spaces alone can head a table; the lines behind it are its rows. */
static bool heads_table(Str s, size_t i)
{
	bool dash = false;
	for (; i < s.n && s.p[i] != '\n' && s.p[i] != '\r'; i++) {
		dash |= s.p[i] == '-';
		if (!memchr("|-: \t>", s.p[i], 6))
			return false;
	}
	return dash;
}

/* The rest of a line, from where its containers end. Returns where the line ends. */
static size_t look_at_line(Look *l, Str s, size_t i)
{
	uint64_t marks = 0, bars = 0;
	bool head = heads_table(s, i);
	size_t from = i;
	for (i = next_mark(s, i); i < s.n && s.p[i] != '\n' && s.p[i] != '\r'; i = next_mark(s, i + 1)) {
		char before = i > from ? s.p[i - 1] : 0, next = i + 1 < s.n ? s.p[i + 1] : 0;
		marks++;
		switch (s.p[i]) {
		case '*': l->stars += before != '*'; break;
		case '_': l->bars += before != '_'; break;
		case '[': l->brackets++; l->pictures += before == '!'; break;
		case ']': l->closers++; break;
		case '<': l->openings += next == '!' || next == '?'; break;
		case '|': bars++; marks--; break;
		default: break;
		}
	}
	l->nesting += marks * l->depth * NESTING_STEP;
	l->rows += bars * bars / 2; /* a row's cells are counted through for each of them */
	if (head) {
		l->heads++;
		l->columns = bars + 1 > l->columns ? bars + 1 : l->columns;
	} else if (l->columns > bars + 1) {
		l->cells += l->columns - bars - 1;
	}
	return i;
}

static const char *judge(const Look *l, uint64_t widest)
{
	static const struct { size_t field; const char *why; } limits[] = {
		{offsetof(Look, nesting), "it nests quotations and lists too deep for its length"},
		{offsetof(Look, marks), "one of its paragraphs mixes too many * and _"},
		{offsetof(Look, links), "one of its paragraphs has too many [ and ]"},
		{offsetof(Look, searches), "one of its paragraphs has too many <! or <?"},
		{offsetof(Look, rows), "one of its blocks has too many | or too many lines that could head a table"},
	};
	if (widest > MOST_COLUMNS)
		return "one of its tables has more than 500 columns";
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		uint64_t steps;
		memcpy(&steps, (const char *)l + limits[i].field, sizeof steps);
		if (steps > most_steps)
			return limits[i].why;
	}
	if (l->cells > MOST_FILLED_CELLS && l->cells > l->text.n)
		return "the rows of one of its tables are far shorter than its head";
	return NULL;
}

const char *guard_check(Str markdown, uint32_t *line_number)
{
	if (markdown.n > MOST_BYTES)
		return "it is larger than 8 MiB";
	Look l = {.text = markdown, .blank_before = true};
	uint64_t widest = 0;
	const char *why = NULL;
	uint32_t number = 0;
	for (size_t i = 0; !why && i < markdown.n;) {
		number++;
		size_t start = i;
		bool blank = look_at_containers(&l, markdown, &i);
		l.blank_before = blank;
		if (blank) {
			end_block(&l);
		} else {
			i = look_at_line(&l, markdown, i);
			l.bytes += i - start + 1;
		}
		if (i < markdown.n)
			i += markdown.p[i] == '\r' && i + 1 < markdown.n && markdown.p[i + 1] == '\n' ? 2 : 1;
		widest = l.columns > widest ? l.columns : widest;
		if (blank || number % 64 == 0)
			why = judge(&l, widest);
	}
	end_block(&l);
	if (!why)
		why = judge(&l, widest);
	*line_number = why ? number : 0;
	return why;
}

size_t guard_memory(size_t bytes)
{
	size_t budget = MEMORY_FREE + MEMORY_TIMES * bytes;
	return budget < MEMORY_MOST ? budget : MEMORY_MOST;
}
