/* Unknown keys of the whole archive: one line each. */
#include "record/rows.h"

#include <stdlib.h>

/* What other archives and generators call our fields; the first that an editor may mean. */
static const struct Elsewhere {
	Str key;
	Field field;
} elsewhere[] = {
	{STR_INIT("attachment"), F_PDF},
	{STR_INIT("categories"), F_TOPIC},
	{STR_INIT("category"), F_KIND},
	{STR_INIT("countries"), F_REGION},
	{STR_INIT("country"), F_REGION},
	{STR_INIT("cover"), F_IMAGE},
	{STR_INIT("created"), F_DATE},
	{STR_INIT("creator"), F_AUTHOR},
	{STR_INIT("description"), F_ABSTRACT},
	{STR_INIT("excerpt"), F_ABSTRACT},
	{STR_INIT("issue"), F_NUMBER},
	{STR_INIT("keywords"), F_TOPIC},
	{STR_INIT("published_at"), F_DATE},
	{STR_INIT("tags"), F_TOPIC},
	{STR_INIT("thumbnail"), F_IMAGE},
	{STR_INIT("type"), F_KIND},
	{STR_INIT("url"), F_PERMALINK},
	{STR_INIT("writer"), F_AUTHOR},
};
static const Str kept_by_git[] = {
	STR_INIT("last_modified_at"), STR_INIT("lastmod"), STR_INIT("modified"), STR_INIT("updated"), STR_INIT("version")};

static Str unknown_hint(Arena *a, Str key)
{
	for (size_t i = 0; i < ROWS_N(elsewhere); i++)
		if (str_eq(key, elsewhere[i].key)) {
			Str name = field_name(elsewhere[i].field);
			return str_printf(a,
				"if it is the %.*s, write in site.yaml under the collection's fields: %.*s: %.*s; if it is for layouts: "
				"%.*s: keep",
				STR_ARG(name), STR_ARG(key), STR_ARG(name), STR_ARG(key));
		}
	for (size_t i = 0; i < ROWS_N(kept_by_git); i++)
		if (str_eq(key, kept_by_git[i]))
			return str_printf(a,
				"gen takes this from git; to silence this, write in site.yaml under the collection's fields: %.*s: keep",
				STR_ARG(key));
	if (str_find_char(key, '.') != SIZE_MAX)
		return (Str){0};
	return str_printf(a, "if it is meant, write in site.yaml under the collection's fields: %.*s: keep", STR_ARG(key));
}

struct UnknownKey {
	Item key;
	Str file, line;
	size_t count;
};

void record_unknown_add(UnknownKeys *u, Str file, Str text, const Record *r)
{
	for (size_t i = 0; i < r->unknown.n; i++) {
		Item key = r->unknown.at[i];
		struct UnknownKey *known = NULL;
		for (size_t k = 0; k < u->n && !known; k++)
			known = str_eq(u->list[k].key.text, key.text) ? &u->list[k] : NULL;
		if (known) {
			known->count++;
			continue;
		}
		MEM_ROOM(u->list, u->n, u->cap);
		Diag at = diag_in(DIAG_WARNING, NULL, file, text, key.place, (Str){0}, (Str){0});
		u->list[u->n++] = (struct UnknownKey){
			{str_dup(&u->arena, key.text), key.place}, str_dup(&u->arena, file), str_dup(&u->arena, at.source), 1};
	}
}

void record_unknown_report(const UnknownKeys *u, const Settings *s, Diags *d)
{
	for (size_t i = 0; i < u->n; i++) {
		const struct UnknownKey *k = &u->list[i];
		Diag x = {.file = k->file,
			.line = k->key.place.line,
			.column = k->key.place.column,
			.span = k->key.place.span,
			.source = k->line};
		x.message = str_printf(&d->arena, "the field \"%.*s\" is not known (%zu file%s); layouts can use it", STR_ARG(k->key.text),
			k->count, k->count == 1 ? "" : "s");
		x.hint = unknown_hint(&d->arena, k->key.text);
		check_add(&s->checks, CHECK_KEY_UNKNOWN, false, d, x);
	}
}

void record_unknown_release(UnknownKeys *u)
{
	arena_release(&u->arena);
	free(u->list);
	*u = (UnknownKeys){0};
}
