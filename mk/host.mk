# lib/ as part of ordinary processes: a library with sanitizers, cmocka tests, fuzzers, and the xnl command.
# Found by name, so a new file needs no line here: lib/**/*.c, test/unit/test_*.c, test/fuzz/fuzz_*.c, tools/xnl/*.c.

HOST_SAN    := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
HOST_INC    := -I. -Iinclude -Ilib -Ilib/port/host -I$(GEN) $(ABI_FLAGS)
HOST_CFLAGS := -std=gnu11 -g -O1 $(WARN) $(HOST_INC) -MMD -MP

# lib/base/string.c is the hypervisor's C library; a process has one already. lib/port/hv belongs to the hypervisor.
LIB_SRC     := $(filter-out lib/base/string.c lib/port/hv/%,$(shell find lib -name '*.c' | sort))
LIB_OBJ     := $(LIB_SRC:%.c=$(BUILD)/host/%.o)
UNIT_SRC    := $(wildcard test/unit/test_*.c)
UNIT_BIN    := $(UNIT_SRC:%.c=$(BUILD)/host/%)
FUZZ_SRC    := $(wildcard test/fuzz/fuzz_*.c)
FUZZ_BIN    := $(FUZZ_SRC:%.c=$(BUILD)/fuzz/%)

# Objects that only lead to a test stay, too.
.SECONDARY:

.PHONY: host unit fuzz
host: $(UNIT_BIN)

$(BUILD)/host/%.o: %.c | $(GEN_PRODUCTS)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(HOST_CFLAGS) $(HOST_SAN) -c $< -o $@

$(BUILD)/host/lib.a: $(LIB_OBJ)
	@rm -f $@
	$(Q)ar rcs $@ $^

# What several tests use.
UNIT_HELP   := $(filter-out test/unit/test_%,$(wildcard test/unit/*.c))
$(BUILD)/host/unit.a: $(UNIT_HELP:%.c=$(BUILD)/host/%.o)
	@rm -f $@
	$(Q)ar rcs $@ $^

# A test names extra sources or libraries as target-specific UNIT_LIBS, e.g. for an oracle such as Zydis.
$(BUILD)/host/test/unit/%: $(BUILD)/host/test/unit/%.o $(BUILD)/host/unit.a $(BUILD)/host/lib.a
	$(Q)$(HOSTCC) $(HOST_SAN) $^ -lcmocka $(UNIT_LIBS) -o $@
$(BUILD)/host/test/unit/test_decode: UNIT_LIBS := -lZydis

##@ Test
## make unit            run the unit tests of lib/ (cmocka, under ASan and UBSan)
unit: $(UNIT_BIN)
	$(Q)test/cmocka $(UNIT_BIN)

# Fuzzers are clang's, and so is their copy of lib/: compiled once, with coverage.
FUZZ_CFLAGS  := -std=gnu11 -g -O1 $(HOST_INC) -MMD -MP
FUZZ_SAN     := -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/fuzz/%.o)
FUZZ_SECONDS ?= 20
$(BUILD)/fuzz/%.o: %.c | $(GEN_PRODUCTS)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link $(FUZZ_SAN) -c $< -o $@

$(BUILD)/fuzz/lib.a: $(FUZZ_LIB_OBJ)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(BUILD)/fuzz/test/fuzz/%: $(BUILD)/fuzz/test/fuzz/%.o $(BUILD)/fuzz/lib.a
	$(Q)$(CLANG) -fsanitize=fuzzer $(FUZZ_SAN) $^ $(FUZZ_LIBS) -o $@

## make fuzz            run every fuzzer for FUZZ_SECONDS (20) from what it found and test/fuzz/corpus/NAME
FUZZ_RUN = BUILD=$(BUILD) test/fuzz/run
fuzz: $(FUZZ_BIN)
	$(Q)$(FUZZ_RUN) test/fuzz/corpus $(FUZZ_SECONDS) "" $(FUZZ_BIN)

-include $(shell find $(BUILD)/host $(BUILD)/fuzz -name '*.d' 2>/dev/null)
