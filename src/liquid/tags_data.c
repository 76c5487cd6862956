/* liquid/tags_data: tags that keep values, and text that is not read: assign, capture, increment, echo, raw,
 * comment, doc, #, liquid, highlight, and the tags that a host adds. */
#include "liquid/tags.h"

typedef struct AssignBody {
	uint32_t symbol;
	const Chain *chain;
} AssignBody;

static bool plain_name(Parser *p, Words *w, const char *example, Str *name)
{
	Token t = w->token;
	Str s = token_text(p, t);
	bool good = t.kind == T_NUMBER || (t.kind == T_NAME && s.p[s.n - 1] != '?');
	if (!good) {
		faultf(p, t.at, t.len, str_printf(p->arena, "for instance %s", example), "expected a variable's name, found %s%.*s%s",
			t.kind == T_END ? "nothing more" : "'", STR_ARG(s), t.kind == T_END ? "" : "'");
		return false;
	}
	*name = s;
	words_next(w);
	return true;
}

/* assign = "{% assign" name "=" chain "%}" */
bool parse_assign(Parser *p, Node *node)
{
	AssignBody *a = NEW(p->arena, AssignBody);
	Words w = p->words;
	Str name;
	if (!plain_name(p, &w, "{% assign title = page.title %}", &name))
		return false;
	if (!words_take(&w, T_EQUALS)) {
		faultf(p, w.token.at, w.token.len, S("for instance {% assign title = page.title %}"), "expected '=' behind `%.*s`",
			STR_ARG(name));
		return false;
	}
	a->symbol = symbol_of(p->engine, name);
	node->body = a;
	return (a->chain = parse_chain(p, &w)) && parse_end(p, &w);
}

Flow render_assign(LiquidRender *r, const Node *node)
{
	const AssignBody *a = node->body;
	r->quiet++; /* an alias of what may be absent is no fault; printing it is */
	set_local(r, a->symbol, eval_chain(r, a->chain));
	r->quiet--;
	return r->budget->stopped ? FLOW_STOP : FLOW_ON;
}

typedef struct CaptureBody {
	uint32_t symbol;
	Block block;
} CaptureBody;

/* capture = "{% capture" (name | string) "%}" block "{% endcapture %}" */
bool parse_capture(Parser *p, Node *node)
{
	CaptureBody *c = NEW(p->arena, CaptureBody);
	Words w = p->words;
	Str name = {0};
	bool good = true;
	if (w.token.kind == T_STRING) {
		name = token_text(p, words_next(&w));
		name = str_n(name.p + 1, name.n - 2);
	} else {
		good = plain_name(p, &w, "{% capture box %}", &name);
	}
	good = good && parse_end(p, &w);
	c->symbol = symbol_of(p->engine, name);
	node->body = c;
	parse_block(p, &c->block, "endcapture");
	return good;
}

Flow render_capture(LiquidRender *r, const Node *node)
{
	const CaptureBody *c = node->body;
	size_t start = r->out->n;
	uint8_t sink = r->sink;
	r->sink = SINK_TEXT;
	Flow flow = render_block(r, &c->block);
	r->sink = sink;
	Str text = str_dup(r->arena, str_n(r->out->p + start, r->out->n - start));
	r->out->n = start;
	set_local(r, c->symbol, marked(r, text));
	return flow;
}

void blocks_capture(const Node *node, Visit *visit, void *to)
{
	visit(to, &((CaptureBody *)node->body)->block, true);
}

/* increment = "{% increment" name "%}" : prints, then adds. A namespace of its own. */
bool parse_increment(Parser *p, Node *node)
{
	Words w = p->words;
	Str name;
	if (!plain_name(p, &w, "{% increment count %}", &name) || !parse_end(p, &w))
		return false;
	uint32_t *symbol = NEW(p->arena, uint32_t);
	*symbol = symbol_of(p->engine, name);
	node->body = symbol;
	return true;
}

