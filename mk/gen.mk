# Files made from the source tables in gen/. Every table has a generator beside it (Python 3, standard library only);
# its products go to $(GEN), which is on the include path of every build.
GEN := $(BUILD)/gen
GEN_PRODUCTS :=

# Each table's fragment appends its products to GEN_PRODUCTS and gives the rule that makes them.
-include $(wildcard gen/*.mk)

.PHONY: gen
## make gen             make the generated headers only
gen: $(GEN_PRODUCTS)
