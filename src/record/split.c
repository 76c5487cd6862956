/* Where front matter ends and the body begins, by the fences alone. */
#include "record/rows.h"

/* `---` or, as a closer, `...`, with nothing but spaces or tabs behind. */
static bool is_fence(Str line, bool closer)
{
	bool dots = closer && str_starts(line, S("..."));
	if (!dots && !str_starts(line, S("---")))
		return false;
	for (size_t i = 3; i < line.n; i++)
		if (line.p[i] != ' ' && line.p[i] != '\t')
			return false;
	return true;
}

/* Hugo's TOML and JSON, which would else be published as text: what it is called, or NULL. */
const char *split_other_form(Str text)
{
	Str line, rest = text;
	if (!str_line(&rest, &line))
		return NULL;
	line = str_trim_end(line);
	if (str_eq(line, S("+++")) || str_eq(line, S("---toml")))
		return "TOML";
	bool opens = str_eq(line, S("{")) && str_line(&rest, &line) && str_starts(str_trim(line), S("\""));
	return opens || str_eq(line, S("---json")) || str_eq(line, S(";;;")) ? "JSON" : NULL;
}

/* A front matter behind empty lines or spaces, which would else be published as text: a fence, and then `key:`. */
bool split_is_late(Str text)
{
	Str line, rest = str_trim(text);
	size_t n = 0;
	if (rest.p == text.p || !str_line(&rest, &line) || !is_fence(line, false) || !str_line(&rest, &line))
		return false;
	while (n < line.n && ascii_is_letter(line.p[n]))
		n++;
	return n && n < line.n && line.p[n] == ':';
}

Split record_split(Str text)
{
	Split s = {.body_line = 1};
	size_t start = str_starts(text, S("\xEF\xBB\xBF")) ? 3 : 0;
	Str rest = str_from(text, start), line;
	s.body = start;
	s.unclosed = yaml_is_utf16(text) || split_other_form(rest) || split_is_late(rest);
	if (s.unclosed || !str_line(&rest, &line) || !is_fence(line, false))
		return s;
	s.yaml = text.n - rest.n;
	for (uint32_t number = 2;; number++) {
		s.yaml_end = text.n - rest.n;
		if (!str_line(&rest, &line)) {
			s.unclosed = true;
			return s;
		}
		if (is_fence(line, true)) {
			s.body = text.n - rest.n;
			s.body_line = number + 1;
			s.has_front_matter = true;
			return s;
		}
	}
}
