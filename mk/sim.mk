# The simulated machine: core/, lib/, drivers/serial and arch/x86/pv/mm in a Linux process, under sanitizers. Tests are
# test/sim/test_*.c, found by name. All CPUs that Linux ever had fit, so the scheduler is tried with 4,096.

SIM_CFLAGS := -std=gnu11 -g -O1 $(WARN) -fno-strict-aliasing -fno-common -DCPU_MAX=4096 -I. -Iinclude -Ilib \
              -Ilib/port/hv -Iarch/sim/include -Iarch/x86 -I$(GEN) $(ABI_FLAGS) -MMD -MP
# string.c is the C library's here, panic.c is arch/sim's. pv/mm comes with its stand-in for the processor,
# arch/x86/hw/sim.
# What the simulator is composed of beyond pv/mm, file by file: the duties that depend on the kind of guest. What it
# does in its own way or not at all is in arch/sim/absent.c, with reasons.
SIM_X86    := $(addprefix arch/x86/guest/,frame.c frame_life.c grant.c physmap.c) \
              $(addprefix arch/x86/pv/,hypercall.c memory_exchange.c vcpu.c) \
              $(addprefix arch/x86/hvm/,dirty.c p2m.c p2m_entry.c p2m_pool.c physmap.c pod.c)
SIM_SRC    := $(filter-out lib/base/string.c lib/port/% core/console/panic.c, \
                $(shell find core lib drivers/serial arch/sim arch/x86/pv/mm arch/x86/hw/sim -name '*.c' | sort) \
                $(SIM_X86))
