/* liquid/tags: the table of tags. To add one: a parse function with its grammar above it, a render function,
 * a row here; help, example and result in the row make the manual and its test. */
#include "liquid/tags.h"

/* clang-format off */
const TagRow tag_rows[] = {
	{{STR_INIT("#"), "A comment in the layout, to the end of the tag.", "{% # not printed %}text", "text"}, parse_inline_comment, NULL, NULL, true},
	{{STR_INIT("assign"), "Gives a value a name.", "{% assign title = \"Green steel\" | upcase %}{{ title }}", "GREEN STEEL"}, parse_assign, render_assign, NULL, true},
	{{STR_INIT("break"), "Ends the loop.", "{% for i in (1..5) %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}", "12"}, parse_break, render_break, NULL, false},
	{{STR_INIT("capture"), "Keeps what its block prints under a name.", "{% capture link %}<a href=\"/\">home</a>{% endcapture %}{{ link }}", "<a href=\"/\">home</a>"}, parse_capture, render_capture, blocks_capture, true},
	{{STR_INIT("case"), "Prints each block whose value is equal; else, where none is.", "{% case \"report\" %}{% when \"brief\", \"note\" %}short{% when \"report\" %}long{% else %}?{% endcase %}", "long"}, parse_case, render_case, blocks_case, false},
	{{STR_INIT("comment"), "Text that is not printed, whatever stands in it.", "{% comment %}{{ x }}{% endcomment %}text", "text"}, parse_comment, NULL, NULL, true},
	{{STR_INIT("continue"), "Goes on with the loop's next turn.", "{% for i in (1..3) %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}", "13"}, parse_continue, render_continue, NULL, false},
	{{STR_INIT("cycle"), "Prints one of its values after another, each time it is passed.", "{% for i in (1..3) %}{% cycle \"odd\", \"even\" %} {% endfor %}", "odd even odd "}, parse_cycle, render_cycle, NULL, false},
	{{STR_INIT("decrement"), "Counts down from -1; apart from other variables.", "{% decrement n %} {% decrement n %}", "-1 -2"}, parse_decrement, render_decrement, NULL, false},
	{{STR_INIT("doc"), "Describes the file; not printed.", "{% doc %}A card.{% enddoc %}text", "text"}, parse_doc, NULL, NULL, true},
	{{STR_INIT("echo"), "Prints, as {{ }} does; for the liquid tag.", "{% echo \"brief\" | upcase %}", "BRIEF"}, parse_echo, NULL, NULL, false},
	{{STR_INIT("feed_meta"), "The link to the site's feed, for layouts that come from Jekyll: includes/feed_meta.liquid.", "{% feed_meta %}", "<link rel=\"alternate\" type=\"application/atom+xml\" title=\"Our Institute\" href=\"/archive/feed.xml\">"}, parse_plugin, render_include, NULL, false},
	{{STR_INIT("for"), "Repeats its block for each item. limit, offset and reversed choose; else stands for none.", "{% for b in site.briefs limit: 2 %}{{ forloop.index }} {{ b.title }}; {% else %}none{% endfor %}", "1 Green steel; 2 Carbon border; "}, parse_for, render_for, blocks_for, false},
	{{STR_INIT("highlight"), "Code, escaped, in the markup that Jekyll's themes expect.", "{% highlight c %}a < b{% endhighlight %}", "<figure class=\"highlight\"><pre><code class=\"language-c\" data-lang=\"c\">a &lt; b</code></pre></figure>"}, parse_highlight, render_highlight, blocks_highlight, false},
	{{STR_INIT("if"), "Prints its block where a condition is true: == != < > <= >= contains, and, or.", "{% if page.lang == \"ko\" and page.title %}한국어{% elsif page.title %}{{ page.title }}{% else %}none{% endif %}", "Green steel"}, parse_if, render_if, blocks_if, false},
	{{STR_INIT("ifchanged"), "Prints its block where that differs from the last time.", "{% assign list = \"a,a,b\" | split: \",\" %}{% for x in list %}{% ifchanged %}{{ x }}{% endifchanged %}{% endfor %}", "ab"}, parse_ifchanged, render_ifchanged, blocks_ifchanged, false},
	{{STR_INIT("include"), "Another file, which sees everything here: 'card', title: x gives it title; card.html title=x gives it include.title.", "{% include 'card', title: page.title %}", "<h2>Green steel</h2>"}, parse_include, render_include, NULL, false},
	{{STR_INIT("include_cached"), "The same as include; every include is parsed once.", "{% include_cached card.html title=page.title %}", "<h2>Green steel</h2>"}, parse_include, render_include, NULL, false},
	{{STR_INIT("include_relative"), "A file beside this one.", "{% include_relative note.html %}", "<p>Checked in May.</p>"}, parse_include_relative, render_include, NULL, false},
	{{STR_INIT("increment"), "Counts up from 0; apart from other variables.", "{% increment n %} {% increment n %}", "0 1"}, parse_increment, render_increment, NULL, false},
	{{STR_INIT("liquid"), "Several tags, one a line, without their signs.", "{% liquid\n  assign x = 2\n  echo x | times: 21\n%}", "42"}, parse_liquid, render_liquid, blocks_liquid, false},
	{{STR_INIT("raw"), "Text in which nothing is read.", "{% raw %}{{ this }}{% endraw %}", "{{ this }}"}, parse_raw_tag, NULL, NULL, false},
	{{STR_INIT("render"), "Another file, which sees site, page and the like, and what is handed to it.", "{% render 'card', title: page.title %}", "<h2>Green steel</h2>"}, parse_render, render_render, NULL, false},
	{{STR_INIT("seo"), "Title, description and citation tags, for layouts that come from Jekyll: includes/seo.liquid.", "{% seo %}", "<title>Green steel · Our Institute</title>"}, parse_plugin, render_include, NULL, false},
	{{STR_INIT("tablerow"), "A table's rows, with cols cells each.", "<table>{% tablerow i in (1..3) cols: 2 %}{{ i }}{% endtablerow %}</table>", "<table><tr class=\"row1\">\n<td class=\"col1\">1</td><td class=\"col2\">2</td></tr>\n<tr class=\"row2\"><td class=\"col1\">3</td></tr>\n</table>"}, parse_tablerow, render_tablerow, blocks_tablerow, false},
	{{STR_INIT("unless"), "Prints its block where a condition is false.", "{% unless page.subtitle %}no subtitle{% endunless %}", "no subtitle"}, parse_unless, render_if, blocks_if, false},
};
/* clang-format on */
const size_t n_tag_rows = sizeof tag_rows / sizeof *tag_rows;

