#include "history/versions.h"

Str version_type(const Version *v)
{
	if (v->type != CHANGE_UNMARKED)
		return str_of(change_type_name(v->type));
	return v->number == 1 ? S("published") : S("edited");
}
