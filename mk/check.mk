# Checks of the tree itself: layers, headers, sizes, words, names, layout, options. Python 3 and the compiler, seconds.
CHECKS := layers headers size words names format options

.PHONY: check $(CHECKS:%=check-%)
##@ Test
## make check           check layers, headers, sizes, words, names and layout
check: $(CHECKS:%=check-%)

$(CHECKS:%=check-%): check-%: $(GEN_PRODUCTS)
	$(Q)PYTHONDONTWRITEBYTECODE=1 check/$* $(GEN)

## make format          mend blanks in C as check/format wants them
.PHONY: format
format:
	$(Q)PYTHONDONTWRITEBYTECODE=1 check/format --write

# What the linker drops is asked for its reason.
.PHONY: check-dead
check: check-dead
check-dead: $(HV_OBJ) $(BUILD)/hv/unpack.o
	$(Q)$(HV_LINK) --print-gc-sections -o $(BUILD)/hv/dead.elf 2>&1 | PYTHONDONTWRITEBYTECODE=1 check/dead

# What is written must compile with the headers of either release: their names differ. The compiler's front end alone,
# on every file in C.
OTHER_ABI     = $(if $(filter 13,$(HERE_NOW)),4.17,4.20)
SYNTAX       := xargs -n 40 -P $(shell nproc) $(CC) -fsyntax-only
syntax_flags  = $(filter-out -MMD -MP -include include/hv/hidden.h,$(1))
.PHONY: check-abi syntax
## make check-abi       compile everything, as far as errors go, with the headers of the other release (4.17 or 4.20)
check: check-abi
check-abi:
	$(Q)root=$(TOP_BUILD)/root/abi-$(OTHER_ABI); \
	[ -f $$root/.complete ] || [ $$root/.missing -nt image/debs.list ] || image/fetch $(TOP_BUILD) abi-$(OTHER_ABI); \
	if [ -f $$root/.complete ]; then $(MAKE) --no-print-directory ABI=$(OTHER_ABI) BUILD= syntax; \
	else echo "abi: skipped, this system's mirrors have no libxen-dev $(OTHER_ABI)"; fi
syntax: $(GEN_PRODUCTS)
	$(Q)echo $(HV_SRC) | $(SYNTAX) $(call syntax_flags,$(HV_CFLAGS))
	$(Q)echo $(SIM_SRC) $(SIM_HELP) $(LAW_PARTS) $(PVMM_PARTS) $(SIM_TEST) $(FUZZ_SIM_SRC) | $(SYNTAX) \
	  $(call syntax_flags,$(SIM_CFLAGS))
	$(Q)echo $(LIB_SRC) $(UNIT_HELP) $(UNIT_SRC) $(XNL_SRC) | $(SYNTAX) $(call syntax_flags,$(HOST_CFLAGS))
	$(Q)echo $(FUZZ_SRC) | $(SYNTAX) -w $(call syntax_flags,$(FUZZ_CFLAGS))
	$(Q)echo $(wildcard guests/*/*.c) | $(SYNTAX) $(call syntax_flags,$(GUEST_CFLAGS))
	@echo "abi: $(words $(sort $(HV_SRC) $(SIM_SRC) $(SIM_TEST) $(UNIT_SRC) $(XNL_SRC))) files: as with the headers" \
	  "of Xen $(ABI)"
