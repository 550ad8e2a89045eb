// The one place that compiles the loader; every other file sees its declarations.
#define VK_NO_PROTOTYPES
#define VOLK_IMPLEMENTATION
#include <volk.h>
