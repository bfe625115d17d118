# The hypervisor: every .c and .S under core/, drivers/, lib/ and arch/x86/, found by name, one image.
# Position independent and hidden: it lives in the middle of the address space, where only RIP-relative code reaches.

# HV_DEBUG=1 adds assertions and the lock-order check (which the simulator's tests always have). What a machine boots
# and what a guest may do is the same in both; changing it rebuilds.
HV_DEBUG  ?= 0
HV_INC    := -I. -Iinclude -Ilib -Ilib/port/hv -Iarch/x86 -Iarch/x86/include -I$(GEN)
# The build id is a sum of all that is linked, debugging information included: it must not know in which folder it was
# built.
HV_CFLAGS := -std=gnu11 -g -O2 -ffile-prefix-map=$(CURDIR)=. -ffreestanding -nostdinc \
             -isystem $(CC_INCLUDE) $(ABI_FLAGS) -fPIE -fvisibility=hidden -include include/hv/hidden.h \
             -fno-stack-protector -fno-strict-aliasing -fno-common -fcf-protection=none \
             -fno-asynchronous-unwind-tables -fno-omit-frame-pointer -mno-red-zone -mgeneral-regs-only -mcmodel=small \
             -ffunction-sections -fdata-sections $(WARN) $(HV_INC) -MMD -MP $(if $(filter 0,$(HV_DEBUG)),-DNDEBUG)
HV_FLAGS  := $(BUILD)/hv/.debug
$(shell mkdir -p $(BUILD)/hv && { echo '$(HV_DEBUG)' | cmp -s - $(HV_FLAGS) || echo '$(HV_DEBUG)' >$(HV_FLAGS); })

HV_NOT    := lib/port/host/* arch/x86/boot/unpack/* arch/x86/hw/sim/*
HV_SRC    := $(shell find core drivers lib arch/x86 -name '*.c' $(foreach p,$(HV_NOT),-not -path '$(p)') | sort)
HV_ASM    := $(shell find arch/x86 -name '*.S' 2>/dev/null | sort)
HV_OBJ    := $(HV_SRC:%.c=$(BUILD)/hv/%.o) $(HV_ASM:%.S=$(BUILD)/hv/%.S.o)

$(BUILD)/hv/%.o: %.c $(HV_FLAGS) | $(GEN_PRODUCTS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HV_CFLAGS) -c $< -o $@
$(BUILD)/hv/%.S.o: %.S $(HV_FLAGS) | $(GEN_PRODUCTS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HV_CFLAGS) -D__ASSEMBLER__ -c $< -o $@

HV_LINK   := $(LD) -static -nostdlib -z noexecstack -z max-page-size=4096 --no-warn-rwx-segments --gc-sections \
             --build-id=sha1 -T arch/x86/boot/image.lds $(HV_OBJ) $(BUILD)/hv/unpack.o

# Linked twice: the first link finds the addresses of functions, the second has a table of them for call traces.
$(BUILD)/hv/xenolith.elf: $(HV_OBJ) $(BUILD)/hv/unpack.o arch/x86/boot/image.lds tools/symtab.py
	$(Q)echo "LINK    $@"
	$(Q)$(HV_LINK) -o $@.1
	$(Q)nm -n $@.1 | python3 tools/symtab.py >$(BUILD)/hv/symbols.S
	$(Q)$(CC) -c $(BUILD)/hv/symbols.S -o $(BUILD)/hv/symbols.o
	$(Q)$(HV_LINK) $(BUILD)/hv/symbols.o -o $@

# The loaders want a 32-bit ELF file with one segment at a physical address.
$(BUILD)/xenolith: $(BUILD)/hv/xenolith.elf tools/elf32.py
	$(Q)$(OBJCOPY) -O binary $< $(BUILD)/hv/xenolith.bin
	$(Q)nm $< | python3 tools/elf32.py $(BUILD)/hv/xenolith.bin $@
	$(Q)echo "IMAGE   $@"

$(BUILD)/xenolith-$(VERSION).gz: $(BUILD)/xenolith
	$(Q)gzip -9nc $< >$@

.PHONY: hv hv-objects
##@ Build
## make hv              build the hypervisor: build/xenolith, and compressed for /boot
##                      (ABI=4.17 or ABI=4.20: with that release's headers, below build/abi-ABI; any target takes it)
hv: $(BUILD)/xenolith $(BUILD)/xenolith-$(VERSION).gz
hv-objects: $(HV_OBJ)

-include $(shell find $(BUILD)/hv -name '*.d' 2>/dev/null)
