#include <stdio.h>
#include <yaml.h>
#include <git2/types.h>
