# Compilers and the flags that every build shares.
CC      := gcc
HOSTCC  := gcc
CLANG   := clang
LD      := ld
OBJCOPY := objcopy

WARN := -Wall -Wextra -Werror -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wno-unused-parameter \
        -Wno-missing-field-initializers
