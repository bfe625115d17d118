# $(BUILD)/xnl, the user's command: tools/xnl/*.c over lib/ and the boot code's unpack.o.
XNL_SRC    := $(wildcard tools/xnl/*.c)
XNL_OBJ    := $(XNL_SRC:%.c=$(BUILD)/xnl-obj/%.o) $(LIB_SRC:%.c=$(BUILD)/xnl-obj/%.o)
XNL_CFLAGS := -std=gnu11 -O2 -g $(WARN) $(HOST_INC) -MMD -MP

$(BUILD)/xnl-obj/%.o: %.c | $(GEN_PRODUCTS)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(XNL_CFLAGS) -c $< -o $@

$(BUILD)/xnl: $(XNL_OBJ) $(UNPACK_OBJ)
	$(Q)$(HOSTCC) $^ -o $@

.PHONY: xnl
## make xnl             build the user's command, $(BUILD)/xnl
xnl: $(BUILD)/xnl

-include $(XNL_OBJ:.o=.d)
