/* Any bytes as a data file and as a front matter: no crash, no node without a place in the text, values in bounds. */
#include "lib/yaml.h"

#include <stdlib.h>

static void walk(const YamlNode *n, int depth, size_t *nodes)
{
	if (depth > YAML_DEPTH || ++*nodes > 2 * YAML_EVENTS || !n->place.line)
		abort();
	for (uint32_t i = 0; n->kind == YAML_LIST && i < n->n; i++)
		walk(&n->items[i], depth + 1, nodes);
	for (uint32_t i = 0; n->kind == YAML_MAP && i < n->n; i++) {
		if (n->items[2 * i].kind != YAML_TEXT || yaml_get(n, n->items[2 * i].text) != &n->items[2 * i + 1])
			abort(); /* a key that stands twice */
		walk(&n->items[2 * i + 1], depth + 1, nodes);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena a = {0};
	Diags d = {0};
	Value v;
	size_t nodes = 0;
	Str text = str_n((const char *)data, size);
	YamlText y = {.file = S("x.md"), .text = text, .from = size > 4 ? data[0] % 4 : 0, .to = size, .level = DIAG_ERROR, .twice = DIAG_WARNING};
	const YamlNode *root = yaml_parse(&y, &a, &d);
	if (root)
		walk(root, 0, &nodes);
	else if (!d.n)
		abort(); /* a refusal without a word */
	yaml_data(S("x.yaml"), text, &a, &d, &v);
	Buf b = {0};
	diags_sort(&d);
	diags_print(&d, &b, true, DIAG_NOTICE);
	buf_release(&b);
	diags_release(&d);
	arena_release(&a);
	return 0;
}
