/* What the Markdown parser cannot take. cmark-gfm as Debian packages it needs the square of a text's length,
 * or makes a thousand times its size, on texts made for that (CVE-2023-22483, -22485, -22486, -24824, -37463
 * and unnumbered ones). One linear look at the bytes adds up what each known way would cost, in steps of about
 * a nanosecond, and refuses what would pass the limits. It never depends on time, so the same text is refused
 * everywhere; the limits are some hundred times above what any honest text was seen to need. */
#include "doc/inner.h"

enum {
	MOST_BYTES = 8 << 20,                /* in one text */
	MEMORY_FREE = 64 << 20, MEMORY_TIMES = 400, MEMORY_MOST = 800 << 20,
	MOST_COLUMNS = 500,
	MOST_FILLED_CELLS = 30000            /* or as many as the text has bytes */
};
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
	l->marks += l->stars * l->bars * 4;
	l->links += l->pictures * l->closers * 8 + l->brackets * l->closers / 64;
	l->searches += l->openings * l->bytes;
	l->rows += l->heads * l->bytes * 16;
	l->bytes = l->stars = l->bars = l->pictures = l->brackets = l->openings = l->heads = l->columns = l->closers = 0;
}

/* The containers that a line opens or goes on: indentation, > and list markers. Returns where its text begins. */
static size_t look_at_containers(Look *l, Str line)
{
	size_t i = 0;
	uint32_t columns = 0, marks = 0;
	for (; i < line.n; i++) {
		char c = line.p[i];
		if (c == ' ' || c == '\t')
			columns += c == '\t' ? 4 : 1;
		else if (c == '>' || ((c == '-' || c == '+' || c == '*') && i + 1 < line.n && (line.p[i + 1] == ' ' || line.p[i + 1] == '\t')))
			marks++;
		else if ((c == '-' || c == '+' || c == '*') && i + 1 == line.n)
			marks++;
		else if (c >= '0' && c <= '9') {
			size_t j = i;
			while (j < line.n && line.p[j] >= '0' && line.p[j] <= '9')
				j++;
			if (j >= line.n || (line.p[j] != '.' && line.p[j] != ')'))
				break;
			i = j;
			marks++;
		} else
			break;
	}
	if (i == line.n && !marks) { /* blank: open lists stay, and are walked through */
		l->nesting += l->depth;
		return line.n;
	}
	uint32_t depth = columns / 2 + marks; /* on this line; a paragraph may go on lazily with more left open */
	if (!l->blank_before && depth < l->depth)
		depth = l->depth;
	else if (l->blank_before && depth < l->depth)
		l->nesting += l->depth;
	l->depth = depth;
	l->nesting += 2 * (uint64_t)depth;
	return i;
}

/* Bytes that mean something to the parser; most of a text is none of them. */
static const bool is_mark[256] = {['*'] = true, ['_'] = true, ['['] = true, [']'] = true, ['<'] = true,
                                  ['`'] = true, ['&'] = true, ['!'] = true, ['\\'] = true, ['|'] = true};

/* Returns the number of bars. */
static uint64_t look_at_marks(Look *l, Str line)
{
	uint64_t marks = 0, bars = 0;
	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i], before, next;
		if (!is_mark[(unsigned char)c])
			continue;
		before = i ? line.p[i - 1] : 0;
		next = i + 1 < line.n ? line.p[i + 1] : 0;
		switch (c) {
		case '*': l->stars += before != '*'; break;
		case '_': l->bars += before != '_'; break;
		case '[': l->brackets++; l->pictures += before == '!'; break;
		case ']': l->closers++; break;
		case '<': l->openings += next == '!' || next == '?'; break;
		case '|': bars++; marks--; break;
		default: break;
		}
		marks++;
	}
	l->nesting += marks * l->depth;
	return bars;
}

/* A line of | - : and spaces alone heads a table; the lines behind it are its rows. */
static void look_at_table(Look *l, Str line, uint64_t bars)
{
	bool head = true, dash = false;
	for (size_t i = 0; i < line.n && head; i++) {
		char c = line.p[i];
		dash |= c == '-';
		head = c == '|' || c == '-' || c == ':' || c == ' ' || c == '\t' || c == '>';
	}
	if (head && dash) {
		l->heads++;
		if (bars + 1 > l->columns)
			l->columns = bars + 1;
	} else if (l->columns > bars + 1) {
		l->cells += l->columns - bars - 1;
	}
}

static const char *judge(const Look *l, const uint64_t *widest)
{
	static const struct { size_t field; const char *why; } limits[] = {
		{offsetof(Look, nesting), "it nests quotations and lists too deep for its length"},
		{offsetof(Look, marks), "one of its paragraphs mixes too many * and _"},
		{offsetof(Look, links), "one of its paragraphs has too many [ and ]"},
		{offsetof(Look, searches), "one of its paragraphs has too many <! or <?"},
		{offsetof(Look, rows), "one of its blocks has too many lines that could head a table"},
	};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		uint64_t steps;
		memcpy(&steps, (const char *)l + limits[i].field, sizeof steps);
		if (steps > most_steps)
			return limits[i].why;
	}
	if (*widest > MOST_COLUMNS)
		return "one of its tables has more than 500 columns";
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
	for (Str rest = markdown, line; !why && str_line(&rest, &line);) {
		number++;
		size_t text = look_at_containers(&l, line);
		bool blank = text >= line.n;
		l.blank_before = blank;
		if (blank) {
			end_block(&l);
		} else {
			l.bytes += line.n + 1;
			uint64_t bars = look_at_marks(&l, str_from(line, text));
			look_at_table(&l, line, bars);
		}
		if (l.columns > widest)
			widest = l.columns;
		if (blank || number % 64 == 0)
			why = judge(&l, &widest);
	}
	end_block(&l);
	if (!why)
		why = judge(&l, &widest);
	*line_number = why ? number : 0;
	return why;
}

size_t guard_memory(size_t bytes)
{
	size_t budget = MEMORY_FREE + MEMORY_TIMES * bytes;
	return budget < MEMORY_MOST ? budget : MEMORY_MOST;
}
