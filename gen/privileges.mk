# Sub-operations: dispatch tables of domctl and sysctl, prototypes, and docs/status.md.
GEN_PRODUCTS += $(GEN)/toolstack_handlers.h $(GEN)/toolstack_rows.h $(GEN)/status.md

$(GEN)/toolstack_handlers.h: gen/privileges.tbl gen/privileges.py
	@mkdir -p $(@D)
	$(Q)python3 gen/privileges.py --header $< $@

$(GEN)/toolstack_rows.h: gen/privileges.tbl gen/privileges.py
	@mkdir -p $(@D)
	$(Q)python3 gen/privileges.py --table $< $@

$(GEN)/status.md: gen/privileges.tbl gen/privileges.py
	@mkdir -p $(@D)
	$(Q)python3 gen/privileges.py --doc $< $@

docs: docs/status.md
docs/status.md: $(GEN)/status.md
	$(Q)cp $< $@
