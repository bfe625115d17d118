# $(BUILD)/xnl, the user's command: tools/xnl/*.c over lib/ and the boot code's unpack.o.
XNL_SRC    := $(wildcard tools/xnl/*.c)
XNL_OBJ    := $(XNL_SRC:%.c=$(BUILD)/xnl-obj/%.o) $(LIB_SRC:%.c=$(BUILD)/xnl-obj/%.o)
# Hardened, because it reads files that anybody may have made.
XNL_CFLAGS := -std=gnu11 -O2 -g -D_FORTIFY_SOURCE=2 $(WARN) $(HOST_INC) -MMD -MP

$(BUILD)/xnl-obj/%.o: %.c | $(GEN_PRODUCTS)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(XNL_CFLAGS) -c $< -o $@

$(BUILD)/xnl: $(XNL_OBJ) $(UNPACK_OBJ)
	$(Q)$(HOSTCC) -Wl,-z,relro,-z,now $^ -o $@

.PHONY: xnl
##@ Build
## make xnl             build the user's command, build/xnl
xnl: $(BUILD)/xnl

-include $(XNL_OBJ:.o=.d)

# Recorded processors in, expected words out; `make unit` includes it.
.PHONY: unit-xnl
unit: unit-xnl
unit-xnl: $(BUILD)/xnl
	$(Q)test/data/cpuid/run.sh $(BUILD)/xnl
	$(Q)test/data/cpuid/completion.sh
	$(Q)test/data/kexec/run.sh $(BUILD)/xnl
	$(Q)test/data/trace/run.sh $(BUILD)/xnl
