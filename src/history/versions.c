#include "history/versions.h"

#include "lib/hash.h"

Str version_type(const Version *v)
{
	if (v->type != CHANGE_UNMARKED)
		return str_of(change_type_name(v->type));
	return v->number == 1 ? S("published") : S("edited");
}

/* Only LF became CR LF at checkout, so only that is undone; a file without CR LF is hashed once. */
bool file_is_blob(Str disk, const Oid *blob)
{
	Oid id;
	hash_git_blob(disk, id.id);
	if (oid_eq(&id, blob))
		return true;
	if (str_find(disk, S("\r\n")) == SIZE_MAX)
		return false;
	Buf lf = {0};
	buf_reserve(&lf, disk.n);
	for (size_t i = 0; i < disk.n; i++)
		if (disk.p[i] != '\r' || i + 1 == disk.n || disk.p[i + 1] != '\n')
			buf_putc(&lf, disk.p[i]);
	hash_git_blob(buf_str(&lf), id.id);
	buf_release(&lf);
	return oid_eq(&id, blob);
}
