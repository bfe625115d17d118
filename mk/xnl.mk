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

# Where bash-completion and man look.
.PHONY: install-xnl
##@ Install
## make install-xnl     put xnl, its manual page and its shell completion below DESTDIR/usr
install-xnl: $(BUILD)/xnl
	install -D -m 755 $(BUILD)/xnl $(DESTDIR)/usr/bin/xnl
	install -D -m 644 docs/xnl.1 $(DESTDIR)/usr/share/man/man1/xnl.1
	install -D -m 644 tools/xnl/completion.bash $(DESTDIR)/usr/share/bash-completion/completions/xnl
