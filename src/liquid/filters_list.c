/* liquid/filters_list: whole lists: sort, uniq, join, map, concat, first and last, push and pop. A list in a
 * list is flattened first, as Liquid does; a single value counts as a list of one. */
#include "liquid/filters_rows.h"

#include "base/utf8.h"

static Value dotted(LiquidCall *c, Value item, Str path)
{
	bool found = true;
	for (Value v = item; found;) {
		size_t dot = str_find_char(path, '.');
		v = field_of(c->render, v, str_upto(path, dot), STEP_PLAIN, &found);
		if (dot == SIZE_MAX || !found)
			return v;
		path = str_from(path, dot + 1);
	}
	return NIL;
}

static Value char_of(Str s, int64_t at)
{
	int64_t n = (int64_t)utf8_count(s);
	size_t i = 0, len = 0;
	at = at < 0 ? at + n : at;
	if (at < 0 || at >= n)
		return NIL;
	for (utf8_decode(s, 0, &len); at > 0; at--) {
		i += len;
		utf8_decode(s, i, &len);
	}
	return value_str(str_n(s.p + i, len));
}

/* item[name], as Ruby reads it: maps and objects by key (Jekyll: with dots), a text by the text it holds. */
bool property(LiquidCall *c, Value item, Value name, Value *out, bool *skip)
{
	bool found;
	*out = NIL;
	if (item.kind == V_MAP || item.kind == V_OBJECT) {
		if (name.kind != V_STR)
			return true;
		*out = field_of(c->render, item, value_as_str(name), STEP_PLAIN, &found);
		if (!found && str_find_char(value_as_str(name), '.') != SIZE_MAX)
			*out = dotted(c, item, value_as_str(name));
		return true;
	}
	if (item.kind == V_STR && name.kind == V_STR) {
		*out = str_find(value_as_str(item), value_as_str(name)) != SIZE_MAX ? name : NIL;
		return true;
	}
	int64_t number = name.kind == V_INT ? name.i : name.kind == V_FLOAT && name.f > -1e9 && name.f < 1e9 ? (int64_t)name.f : 0;
	bool by_number = name.kind == V_INT || name.kind == V_FLOAT;
	if (item.kind == V_STR && by_number) {
		*out = char_of(value_as_str(item), number);
		return true;
	}
	if (item.kind == V_INT && by_number) { /* a bit of it; a number either way */
		*out = value_int(number < 0 || number > 63 ? 0 : item.i >> number & 1);
		return true;
	}
	*skip = item.kind != V_INT && item.kind != V_STR;
	if (!*skip)
		liquid_fail(c, "%s has no property '%.*s'", kind_word(item), STR_ARG(text_of(c->render, name)));
	return false;
}

/* ---- sorting ---- */

typedef struct SortKey {
	Value key;
	Str text;
	uint32_t at;
} SortKey;
typedef enum SortBy { BY_VALUE, BY_TEXT_NOCASE, BY_TEXT } SortBy;
typedef struct Sorting {
	SortBy by;
	bool nil_first, incomparable;
	Value a, b;
} Sorting;

static int nocase_cmp(Str a, Str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	for (size_t i = 0; i < n; i++) {
		int x = (unsigned char)a.p[i], y = (unsigned char)b.p[i];
		x += x >= 'A' && x <= 'Z' ? 32 : 0;
		y += y >= 'A' && y <= 'Z' ? 32 : 0;
		if (x != y)
			return x - y;
	}
	return (a.n > b.n) - (a.n < b.n);
}

static int key_order(Sorting *s, const SortKey *a, const SortKey *b)
{
	int order = 0;
	bool no_a = a->key.kind == V_NIL, no_b = b->key.kind == V_NIL;
	if (no_a || no_b)
		return (no_a - no_b) * (s->nil_first ? -1 : 1);
	if (s->by == BY_TEXT_NOCASE)
		return nocase_cmp(a->text, b->text);
	if (s->by == BY_TEXT)
		return str_cmp(a->text, b->text);
	if (!values_compare(a->key, b->key, &order)) {
		s->incomparable = true;
		s->a = a->key;
		s->b = b->key;
	}
	return order;
}

