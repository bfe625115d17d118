# CPU feature tables, checked against libxen-dev's list before anything uses them.
CPUFEATURES := $(GEN)/cpufeatures.h $(GEN)/cpufeatures_tables.h
GEN_PRODUCTS += $(CPUFEATURES) $(GEN)/cpufeatures.ok $(GEN)/cpu-features.md

$(GEN)/cpufeatures.h: gen/cpufeatures.tbl gen/cpufeatures.py
	@mkdir -p $(@D)
	$(Q)python3 gen/cpufeatures.py --header $< $@

$(GEN)/cpufeatures_tables.h: gen/cpufeatures.tbl gen/cpufeatures.py
	@mkdir -p $(@D)
	$(Q)python3 gen/cpufeatures.py --tables $< $@

$(GEN)/cpu-features.md: gen/cpufeatures.tbl gen/cpufeatures.py
	@mkdir -p $(@D)
	$(Q)python3 gen/cpufeatures.py --doc $< $@

$(GEN)/cpufeatures.ok: $(GEN)/cpufeatures.h
	$(Q)python3 gen/cpufeatures.py --check gen/cpufeatures.tbl $(GEN)/cpufeatures_check.c
	$(Q)$(CC) -fsyntax-only -I$(GEN) $(GEN)/cpufeatures_check.c
	$(Q)touch $@
