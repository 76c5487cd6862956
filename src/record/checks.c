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

void check_add(const CheckLevels *levels, Check check, bool draft, Diags *d, Diag diag)
{
	int level = levels->level[check];
	if (level == CHECK_OFF || !d)
		return;
	diag.check = check_rows[check].name;
	diag.level = draft && level == DIAG_ERROR ? DIAG_WARNING : (DiagLevel)level;
	diag_add(d, diag);
}
