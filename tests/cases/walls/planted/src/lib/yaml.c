#include <yaml.h>
#include "lib/yaml.h"
static int registered; /* once: libraries may be set up */
static int forgotten, other;