SIM_OBJ    := $(SIM_SRC:%.c=$(BUILD)/sim/%.o)
SIM_HELP   := $(wildcard test/sim/support/*.c)
SIM_TEST   := $(wildcard test/sim/test_*.c)
SIM_BIN    := $(SIM_TEST:%.c=$(BUILD)/sim/%)

$(BUILD)/sim/%.o: %.c | $(GEN_PRODUCTS)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(SIM_CFLAGS) $(HOST_SAN) -c $< -o $@

$(BUILD)/sim/machine.a: $(SIM_OBJ)
	@rm -f $@
	$(Q)ar rcs $@ $^

# What several tests use.
$(BUILD)/sim/support.a: $(SIM_HELP:%.c=$(BUILD)/sim/%.o)
	@rm -f $@
	$(Q)ar rcs $@ $^

# Archives come last: what a test has besides may need anything of them.
$(BUILD)/sim/test/sim/%: $(BUILD)/sim/test/sim/%.o $(BUILD)/sim/support.a $(BUILD)/sim/machine.a
	$(Q)$(HOSTCC) $(HOST_SAN) $(SIM_WRAP) $(filter %.o,$^) $(filter %.a,$^) -lcmocka -o $@

# The worlds of two tests, each with its law: test/sim/law for test_law, test/sim/pvmm for test_pvmm* and its fuzzer.
LAW_PARTS  := $(sort $(wildcard test/sim/law/*.c))
PVMM_PARTS := $(sort $(wildcard test/sim/pvmm/*.c))
$(BUILD)/sim/test/sim/test_law: $(LAW_PARTS:%.c=$(BUILD)/sim/%.o)
$(BUILD)/sim/test/sim/test_pvmm $(BUILD)/sim/test/sim/test_pvmm_cases: $(PVMM_PARTS:%.c=$(BUILD)/sim/%.o)

# test_law hears of whoever takes a guest's frame to write to it.
LAW_WRAP   := -Wl,--wrap=arch_guest_frame_get
$(BUILD)/sim/test/sim/test_law: SIM_WRAP := $(LAW_WRAP)

# test_growth counts: the scheduler and the event channels once more, with a call in each basic block.
GROWTH_OBJ := $(patsubst %.c,$(BUILD)/sim/steps/%.o,$(wildcard core/sched/*.c core/event/*.c))
$(BUILD)/sim/steps/%.o: %.c | $(GEN_PRODUCTS)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(SIM_CFLAGS) $(HOST_SAN) -fsanitize-coverage=trace-pc -c $< -o $@
$(BUILD)/sim/test/sim/test_growth: $(BUILD)/sim/test/sim/test_growth.o $(GROWTH_OBJ) $(BUILD)/sim/machine.a
	$(Q)$(HOSTCC) $(HOST_SAN) -Wl,--wrap=spin_lock $^ -lcmocka -o $@

# These stop a call where it releases a lock, copies from or to its guest, or looks at the clock.
MEANWHILE := spin_lock spin_unlock arch_time_now arch_copy_from_guest arch_copy_to_guest
$(BUILD)/sim/test/sim/test_meanwhile $(BUILD)/sim/test/sim/test_pairs: SIM_WRAP := $(MEANWHILE:%=-Wl,--wrap=%)

.PHONY: sim
##@ Test
## make sim             run the core and the PV memory rules on the simulated machine (cmocka, under ASan and UBSan)
sim: $(SIM_BIN) $(BUILD)/explore/explore
	$(Q)test/cmocka $(SIM_BIN)
	$(Q)log=$(BUILD)/explore/slice.log; $(BUILD)/explore/explore -o 12 -n 4 > $$log 2>&1 || \
	  { grep -v ^holds $$log; exit 1; }

# The same law without sanitizers and on few CPUs, for runs of hundreds of millions of calls: no diary, few checks. A
# seed is the same life however often it is checked, so one that breaks the law is lived again, with a diary and a check
# after each of the last steps (LAW_AGAIN: more than lie between two times that all guests end).
LAW_AGAIN  := 6000
LAW_CFLAGS := $(subst -DCPU_MAX=4096,-DCPU_MAX=8,$(subst -O1,-O2,$(SIM_CFLAGS)))
LAW_OBJ    := $(patsubst %.c,$(BUILD)/law/%.o,$(SIM_SRC) $(SIM_HELP) $(LAW_PARTS) test/sim/test_law.c)
$(BUILD)/law/%.o: %.c | $(GEN_PRODUCTS)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(LAW_CFLAGS) -c $< -o $@
$(BUILD)/law/test_law: $(LAW_OBJ)
	$(Q)$(HOSTCC) $(LAW_WRAP) $^ -lcmocka -o $@

.PHONY: law
## make law             live STEPS (10000000) random steps for each of SEEDS (1) seeds from SEED (1) on, without
##                      sanitizers: each call that gave way is continued, abandoned, changed, or its domain is killed
##                      there; the books are compared after each EVERY (64) steps, and after each step that left a call
##                      or a domain in the middle. A seed that breaks the law is lived again with a check after each
##                      of its last steps, and the first that breaks it is shown with what came before
law: export LAW_STEPS := $(or $(STEPS),10000000)
law: export LAW_EVERY := $(or $(EVERY),64)
law: $(BUILD)/law/test_law
	$(Q)first=$(or $(SEED),1); for s in $$(seq $$first $$((first + $(or $(SEEDS),1) - 1))); do \
	  log=$(BUILD)/law/seed-$$s.log; \
	  if LAW_SEED=$$s LAW_FROM=$$LAW_STEPS $< > $$log 2>&1; then grep '^seed' $$log; continue; fi; \
	  at=$$(sed -n 's/^failed in step \([0-9]*\).*/\1/p' $$log); cat $$log; \
	  test -z "$$at" || { echo "again, with a check after each step:"; \
	    LAW_SEED=$$s LAW_FROM=$$((at > $(LAW_AGAIN) ? at - $(LAW_AGAIN) : 1)) $<; }; exit 1; done

# The same machine with CPUs that interleave: each access that another CPU may see is a point where one is stopped
# (arch/sim/points.h). Without sanitizers: it runs in copies of its process, thousands a second.
EXPLORE_OBJ := $(patsubst %.c,$(BUILD)/explore/%.o,$(SIM_SRC) $(SIM_HELP) $(sort $(wildcard test/sim/explore/*.c)))
$(BUILD)/explore/%.o: %.c | $(GEN_PRODUCTS)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(LAW_CFLAGS) -include arch/sim/points.h -c $< -o $@
$(BUILD)/explore/explore: $(EXPLORE_OBJ)
	$(Q)$(HOSTCC) -rdynamic $^ -lcmocka -o $@

.PHONY: explore
## make explore         run scenarios of hypercalls against each other on the simulated machine: SCENARIO (those whose
##                      names begin so; all), every interleaving with one preemption, RUNS (2000) with two, by SEED (1).
##                      REPLAY=FIRST:STEP,... shows the one that failed
explore: $(BUILD)/explore/explore
	$(Q)$< -n $(or $(RUNS),2000) -s $(or $(SEED),1) $(if $(REPLAY),-r $(REPLAY)) $(SCENARIO)

FUZZ_SIM_SRC := $(wildcard test/fuzz_sim/fuzz_*.c)
FUZZ_SIM_BIN := $(FUZZ_SIM_SRC:%.c=$(BUILD)/fuzz/%)
$(BUILD)/fuzz/sim/%.o: %.c | $(GEN_PRODUCTS)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(SIM_CFLAGS) -Wno-unused-function -fsanitize=fuzzer-no-link,address,undefined \
	  -fno-sanitize-recover=all -c $< -o $@
$(BUILD)/fuzz/sim/machine.a: $(SIM_SRC:%.c=$(BUILD)/fuzz/sim/%.o)
	@rm -f $@
	$(Q)ar rcs $@ $^
$(BUILD)/fuzz/test/fuzz_sim/%: $(BUILD)/fuzz/sim/test/fuzz_sim/%.o $(BUILD)/fuzz/sim/machine.a
	@mkdir -p $(@D)
	$(Q)$(CLANG) -fsanitize=fuzzer,address,undefined $(filter %.o,$^) $(filter %.a,$^) -o $@
$(BUILD)/fuzz/test/fuzz_sim/fuzz_pvmm: $(PVMM_PARTS:%.c=$(BUILD)/fuzz/sim/%.o)

.PHONY: fuzz-sim
## make fuzz-sim        run every fuzzer on the simulated machine for FUZZ_SECONDS (20)
fuzz-sim: $(FUZZ_SIM_BIN)
	$(Q)$(FUZZ_RUN) test/fuzz_sim/corpus $(FUZZ_SECONDS) "-max_len=8192 -len_control=0" $(FUZZ_SIM_BIN)

-include $(shell find $(BUILD)/sim $(BUILD)/law $(BUILD)/explore $(BUILD)/fuzz/sim -name '*.d' 2>/dev/null)
