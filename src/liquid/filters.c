/* liquid/filters: the index over the tables of filters. */
#include "liquid/filters_rows.h"

#include <stdlib.h>

const LiquidFilter *const filter_tables[] = {
	filters_number,
	filters_text,
	filters_cut,
	filters_code,
	filters_list,
	filters_pick,
	filters_date,
	filters_language,
	filters_site,
	NULL,
};

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const LiquidFilter *)a)->name, ((const LiquidFilter *)b)->name);
}

/* A host's row comes first: it replaces one of ours. */
void filters_index(Liquid *l)
{
	size_t n = l->host.n_filters;
	for (const LiquidFilter *const *t = filter_tables; *t; t++)
		for (const LiquidFilter *f = *t; f->run; f++)
			n++;
	LiquidFilter *list = NEW_N(&l->arena, LiquidFilter, n);
	for (size_t i = 0; i < l->host.n_filters; i++)
		table_put(&l->filters, l->host.filters[i].name, (void *)&l->host.filters[i]);
	for (const LiquidFilter *const *t = filter_tables; *t; t++)
		for (const LiquidFilter *f = *t; f->run; f++)
			if (!table_get(&l->filters, f->name))
				table_put(&l->filters, f->name, (void *)f);
	n = 0;
	for (size_t i = 0; i < l->filters.cap; i++)
		if (l->filters.slots[i].value)
			list[n++] = *(const LiquidFilter *)l->filters.slots[i].value;
	qsort(list, n, sizeof *list, by_name);
	l->filter_list = list;
	l->n_filters = n;
}

const LiquidFilter *filter_find(const Liquid *l, Str name)
{
	return table_get(&l->filters, name);
}

size_t liquid_filter_rows(const Liquid *l, const LiquidFilter **rows)
{
	*rows = l->filter_list;
	return l->n_filters;
}

Str filter_nearest(const Liquid *l, Str typed)
{
	Str names[256];
	size_t n = 0;
	for (; n < l->n_filters && n < 256; n++)
		names[n] = l->filter_list[n].name;
	return nearest_name(typed, names, n);
}