static void merge(Sorting *s, SortKey *k, SortKey *room, size_t n)
{
	if (n < 2)
		return;
	size_t half = n / 2, i = 0, j = half, out = 0;
	merge(s, k, room, half);
	merge(s, k + half, room, n - half);
	if (key_order(s, &k[half - 1], &k[half]) <= 0)
		return;
	memcpy(room, k, half * sizeof *k);
	while (i < half && j < n)
		k[out++] = key_order(s, &room[i], &k[j]) <= 0 ? room[i++] : k[j++];
	while (i < half)
		k[out++] = room[i++];
}

static Value sorted_keys(LiquidCall *c, Value list, SortKey *keys, Sorting *s)
{
	Value *items;
	Value out = (items = NEW_N(c->arena, Value, list.n), value_list(items, list.n));
	merge(s, keys, NEW_N(c->arena, SortKey, list.n / 2 + 1), list.n);
	if (s->incomparable) {
		liquid_fail(c, "%s cannot be sorted with %s", kind_word(s->a), kind_word(s->b));
		return NIL;
	}
	for (uint32_t i = 0; i < list.n; i++)
		items[i] = list.list[keys[i].at];
	return out;
}

static Value sorted(LiquidCall *c, SortBy by)
{
	Value list = items_of(c->render, c->in), name = c->n ? c->args[0] : NIL;
	Str nils = arg_text(c, 1);
	Sorting s = {.by = by, .nil_first = str_eq(nils, S("first"))};
	SortKey *keys = NEW_N(c->arena, SortKey, list.n);
	if (nils.n && !s.nil_first && !str_eq(nils, S("last"))) {
		liquid_fail(c, "items without a value go \"first\" or \"last\", not '%.*s'", STR_ARG(nils));
		return NIL;
	}
	if (list.n < 2 && (!list.n || name.kind == V_NIL || list.list[0].kind == V_STR || list.list[0].kind == V_INT))
		return list; /* one item is in order, whatever it is sorted by */
	if (!spend(c->render, 4 * (uint64_t)list.n))
		return NIL;
	for (uint32_t i = 0; i < list.n; i++) {
		bool skip = false;
		keys[i] = (SortKey){list.list[i], {0}, i};
		if (name.kind != V_NIL && !property(c, list.list[i], name, &keys[i].key, &skip))
			return NIL; /* items without keys cannot be sorted by one */
		if (by != BY_VALUE)
			keys[i].text = text_of(c->render, keys[i].key);
	}
	return sorted_keys(c, list, keys, &s);
}

static Value sort(LiquidCall *c)
{
	return sorted(c, BY_VALUE);
}
static Value sort_natural(LiquidCall *c)
{
	return sorted(c, BY_TEXT_NOCASE);
}

/* ---- the rest ---- */

static Value uniq(LiquidCall *c)
{
	Value list = items_of(c->render, c->in);
	Value *items = NEW_N(c->arena, Value, list.n);
	Table seen = {.arena = c->arena};
	size_t n = 0;
	if (list.n < 2)
		return list;
	for (uint32_t i = 0; i < list.n; i++) {
		Value key = list.list[i];
		bool skip = false;
		if (c->n && c->args[0].kind != V_NIL && !property(c, list.list[i], c->args[0], &key, &skip))
			return NIL;
		Buf b = {0};
		buf_putc(&b, (char)('a' + key.kind));
		if (key.kind == V_OBJECT)
			buf_printf(&b, "%p", (const void *)key.object);
		else
			put_inspect(c->render, &b, key);
		Str text = taken(c, &b);
		if (!table_put(&seen, text, items))
			items[n++] = list.list[i];
	}
	return value_list(items, n);
}

static Value compact(LiquidCall *c)
{
	Value list = items_of(c->render, c->in);
	Value *items = NEW_N(c->arena, Value, list.n);
	size_t n = 0;
	for (uint32_t i = 0; i < list.n; i++) {
		Value key = list.list[i];
		bool skip = false;
		if (c->n && c->args[0].kind != V_NIL && !property(c, list.list[i], c->args[0], &key, &skip))
			return NIL;
		if (key.kind != V_NIL)
			items[n++] = list.list[i];
	}
	return value_list(items, n);
}

