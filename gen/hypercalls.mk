# The hypercall table: prototypes, dispatch rows and documentation.
GEN_PRODUCTS += $(GEN)/hypercall_handlers.h $(GEN)/hypercall_rows.h $(GEN)/hypercalls.md

$(GEN)/hypercall_handlers.h: gen/hypercalls.tbl gen/hypercalls.py
	@mkdir -p $(@D)
	$(Q)python3 gen/hypercalls.py --header $< $@

# Included by core/hypercall/table.c, so that every build that has core/ has the table.
$(GEN)/hypercall_rows.h: gen/hypercalls.tbl gen/hypercalls.py
	@mkdir -p $(@D)
	$(Q)python3 gen/hypercalls.py --table $< $@

$(GEN)/hypercalls.md: gen/hypercalls.tbl gen/hypercalls.py
	@mkdir -p $(@D)
	$(Q)python3 gen/hypercalls.py --doc $< $@

docs: docs/hypercalls.md
docs/hypercalls.md: $(GEN)/hypercalls.md
	$(Q)cp $< $@
