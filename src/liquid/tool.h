/* liquid/tool: `gen render`, the door for designers trying things and for conformance suites.
 * Who knows it: commands. What it knows: liquid, lib/json. */
#ifndef GEN_LIQUID_TOOL_H
#define GEN_LIQUID_TOOL_H

#include "liquid/liquid.h"

typedef struct LiquidTool {        /* options of the command, as given */
	const char *template_file; /* "-": standard input */
	const char *data_file;     /* JSON; NULL: none */
	const char *partials;      /* a folder that include and render search; NULL: the template's own */
	const char *escape;        /* html, xml, json, none; NULL: by the file's ending, html for "-" */
	bool strict;
	bool batch; /* JSON requests on standard input, one a line; answers likewise */
	bool colour;
	const LiquidFilter *filters; /* the site's rows (markdownify ...), where the caller has them */
	size_t n_filters;
	const LiquidTag *tags;
	size_t n_tags;
} LiquidTool;

int liquid_tool_run(const LiquidTool *tool); /* the exit status */

#endif
