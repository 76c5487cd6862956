/* commands: what a user can type. One table of commands, one of options; help, did-you-mean, manual page and
 * shell completion come from their rows. Who knows it: main, help. What it knows: options. */
#ifndef GEN_COMMANDS_H
#define GEN_COMMANDS_H

#include "options.h"

typedef struct Command {
	Str name;
	const char *arguments;
	const char *summary; /* one line, begins with a verb */
	unsigned group;      /* one bit; options name the groups that take them */
	int (*run)(const Options *); /* the exit status */
	const char *help;    /* the paragraph of gen help NAME */
} Command;

typedef enum OptionKind { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER, OPTION_DATE } OptionKind;

typedef struct Option {
	Str name;
	const char *value;   /* what stands for its value in help; NULL: a flag */
	OptionKind kind;
	size_t offset;       /* of its field in Options */
	unsigned commands;   /* groups that take it */
	const char *help;
} Option;

extern const Command commands[];
extern const size_t commands_n;
extern const Option options[];
extern const size_t options_n;

const Command *command_named(Str name); /* NULL, after a message with the name that was meant */

/* Runs what the arguments ask for; returns the exit status: 0 clean, 1 the site has errors, 2 usage or
 * configuration, 3 the environment. */
int commands_main(int argc, char **argv);

#endif