static Value map_filter(LiquidCall *c)
{
	Value list = items_of(c->render, c->in);
	Value *items = NEW_N(c->arena, Value, list.n);
	for (uint32_t i = 0; i < list.n; i++) {
		bool skip = false;
		if (!property(c, list.list[i], c->args[0], &items[i], &skip) && !skip)
			return NIL;
	}
	return value_list(items, list.n);
}

static Value reverse(LiquidCall *c)
{
	Value list = items_of(c->render, c->in);
	Value *items = NEW_N(c->arena, Value, list.n);
	for (uint32_t i = 0; i < list.n; i++)
		items[i] = list.list[list.n - 1 - i];
	return value_list(items, list.n);
}

static Value concat(LiquidCall *c)
{
	Value list = items_of(c->render, c->in), more = c->args[0];
	if (more.kind != V_LIST) {
		liquid_fail(c, "concat needs a list, and this is %s", kind_word(more));
		return NIL;
	}
	size_t n = (size_t)list.n + more.n;
	if (n > UINT32_MAX || !spend(c->render, n))
		return NIL;
	Value *items = NEW_N(c->arena, Value, n);
	if (list.n)
		memcpy(items, list.list, list.n * sizeof *items);
	if (more.n)
		memcpy(items + list.n, more.list, more.n * sizeof *items);
	return value_list(items, n);
}

static Value join(LiquidCall *c)
{
	Value list = items_of(c->render, c->in), glue = c->n ? c->args[0] : literal_text(S(" "));
	if (!list.n)
		return value_str((Str){"", 0});
	Value *parts = NEW_N(c->arena, Value, 2 * (size_t)list.n - 1);
	for (uint32_t i = 0; i < list.n; i++) {
		if (i)
			parts[2 * i - 1] = glue;
		parts[2 * i] = list.list[i];
	}
	return join_text(c->render, parts, 2 * (size_t)list.n - 1);
}

static Value sum(LiquidCall *c)
{
	Value list = items_of(c->render, c->in), total = value_int(0);
	for (uint32_t i = 0; i < list.n; i++) {
		Value v = list.list[i];
		bool skip = false;
		if (c->n && c->args[0].kind != V_NIL && !property(c, list.list[i], c->args[0], &v, &skip) && !skip)
			return NIL;
		total = filter_add(c, total, v);
	}
	return total;
}

static Value end_of(LiquidCall *c, uint8_t command)
{
	bool found;
	Value v = c->in.kind == V_MAP || c->in.kind == V_LIST || c->in.kind == V_RANGE || c->in.kind == V_STR ? c->in : NIL;
	if (v.kind == V_MAP) {
		Value pairs = loop_items(c->render, v);
		return pairs.n && command == STEP_FIRST ? pairs.list[0] : NIL;
	}
	return field_of(c->render, v, (Str){"", 0}, command, &found);
}

static Value first(LiquidCall *c)
{
	return end_of(c, STEP_FIRST);
}
static Value last(LiquidCall *c)
{
	return end_of(c, STEP_LAST);
}

static Value with_item(LiquidCall *c, bool front)
{
	Value list = items_of(c->render, c->in);
	Value *items = NEW_N(c->arena, Value, (size_t)list.n + 1);
	if (list.n)
		memcpy(items + front, list.list, list.n * sizeof *items);
	items[front ? 0 : list.n] = c->args[0];
	return spend(c->render, list.n) ? value_list(items, (size_t)list.n + 1) : NIL;
}

static Value without_items(LiquidCall *c, bool front)
{
	Value list = items_of(c->render, c->in);
	int64_t n;
	if (!whole_arg(c, 0, 1, &n))
		return NIL;
	n = n < 0 ? 0 : n > list.n ? list.n : n;
	return n == list.n ? value_list(NULL, 0) : value_list(list.list + (front ? n : 0), (size_t)(list.n - n));
}

static Value push(LiquidCall *c)
{
	return with_item(c, false);
}
static Value unshift(LiquidCall *c)
{
	return with_item(c, true);
}
static Value pop(LiquidCall *c)
{
	return without_items(c, false);
}
static Value shift(LiquidCall *c)
{
	return without_items(c, true);
}

