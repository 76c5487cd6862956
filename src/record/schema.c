#include "record/schema.h"

#include "record/rows.h"

static void put_names(Buf *b, const Row *row, void (*put)(Buf *, Str, const Row *, int), int depth)
{
	put(b, row->name, row, depth);
	for (Str rest = str_of(row->also), name; rest.p && rest.n;) {
		name = str_cut(&rest, ' ');
		buf_lit(b, ",\n");
		put(b, name, row, depth);
	}
}

static void indent(Buf *b, int depth)
{
	for (int i = 0; i < depth; i++)
		buf_lit(b, "  ");
}

static void put_words(Buf *b, const Str *words)
{
	buf_lit(b, ", \"enum\": [");
	for (size_t i = 0; words[i].n; i++) {
		buf_puts(b, i ? S(", ") : S(""));
		buf_put_json(b, words[i]);
	}
	buf_lit(b, ", null]");
}

static void put_properties(Buf *b, const Row *rows, size_t n, int depth);

static void put_part(Buf *b, const char *name, const Row *row, int depth)
{
	buf_printf(b, ", \"%s\": {\"type\": [\"object\", \"array\", \"string\", \"number\", \"boolean\", \"null\"], ", name);
	put_properties(b, row->sub, row->sub_n, depth + 1);
	buf_putc(b, '}');
}

/* A group's rows describe itself; other rows the parts of a list or of a map by name. */
static void put_sub(Buf *b, const Row *row, int depth)
{
	if (row->type->schema) {
		put_part(b, "items", row, depth);
		if (!row->type->lists) /* collections: {briefs: ...} */
			put_part(b, "additionalProperties", row, depth);
	}
	if (!row->type->schema || row->type->lists) {
		buf_puts(b, row->type->schema ? S(", ") : S(", \"type\": [\"object\", \"null\"], "));
		put_properties(b, row->sub, row->sub_n, depth + 1);
	}
}

static void put_property(Buf *b, Str name, const Row *row, int depth)
{
	indent(b, depth);
	buf_put_json(b, name);
	buf_lit(b, ": {\"description\": ");
	buf_put_json(b, str_of(row->help));
	if (row->words)
		put_words(b, row->words);
	else if (row->type->schema)
		buf_printf(b, ", %s", row->type->schema);
	if (row->sub)
		put_sub(b, row, depth);
	buf_putc(b, '}');
}

static void put_properties(Buf *b, const Row *rows, size_t n, int depth)
{
	buf_lit(b, "\"properties\": {\n");
	for (size_t i = 0; i < n; i++) {
		put_names(b, &rows[i], put_property, depth + 1);
		buf_puts(b, i + 1 < n ? S(",\n") : S("\n"));
	}
	indent(b, depth);
	buf_putc(b, '}');
}

/* Other fields are for layouts, so they are allowed. Of a field's names any will do for what is required. */
static void put_required(Buf *b, const Row *rows, size_t n)
{
	bool first = true;
	for (size_t i = 0; i < n; i++) {
		if (!rows[i].required || rows[i].also)
			continue;
		buf_puts(b, first ? S(", \"required\": [") : S(", "));
		buf_put_json(b, rows[i].name);
		first = false;
	}
	if (!first)
		buf_putc(b, ']');
}

static void put_table(Buf *b, const char *title, const Row *rows, size_t n)
{
	buf_printf(b, "\"title\": \"%s\", \"type\": \"object\", ", title);
	put_properties(b, rows, n, 1);
	put_required(b, rows, n);
}

void schema_write(Buf *b)
{
	buf_lit(b, "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"$defs\": {\n\"settings\": {");
	put_table(b, "site.yaml", settings_rows, settings_rows_n);
	buf_lit(b, "},\n\"frontMatter\": {");
	put_table(b, "Front matter", record_rows, F_N);
	buf_lit(b, "}}}\n");
}
