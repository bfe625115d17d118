# Compilers and the flags that every build shares.
CC      := gcc
HOSTCC  := gcc
CLANG   := clang
LD      := ld
OBJCOPY := objcopy
# The compiler's own headers (stdint.h and its like): all that a freestanding build sees besides the tree and the ABI.
CC_INCLUDE := $(shell $(CC) -print-file-name=include 2>/dev/null)

WARN := -Wall -Wextra -Werror -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wno-unused-parameter \
        -Wno-missing-field-initializers
