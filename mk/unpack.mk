# $(BUILD)/hv/unpack.o: arch/x86/boot/unpack/ with Debian's static decompression libraries, as one relocatable object.
# Only unpack() and unpack_arena_size() are visible; undefined are mem- and str-functions, __stack_chk_fail, lib_report
# and pack_kind_name. All is in .init.{text,rodata,data,bss}. A few GOT loads remain: the image's linker script keeps
# .got.
UNPACK_DIR    := arch/x86/boot/unpack
UNPACK_SRC    := $(wildcard $(UNPACK_DIR)/*.c)
UNPACK_PARTS  := $(UNPACK_SRC:%.c=$(BUILD)/hv/unpack-parts/%.o)
UNPACK_OBJ    := $(BUILD)/hv/unpack.o
UNPACK_ARS    := -l:liblzma.a -l:libzstd.a -l:libz.a -l:liblz4.a -l:libbz2.a -l:liblzo2.a
UNPACK_CFLAGS := -std=gnu11 -O2 -g -ffile-prefix-map=$(CURDIR)=. $(WARN) -ffreestanding -fPIE -fvisibility=hidden \
                 -fno-stack-protector -mno-red-zone -fno-asynchronous-unwind-tables -fcf-protection=none \
                 -Iinclude -Ilib -Ilib/port/hv -I$(GEN) -MMD -MP
# Everything that may stay undefined; anything else is a library function that the hypervisor does not have.
UNPACK_MAY_NEED := __stack_chk_fail _GLOBAL_OFFSET_TABLE_ lib_report memcmp memcpy memmove memset pack_kind_name strlen

$(BUILD)/hv/unpack-parts/%.o: %.c | $(GEN_PRODUCTS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(UNPACK_CFLAGS) -c $< -o $@

$(UNPACK_OBJ): $(UNPACK_PARTS) $(UNPACK_DIR)/unpack.lds mk/unpack.mk
	$(Q)$(LD) -r -T $(UNPACK_DIR)/unpack.lds -o $@.all $(UNPACK_PARTS) \
	  -L$$(dirname $$($(CC) -print-file-name=liblzma.a)) $(UNPACK_ARS)
	$(Q)$(OBJCOPY) -G unpack -G unpack_arena_size $@.all $@.tmp
	$(Q)for s in $$(nm -u $@.tmp | sed 's/.* //'); do case " $(UNPACK_MAY_NEED) " in *" $$s "*) ;; \
	  *) echo "unpack.o needs $$s, which the hypervisor does not have" >&2; exit 1;; esac; done
	$(Q)mv $@.tmp $@ && rm -f $@.all

-include $(UNPACK_PARTS:.o=.d)

# The test packs with the ordinary libraries and unpacks with this very object.
$(BUILD)/host/test/unit/test_image_unpack: $(UNPACK_OBJ)
$(BUILD)/host/test/unit/test_image_unpack: UNIT_LIBS := -llzma -lzstd -lz -llz4 -lbz2 -llzo2

# The fuzzer has our part of it with sanitizers, and the libraries as they are.
$(BUILD)/fuzz/test/fuzz/fuzz_unpack: $(patsubst %.c,$(BUILD)/fuzz/%.o,$(filter-out %/unpack_libc.c,$(UNPACK_SRC)))
$(BUILD)/fuzz/test/fuzz/fuzz_unpack: FUZZ_LIBS := $(UNPACK_ARS)
