/* The layout language on arbitrary bytes: a template, a file that it may include, and data as JSON, parted by NUL. */
#include "lib/json.h"
#include "liquid/liquid.h"

static bool load(void *user, LiquidKind kind, Str name, Str from, Arena *a, LiquidSource *out)
{
	(void)kind, (void)from, (void)a;
	if (!str_eq(name, S("p")) && !str_eq(name, S("p.html")))
		return false;
	*out = (LiquidSource){.file = name, .text = *(Str *)user, .escape = LIQUID_HTML};
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Str rest = str_n((const char *)data, size), template = str_cut(&rest, 0), partial = str_cut(&rest, 0), why;
	Arena a = {0};
	Diags d = {0};
	Buf out = {0};
	Value values = NIL;
	size_t offset;
	json_parse(rest.p ? rest : S("{}"), &a, &values, &why, &offset);
	LiquidHost host = {.user = &partial, .load = load};
	Liquid *l = liquid_new(&host);
	LiquidSource source = {.file = S("t"), .text = template, .escape = (LiquidEscape)(size % 4)};
	const LiquidTemplate *t = liquid_parse(l, source, &d);
	LiquidMemo *memo = liquid_memo_new(1 << 16);
	LiquidJob job = {
		.data = values, .arena = &a, .diags = &d, .memo = memo, .strict = size % 2, .limits = {.steps = 20000, .output = 1 << 18}};
	for (int i = 0; t && i < 2; i++)
		liquid_render(l, t, &job, &out);
	liquid_memo_free(memo);
	liquid_free(l);
	buf_release(&out);
	diags_release(&d);
	arena_release(&a);
	return 0;
}
