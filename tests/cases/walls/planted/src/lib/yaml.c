#include <yaml.h>
#include "lib/yaml.h"
