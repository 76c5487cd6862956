/* gen revise writes one entry of `changes:` and nothing else: every other byte of the file stays. */
#include "check/check.h"

#include "base/disk.h"
#include "build.h"

#include <stdio.h>

/* The line end that the file uses. */
static Str line_end(Str text)
{
	return str_find(text, S("\r\n")) != SIZE_MAX ? S("\r\n") : S("\n");
}

/* Where the front matter's `changes:` begins at the left margin; SIZE_MAX: nowhere. */
static size_t changes_at(Str yaml)
{
	Str rest = yaml, line;
	while (rest.n) {
		size_t at = (size_t)(rest.p - yaml.p);
		str_line(&rest, &line);
		if (str_starts(line, S("changes:")))
			return at;
	}
	return SIZE_MAX;
}

static bool is_blank_or_comment(Str s)
{
	Str t = str_trim(s);
	return !t.n || *t.p == '#';
}

static void put_entry(Buf *b, Str indent, Str end, const Options *o, const char *type)
{
	buf_printf(b, "%.*s- date: ", STR_ARG(indent));
	buf_put_strftime(b, o->now, S("%Y-%m-%d"));
	buf_printf(b, "%.*s%.*s  type: %s%.*s%.*s  note: ", STR_ARG(end), STR_ARG(indent), type, STR_ARG(end), STR_ARG(indent));
	buf_put_json(b, o->note);
	buf_puts(b, end);
	if (o->version)
		buf_printf(b, "%.*s  version: %lld%.*s", STR_ARG(indent), (long long)o->version, STR_ARG(end));
}

/* The text with the entry put first in the list, or a list put last in the front matter. False: `changes:` is written
 * in a form that only a person should edit. */
static bool revise(Str text, const Options *o, const char *type, Buf *out)
{
	Split parts = record_split(text);
	Str yaml = str_upto(str_from(text, parts.yaml), parts.yaml_end - parts.yaml), end = line_end(text);
	size_t at = changes_at(yaml), put = parts.yaml_end;
	Str indent = S("  ");
	if (!parts.has_front_matter)
		return false;
	if (at != SIZE_MAX) {
		Str rest = str_from(yaml, at), line;
		str_line(&rest, &line);
		if (!is_blank_or_comment(str_from(line, sizeof "changes:" - 1)))
			return false; /* changes: [...] or an alias */
		put = parts.yaml + (size_t)(rest.p - yaml.p);
		for (Str look = rest; str_line(&look, &line);) {
			if (is_blank_or_comment(line))
				continue;
			size_t dash = str_find_char(line, '-');
			if (dash != SIZE_MAX && !str_trim(str_upto(line, dash)).n)
				indent = str_upto(line, dash);
			break;
		}
	}
	buf_puts(out, str_upto(text, put));
	if (at == SIZE_MAX) {
		if (out->n && out->p[out->n - 1] != '\n')
			buf_puts(out, end);
		buf_printf(out, "changes:%.*s", STR_ARG(end));
	}
	put_entry(out, indent, end, o, type);
	buf_puts(out, str_from(text, put));
	return true;
}

static int write_revised(Desk *d, const Brief *brief, const Options *o, const char *type)
{
	Str path = brief->page.document->path, text;
	Buf out = {0};
	int folder = source_folder(d->archive.source), status = 0;
	int error = disk_read_arena(folder, path, DISK_LIMIT, &d->archive.arena, &text, NULL);
	if (!error && !revise(text, o, type, &out)) {
		fprintf(stderr, "gen: the changes: of %.*s are written in a form that gen does not edit\n"
		        "  = write them as a list, one entry a line that begins with \"- date:\"\n", STR_ARG(path));
		status = 1;
	} else if (error || (error = disk_replace(folder, path, buf_str(&out)))) {
		fprintf(stderr, "gen: %.*s: %s\n", STR_ARG(path), disk_why(error));
		status = 3;
	} else {
		printf("%.*s: %s noted\n  git add \"%.*s\" && git commit -m \"%s\"\n", STR_ARG(path), type, STR_ARG(path), type);
	}
	buf_release(&out);
	return status;
}

int revise_run(const Options *o)
{
	Desk d;
	ChangeType type = CHANGE_UNMARKED;
	Str near = {0};
	if (o->words_n != 1 || !str_trim(o->note).n || !o->type.n) {
		fprintf(stderr, "gen: revise needs a brief, a type and a note\n  = gen revise water-prices --type correction --note \"The figure for 2022 was 3.1 %%\"\n");
		return 2;
	}
	if (!change_type_of(o->type, &type, &near)) {
		Buf hint = {0};
		buf_lit(&hint, "one of");
		for (int t = CHANGE_MINOR; t < CHANGE_N; t++)
			buf_printf(&hint, " %s", change_type_name((ChangeType)t));
		buf_putc(&hint, 0);
		report_unknown("type", o->type, &near, near.n != 0, hint.p);
		buf_release(&hint);
		return 2;
	}
	int status = desk_open(&d, o);
	if (status)
		return status;
	const Brief *brief = desk_brief(&d, o->words[0]);
	status = brief ? write_revised(&d, brief, o, change_type_name(type)) : 2;
	desk_close(&d);
	return status;
}