static Value array_to_sentence_string(LiquidCall *c)
{
	Value list = items_of(c->render, c->in), word = c->n ? c->args[0] : literal_text(S("and"));
	Value *parts = NEW_N(c->arena, Value, 4 * (size_t)list.n + 1);
	size_t n = 0;
	for (uint32_t i = 0; i < list.n; i++) {
		if (i)
			parts[n++] = literal_text(list.n > 2 ? S(", ") : S(" "));
		if (i && i + 1 == list.n) {
			parts[n++] = word;
			parts[n++] = literal_text(S(" "));
		}
		parts[n++] = list.list[i];
	}
	return n ? join_text(c->render, parts, n) : value_str((Str){"", 0});
}

#define PURE LIQUID_PURE

/* clang-format off */
const LiquidFilter filters_list[] = {
	{STR_INIT("array_to_sentence_string"), 0, 1, PURE, array_to_sentence_string, NULL, "The items as in a sentence, with \"and\" or another word before the last.", "{{ \"a,b,c\" | split: \",\" | array_to_sentence_string }}", "a, b, and c"},
	{STR_INIT("compact"), 0, 1, PURE, compact, NULL, "Without items that are nothing, or that have nothing at a key.", "{{ \"a,b\" | split: \",\" | compact | size }}", "2"},
	{STR_INIT("concat"), 1, 1, PURE, concat, NULL, "The list with another behind it.", "{% assign more = \"c\" | split: \",\" %}{{ \"a,b\" | split: \",\" | concat: more | join }}", "a b c"},
	{STR_INIT("first"), 0, 0, PURE, first, NULL, "The first item.", "{{ \"a,b\" | split: \",\" | first }}", "a"},
	{STR_INIT("join"), 0, 1, PURE, join, NULL, "One text of the items, with a space or another text between.", "{{ \"a,b\" | split: \",\" | join: \" and \" }}", "a and b"},
	{STR_INIT("last"), 0, 0, PURE, last, NULL, "The last item.", "{{ \"a,b\" | split: \",\" | last }}", "b"},
	{STR_INIT("map"), 1, 1, PURE, map_filter, NULL, "What the items have at a key.", "{{ site.data.regions | map: \"name\" | join: \", \" }}", "Asia, Europe"},
	{STR_INIT("pop"), 0, 1, PURE, pop, NULL, "Without the last item, or the last so many.", "{{ \"a,b,c\" | split: \",\" | pop | join }}", "a b"},
	{STR_INIT("push"), 1, 1, PURE, push, NULL, "The list with one more item behind.", "{{ \"a,b\" | split: \",\" | push: \"c\" | join }}", "a b c"},
	{STR_INIT("reverse"), 0, 0, PURE, reverse, NULL, "The last item first.", "{{ \"a,b\" | split: \",\" | reverse | join }}", "b a"},
	{STR_INIT("shift"), 0, 1, PURE, shift, NULL, "Without the first item, or the first so many.", "{{ \"a,b,c\" | split: \",\" | shift | join }}", "b c"},
	{STR_INIT("sort"), 0, 2, PURE, sort, NULL, "In order, by a key where one is given; items without a value go \"last\", or \"first\" where that is said.", "{{ \"b,a\" | split: \",\" | sort | join }}", "a b"},
	{STR_INIT("sort_natural"), 0, 1, PURE, sort_natural, NULL, "In order, large and small letters alike.", "{{ \"b,A,c\" | split: \",\" | sort_natural | join }}", "A b c"},
	{STR_INIT("sum"), 0, 1, PURE | LIQUID_IN_SCRIPT | LIQUID_IN_STYLE | LIQUID_IN_UNQUOTED | LIQUID_IN_HANDLER, sum, NULL, "All items added up.", "{{ \"1,2,3\" | split: \",\" | sum }}", "6"},
	{STR_INIT("uniq"), 0, 1, PURE, uniq, NULL, "Each item once.", "{{ \"a,b,a\" | split: \",\" | uniq | join }}", "a b"},
	{STR_INIT("unshift"), 1, 1, PURE, unshift, NULL, "The list with one more item in front.", "{{ \"b\" | split: \",\" | unshift: \"a\" | join }}", "a b"},
	{{0}, 0, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
/* clang-format on */