Flow render_increment(LiquidRender *r, const Node *node)
{
	buf_printf(r->out, "%lld", (long long)count_by(r, *(const uint32_t *)node->body, 1));
	return FLOW_ON;
}

/* decrement = "{% decrement" name "%}" : takes one off, then prints */
bool parse_decrement(Parser *p, Node *node)
{
	return parse_increment(p, node);
}

Flow render_decrement(LiquidRender *r, const Node *node)
{
	buf_printf(r->out, "%lld", (long long)count_by(r, *(const uint32_t *)node->body, -1) - 1);
	return FLOW_ON;
}

/* echo = "{% echo" chain? "%}" */
bool parse_echo(Parser *p, Node *node)
{
	Words w = p->words;
	node->blank = false;
	if (w.token.kind == T_END)
		return false;
	node->kind = NODE_OUTPUT;
	return (node->chain = parse_chain(p, &w)) && parse_end(p, &w);
}

/* raw = "{% raw %}" text "{% endraw %}" */
bool parse_raw_tag(Parser *p, Node *node)
{
	Str body;
	bool good = parse_end(p, &p->words);
	if (!parse_raw(p, "endraw", &body) || !good)
		return false;
	node->kind = NODE_TEXT;
	node->text = body;
	node->blank = !body.n;
	return body.n > 0;
}

static bool skip_line_comment(Parser *p)
{
	for (uint32_t depth = 1; p->at < p->lines_end;) {
		Str rest = str_n(p->text.p + p->at, p->lines_end - p->at), line = str_cut(&rest, '\n');
		p->at += (uint32_t)line.n + (rest.p ? 1 : 0);
		line = str_trim(line);
		Str word = str_cut(&line, ' ');
		depth += str_eq(word, S("comment"));
		depth -= str_eq(word, S("endcomment"));
		if (!depth)
			return true;
	}
	return false;
}

static Str tag_word(Str text, size_t at)
{
	Str s = str_from(text, at + 2);
	s = str_trim(str_starts(s, S("-")) ? str_from(s, 1) : s);
	size_t n = 0;
	while (n < s.n && ((s.p[n] >= 'a' && s.p[n] <= 'z') || s.p[n] == '_'))
		n++;
	return str_upto(s, n);
}

static bool skip_comment(Parser *p)
{
	uint32_t depth = 1;
	for (bool raw = false;;) {
		size_t open = str_find(str_from(p->text, p->at), S("{%"));
		size_t close = open == SIZE_MAX ? open : str_find(str_from(p->text, p->at + open), S("%}"));
		if (close == SIZE_MAX)
			return false;
		Str word = tag_word(p->text, p->at + open);
		p->at += (uint32_t)(open + close) + 2;
		p->trim = p->text.p[p->at - 3] == '-';
		if (raw || str_eq(word, S("raw")))
			raw = !str_eq(word, S("endraw"));
		else
			depth += str_eq(word, S("comment"));
		depth -= !raw && str_eq(word, S("endcomment"));
		if (!depth)
			return true;
	}
}

/* comment = "{% comment %}" anything, with comments and raw text in it "{% endcomment %}" */
bool parse_comment(Parser *p, Node *node)
{
	if (!(p->lines ? skip_line_comment(p) : skip_comment(p))) {
		fault(p, node->at, (uint32_t)p->tag.n, S("`comment` is never closed by {% endcomment %}"), (Str){0});
		p->at = p->lines ? p->lines_end : (uint32_t)p->text.n;
	}
	return false;
}

/* doc = "{% doc %}" anything but doc "{% enddoc %}" */
bool parse_doc(Parser *p, Node *node)
{
	Str body;
	parse_end(p, &p->words);
	if (!parse_raw(p, "enddoc", &body))
		return false;
	for (size_t at = 0, i; (i = str_find(str_from(body, at), S("{%"))) != SIZE_MAX; at += i + 2)
		if (str_eq(tag_word(body, at + i), S("doc")))
			fault(p, node->at, (uint32_t)p->tag.n, S("a `doc` inside a `doc`"), (Str){0});
	return false;
}

