# Tiny guests of our own: one folder each under guests/, all linked with guests/common and two files of lib/base.

GUEST_NAMES  := $(filter-out common,$(notdir $(patsubst %/,%,$(wildcard guests/*/))))
GUEST_CFLAGS := -std=gnu11 -g -O2 -ffreestanding -nostdinc -isystem $(CC_INCLUDE) $(ABI_FLAGS) \
                -fno-pic -no-pie -mcmodel=kernel -mno-red-zone -mgeneral-regs-only -fno-stack-protector \
                -fno-strict-aliasing -fcf-protection=none -fno-asynchronous-unwind-tables $(WARN) \
                -I. -Iinclude -Ilib -Ilib/port/hv -Iguests -I$(GEN) -MMD -MP
GUEST_COMMON := $(wildcard guests/common/*.c) lib/base/string.c lib/base/format.c
# Those that are a kernel.
RUNNABLE     := $(foreach g,$(GUEST_NAMES),$(if $(wildcard guests/$(g)/*.c),$(g)))
GUEST_ELF    := $(foreach g,$(GUEST_NAMES),$(if $(wildcard guests/$(g)/*.c),$(BUILD)/guests/$(g).elf))

.PHONY: guests
##@ Build
## make guests          build the guests of guests/, which run as dom0 or domU kernels
guests: $(GUEST_ELF)

$(BUILD)/guests/obj/%.o: %.c | $(GEN_PRODUCTS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_CFLAGS) -c $< -o $@
$(BUILD)/guests/obj/%.S.o: %.S | $(GEN_PRODUCTS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_CFLAGS) -c $< -o $@

# A guest with a guest.lds of its own stands alone; the others are linked with guests/common.
GUEST_PARTS = $(patsubst %,$(BUILD)/guests/obj/%.o,$(wildcard guests/$(1)/*.S)) \
              $(patsubst %.c,$(BUILD)/guests/obj/%.o,$(wildcard guests/$(1)/*.c))
GUEST_LIB_nursery := lib/elf/elf.c
GUEST_LIB_pvh := lib/base/format.c lib/base/string.c
GUEST_OWN    = $(wildcard guests/$(1)/guest.lds)

define GUEST_RULE
$(BUILD)/guests/$(1).elf: $(if $(GUEST_OWN),,$(BUILD)/guests/obj/guests/common/start.S.o \
                            $(GUEST_COMMON:%.c=$(BUILD)/guests/obj/%.o)) $(GUEST_PARTS) \
                            $(GUEST_LIB_$(1):%.c=$(BUILD)/guests/obj/%.o) | $(or $(GUEST_OWN),guests/common/guest.lds)
	$$(Q)$$(LD) -nostdlib -static -z noexecstack -z max-page-size=4096 --no-warn-rwx-segments --build-id=none \
	  -T $$| -o $$@ $$^
endef
$(foreach g,$(GUEST_NAMES),$(if $(wildcard guests/$(g)/*.c),$(eval $(call GUEST_RULE,$(g)))))

-include $(shell find $(BUILD)/guests -name '*.d' 2>/dev/null)

# guests/kexec carries a kernel to be started, in a 32-bit and a 64-bit form.
PAYLOAD     := $(BUILD)/guests/obj/guests/kexec/payload
PAYLOAD_SRC := guests/kexec/payload/entry.S guests/kexec/payload/main.c
PAYLOAD_CFLAGS := -std=gnu11 -Os -ffreestanding -fno-pic -fno-stack-protector -fcf-protection=none \
                  -mgeneral-regs-only -fno-asynchronous-unwind-tables $(WARN) -Iguests
$(PAYLOAD)%.bin: $(PAYLOAD_SRC) guests/kexec/payload/payload.h guests/kexec/payload/payload.lds
	@mkdir -p $(@D)
	$(Q)for f in $(PAYLOAD_SRC); do $(CC) $(PAYLOAD_CFLAGS) -m$* $(if $(filter 64,$*),-mno-red-zone) \
	  -c $$f -o $@.$$(basename $$f).o || exit 1; done
	$(Q)$(LD) -m $(if $(filter 32,$*),elf_i386,elf_x86_64) -nostdlib -static --build-id=none --no-warn-rwx-segments \
	  -T guests/kexec/payload/payload.lds $(foreach f,$(PAYLOAD_SRC),$@.$(notdir $(f)).o) -o $@.elf
	$(Q)$(OBJCOPY) -O binary $@.elf $@
PAYLOAD_MACROS := -DPAYLOAD_32='"$(PAYLOAD)32.bin"' -DPAYLOAD_64='"$(PAYLOAD)64.bin"'
$(BUILD)/guests/obj/guests/kexec/image.S.o: GUEST_CFLAGS += $(PAYLOAD_MACROS)
$(BUILD)/guests/obj/guests/kexec/image.S.o: $(PAYLOAD)32.bin $(PAYLOAD)64.bin
