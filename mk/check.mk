# Checks of the tree itself: layers, headers, sizes, words, names, options. Python 3 and the compiler, a few seconds.
CHECKS := layers headers size words names options

.PHONY: check $(CHECKS:%=check-%)
##@ Test
## make check           check layers, headers, sizes, words and names
check: $(CHECKS:%=check-%)

$(CHECKS:%=check-%): check-%: $(GEN_PRODUCTS)
	$(Q)PYTHONDONTWRITEBYTECODE=1 check/$* $(GEN)

## make format          mend blanks in C as check/format wants them
.PHONY: format
format:
	$(Q)PYTHONDONTWRITEBYTECODE=1 check/format --write
