# The hypervisor: every .c and .S under core/, drivers/, lib/ and arch/x86/, found by name, one image.
# Position independent and hidden: it lives in the middle of the address space, where only RIP-relative code reaches.

HV_DEBUG  ?= 1
HV_INC    := -I. -Iinclude -Ilib -Ilib/port/hv -Iarch/x86 -Iarch/x86/include -I$(GEN)
HV_CFLAGS := -std=gnu11 -g -O2 -ffreestanding -nostdinc -isystem $(shell $(CC) -print-file-name=include) -isystem /usr/include \
             -fPIE -fvisibility=hidden -include include/hv/hidden.h -fno-stack-protector -fno-strict-aliasing -fno-common -fcf-protection=none \
             -fno-asynchronous-unwind-tables -fno-omit-frame-pointer -mno-red-zone -mgeneral-regs-only -mcmodel=small \
             -ffunction-sections -fdata-sections $(WARN) $(HV_INC) -MMD -MP $(if $(filter 0,$(HV_DEBUG)),-DNDEBUG)

HV_SRC    := $(shell find core drivers lib arch/x86 -name '*.c' -not -path 'lib/port/host/*' -not -path 'arch/x86/boot/unpack/*' 2>/dev/null | sort)
HV_ASM    := $(shell find arch/x86 -name '*.S' 2>/dev/null | sort)
HV_OBJ    := $(HV_SRC:%.c=$(BUILD)/hv/%.o) $(HV_ASM:%.S=$(BUILD)/hv/%.S.o)

$(BUILD)/hv/%.o: %.c | $(GEN_PRODUCTS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HV_CFLAGS) -c $< -o $@
$(BUILD)/hv/%.S.o: %.S | $(GEN_PRODUCTS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HV_CFLAGS) -D__ASSEMBLER__ -c $< -o $@

.PHONY: hv hv-objects
## make hv              build the hypervisor
hv: hv-objects
hv-objects: $(HV_OBJ)

-include $(shell find $(BUILD)/hv -name '*.d' 2>/dev/null)
