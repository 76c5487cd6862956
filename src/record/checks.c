#include "record/checks.h"

const CheckRow check_rows[CHECK_N] = {
#define CHECK(id, name, level, help) {name, level, help},
#include "record/checks.def"
#undef CHECK
};

CheckLevels check_defaults(void)
{
	CheckLevels levels;
	for (int c = 0; c < CHECK_N; c++)
		levels.level[c] = (int16_t)check_rows[c].level;
	return levels;
}

int check_find(Str name)
{
	for (int c = 0; c < CHECK_N; c++)
		if (str_eq(name, str_of(check_rows[c].name)))
			return c;
	return -1;
}

void check_add(const CheckLevels *levels, Check check, bool draft, Diags *d, Diag diag)
{
	int level = levels->level[check];
	if (level == CHECK_OFF || !d)
		return;
	diag.check = check_rows[check].name;
	diag.level = draft && level == DIAG_ERROR ? DIAG_WARNING : (DiagLevel)level;
	diag_add(d, diag);
}

/* The level that a diag shall have. */
static int level_now(const CheckLevels *levels, bool draft, const Diag *x)
{
	int check = x->check && x->level <= DIAG_ERROR ? check_find(str_of(x->check)) : -1;
	int level = check < 0 ? (int)x->level : levels->level[check];
	return draft && level == DIAG_ERROR ? DIAG_WARNING : level;
}

void check_apply(const CheckLevels *levels, bool draft, Diags *d, size_t from)
{
	size_t kept = from;
	for (size_t i = from; i < d->n; i++) {
		Diag x = d->list[i];
		int level = level_now(levels, draft, &x);
		d->count[x.level]--;
		if (level == CHECK_OFF)
			continue;
		x.level = (DiagLevel)level;
		d->count[x.level]++;
		d->list[kept++] = x;
	}
	d->n = kept;
}