/* # = "{%" ("#" anything to the end of the line)+ "%}" */
bool parse_inline_comment(Parser *p, Node *node)
{
	Str rest = str_n(p->text.p + node->at, node->len);
	for (Str line; str_line(&rest, &line);)
		if ((line = str_trim(line)).n && *line.p != '#')
			fault(p, (uint32_t)(line.p - p->text.p), (uint32_t)line.n, S("each line of a comment begins with '#'"), (Str){0});
	return false;
}

/* liquid = "{% liquid" (a tag a line) "%}" */
bool parse_liquid(Parser *p, Node *node)
{
	Parser outer = *p;
	Block *b = NEW(p->arena, Block);
	p->lines = true;
	p->at = node->at + (uint32_t)p->tag.n;
	p->lines_end = p->words.end;
	parse_block(p, b, "");
	p->at = outer.at;
	p->lines = outer.lines;
	p->lines_end = outer.lines_end;
	p->trim = outer.trim;
	p->stop = outer.stop;
	node->body = b;
	node->blank = b->blank;
	return true;
}

Flow render_liquid(LiquidRender *r, const Node *node)
{
	return render_block(r, node->body);
}

void blocks_liquid(const Node *node, Visit *visit, void *to)
{
	visit(to, node->body, false);
}

typedef struct HighlightBody {
	Str language;
	Block block;
} HighlightBody;

/* highlight = "{% highlight" language words "%}" block "{% endhighlight %}" */
bool parse_highlight(Parser *p, Node *node)
{
	HighlightBody *h = NEW(p->arena, HighlightBody);
	h->language = p->words.token.kind == T_NAME ? token_text(p, p->words.token) : S("text");
	node->body = h;
	parse_block(p, &h->block, "endhighlight");
	return true;
}

Flow render_highlight(LiquidRender *r, const Node *node)
{
	const HighlightBody *h = node->body;
	size_t start = r->out->n;
	LiquidEscape escape = r->escape;
	r->escape = LIQUID_PLAIN; /* the whole is escaped as code below */
	Flow flow = render_block(r, &h->block);
	r->escape = escape;
	Str code = str_dup(r->arena, str_n(r->out->p + start, r->out->n - start));
	r->out->n = start;
	while (code.n && (*code.p == '\n' || *code.p == '\r'))
		code = str_from(code, 1);
	buf_printf(r->out, "<figure class=\"highlight\"><pre><code class=\"language-%.*s\" data-lang=\"%.*s\">", STR_ARG(h->language),
		STR_ARG(h->language));
	put_escaped(r->out, str_trim_end(code), LIQUID_HTML);
	buf_lit(r->out, "</code></pre></figure>");
	return flow;
}

void blocks_highlight(const Node *node, Visit *visit, void *to)
{
	visit(to, &((HighlightBody *)node->body)->block, true);
}

/* ---- a host's tags: {% link {{ page.source }} %} ---- */

typedef struct HostBody {
	const LiquidTag *tag;
	Block words;
} HostBody;

bool parse_host(Parser *p, Node *node)
{
	HostBody *h = NEW(p->arena, HostBody);
	for (size_t i = 0; i < p->engine->host.n_tags; i++)
		if (str_eq(p->engine->host.tags[i].name, p->tag))
			h->tag = &p->engine->host.tags[i];
	node->body = h;
	return parse_words(p, node->at + (uint32_t)p->tag.n, p->words.end, &h->words);
}

Flow render_host(LiquidRender *r, const Node *node)
{
	const HostBody *h = node->body;
	LiquidCall call = {.render = r, .arena = r->arena, .user = r->job->user};
	Value v = h->tag->run(&call, str_trim(render_words(r, &h->words)));
	return r->budget->stopped || !emit(r, v, (Sink)node->sink, 0) ? FLOW_STOP : FLOW_ON;
}
