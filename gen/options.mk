# The hypervisor's command line: its structure, the parser's rows, and the page of documentation.
GEN_PRODUCTS += $(GEN)/options_fields.h $(GEN)/options_rows.h $(GEN)/command-line.md

$(GEN)/options_fields.h: gen/options.tbl gen/options.py
	@mkdir -p $(@D)
	$(Q)python3 gen/options.py --fields $< $@

$(GEN)/options_rows.h: gen/options.tbl gen/options.py
	@mkdir -p $(@D)
	$(Q)python3 gen/options.py --rows $< $@

$(GEN)/command-line.md: gen/options.tbl gen/options.py
	@mkdir -p $(@D)
	$(Q)python3 gen/options.py --doc $< $@

.PHONY: docs
## make docs            write docs/command-line.md anew from gen/options.tbl
docs: docs/command-line.md
docs/command-line.md: $(GEN)/command-line.md
	$(Q)cp $< $@