static const TagRow host_row = {{STR_INIT("a host's tag"), NULL, NULL, NULL}, parse_host, render_host, NULL, false};

const TagRow *tag_find(const Liquid *l, Str name)
{
	for (size_t i = 0; i < n_tag_rows; i++)
		if (str_eq(tag_rows[i].row.name, name))
			return &tag_rows[i];
	for (size_t i = 0; i < l->host.n_tags; i++)
		if (str_eq(l->host.tags[i].name, name))
			return &host_row;
	return NULL;
}

/* Tags of Jekyll's plugins and of other engines that layouts come with, and what does their work here. */
Str tag_replacement(Str name)
{
	static const struct {
		Str tag, instead;
	} known[] = {
		{STR_INIT("seo"), STR_INIT("it prints includes/seo.liquid, and there is none here")},
		{STR_INIT("feed_meta"), STR_INIT("it prints includes/feed_meta.liquid, and there is none here")},
		{STR_INIT("gist"), STR_INIT("pages ask nothing of other hosts; put the code in the page")},
		{STR_INIT("figure"), STR_INIT("an image alone in a paragraph is a figure")},
		{STR_INIT("extends"), STR_INIT("name the outer layout in the front matter: layout: base")},
		{STR_INIT("layout"), STR_INIT("name the outer layout in the front matter: layout: base")},
		{STR_INIT("block"), STR_INIT("the outer layout prints {{ content }}")},
		{STR_INIT("section"), STR_INIT("use {% include 'name' %}")},
		{STR_INIT("set"), STR_INIT("use {% assign name = value %}")},
		{STR_INIT("elseif"), STR_INIT("it is written `elsif`")},
		{STR_INIT("else if"), STR_INIT("it is written `elsif`")},
		{STR_INIT("style"), STR_INIT("write <style> in the layout")},
		{STR_INIT("javascript"), STR_INIT("write a file in assets/")},
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_eq(known[i].tag, name))
			return known[i].instead;
	return (Str){0};
}

const LiquidRow *liquid_tag_row(size_t i)
{
	return i < n_tag_rows ? &tag_rows[i].row : NULL;
}
