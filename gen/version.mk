# Who built this from what: $(GEN)/version.h. Rewritten only when its contents change, so that nothing is rebuilt for nothing.
# SOURCE_DATE_EPOCH, or else the time of the last commit, is the date: the same source gives the same image.
GEN_PRODUCTS += $(GEN)/version.h

.PHONY: version-probe
version-probe:
$(GEN)/version.h: version-probe gen/version.py
	@mkdir -p $(@D)
	$(Q)CC="$(CC)" python3 gen/version.py $@
