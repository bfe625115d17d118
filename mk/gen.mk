# Files made from the source tables in gen/. Every table has a generator beside it (Python 3, standard library only);
# its products go to $(GEN), which is on the include path of every build.
GEN := $(BUILD)/gen
GEN_PRODUCTS :=

# The ABI: the system's libxen-dev, or with ABI=4.17 or ABI=4.20 that release's, unpacked. Either is $(BUILD)/abi/xen,
# which every build looks into before /usr/include. A build of another ABI is in a folder of its own (see Makefile).
ABI_ROOT  := $(if $(ABI),$(CURDIR)/$(TOP_BUILD)/root/abi-$(ABI))
ABI_READY := $(if $(ABI),$(TOP_BUILD)/root/abi-$(ABI)/.complete)
ABI_FLAGS := -isystem $(BUILD)/abi
$(shell mkdir -p $(BUILD)/abi && ln -sfn $(ABI_ROOT)/usr/include/xen $(BUILD)/abi/xen)
GEN_PRODUCTS += $(ABI_READY)
ifneq ($(BUILD),$(TOP_BUILD))
$(ABI_READY):
	@image/fetch $(TOP_BUILD) abi-$(ABI)
endif

# $(call product,TABLE,--WHAT,FILE): FILE is what gen/TABLE.py --WHAT makes of gen/TABLE.tbl.
define product
GEN_PRODUCTS += $(GEN)/$(3)
$(GEN)/$(3): gen/$(1).tbl gen/$(1).py gen/table.py
	@mkdir -p $$(@D)
	$$(Q)python3 gen/$(1).py $(2) $$< $$@
endef
# $(call page,TABLE,PAGE): docs/PAGE is made of gen/TABLE.tbl, and kept in the tree.
define page
$(call product,$(1),--doc,$(2))
docs: docs/$(2)
docs/$(2): $(GEN)/$(2)
	$$(Q)cp $$< $$@
endef

# Hypercalls: prototypes, and the rows of core/hypercall/table.c.
$(eval $(call product,hypercalls,--header,hypercall_handlers.h))
$(eval $(call product,hypercalls,--table,hypercall_rows.h))
$(eval $(call page,hypercalls,hypercalls.md))
$(GEN)/hypercall_rows.h: gen/privileges.tbl gen/privileges.py

# Sub-operations: prototypes and dispatch tables of domctl and sysctl; a list of the others for a test.
$(eval $(call product,privileges,--header,toolstack_handlers.h))
$(eval $(call product,privileges,--table,toolstack_rows.h))
$(eval $(call product,privileges,--subops,subops.h))
$(eval $(call page,privileges,status.md))

# The hypervisor's command line: its structure, and the parser's rows.
$(eval $(call product,options,--fields,options_fields.h))
$(eval $(call product,options,--rows,options_rows.h))
$(eval $(call page,options,command-line.md))
$(eval $(call product,options,--man,xenolith.7))
$(GEN)/xenolith.7: gen/manpage.py

# What differs between releases of the toolstack: names, structures, and a check against the headers that are there.
$(eval $(call product,layouts,--names,layout_names.h))
$(eval $(call product,layouts,--codec,layout_codec.h))
$(eval $(call product,layouts,--check,layout_check.c))
$(eval $(call page,layouts,toolstacks.md))
GEN_PRODUCTS += $(GEN)/layouts.ok
$(GEN)/layouts.ok: $(GEN)/layout_check.c $(ABI_READY)
	$(Q)$(CC) -fsyntax-only -isystem $(BUILD)/abi $<
	$(Q)touch $@

# What 32-bit code of a container calls, checked against the headers as both see them.
$(eval $(call product,compat,--rows,compat_rows.h))
$(eval $(call product,compat,--offsets,narrow_layout.h))
$(eval $(call product,compat,--check,compat_check.c))
GEN_PRODUCTS += $(GEN)/compat.ok
$(GEN)/compat.ok: $(GEN)/compat_check.c $(GEN)/layout_names.h $(ABI_READY)
	$(Q)$(CC) -fsyntax-only -isystem $(BUILD)/abi -Iinclude -I$(GEN) $<
	$(Q)$(CC) -m32 -ffreestanding -fsyntax-only -isystem $(BUILD)/abi -Iinclude -I$(GEN) $<
	$(Q)touch $@

# CPU features, checked against libxen-dev's list before anything uses them.
CPUFEATURES := $(GEN)/cpufeatures.h $(GEN)/cpufeatures_tables.h
$(eval $(call product,cpufeatures,--header,cpufeatures.h))
$(eval $(call product,cpufeatures,--tables,cpufeatures_tables.h))
$(eval $(call product,cpufeatures,--doc,cpu-features.md))
GEN_PRODUCTS += $(GEN)/cpufeatures.ok
$(GEN)/cpufeatures.ok: gen/cpufeatures.tbl gen/cpufeatures.py gen/table.py $(ABI_READY)
	@mkdir -p $(@D)
	$(Q)printf '#define XEN_CPUFEATURE(name, value) feature name value\n#include <xen/arch-x86/cpufeatureset.h>\n' | \
	  $(CC) -E -P -isystem $(BUILD)/abi - | python3 gen/cpufeatures.py --check $< $@

# The characters of the screen's text, from Debian's psf-unifont: installed (packages.txt), or fetched where it is not.
FONT_FILE := usr/share/consolefonts/Unifont-APL8x16.psf.gz
FONT      := $(firstword $(wildcard /$(FONT_FILE)) $(BUILD)/root/font/$(FONT_FILE))
GEN_PRODUCTS += $(GEN)/font.h
$(GEN)/font.h: gen/font.py $(FONT)
	@mkdir -p $(@D)
	$(Q)python3 gen/font.py $(FONT) $@
$(BUILD)/root/font/$(FONT_FILE): $(BUILD)/root/font/.complete ;

# Who built this from what. Rewritten only when its contents change, so that nothing is rebuilt for nothing.
# SOURCE_DATE_EPOCH, or else the time of the last commit, is the date: the same source gives the same image.
GEN_PRODUCTS += $(GEN)/version.h
.PHONY: version-probe
version-probe:
$(GEN)/version.h: version-probe gen/version.py
	@mkdir -p $(@D)
	$(Q)CC="$(CC)" python3 gen/version.py $@

.PHONY: gen docs
##@ Build
## make gen             make the generated headers only
gen: $(GEN_PRODUCTS)
## make docs            write the pages of docs/ that are made from tables anew
docs:
